import { useMemo, useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:instructions";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatMoment } from "../format";
import { refresh, useAction, usePages, useQuery } from "../query";
import { useLeaveGuard } from "../router";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextBlock, TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Card, PageHead } from "../ui/page";
import { SelectInput } from "../ui/select";
import { Empty, More, QueryView } from "../ui/states";
import { notify } from "../ui/toast";

type View = Schemas["InstructionsView"];
type Version = Schemas["VersionView"];
type Restored = { readonly view: View; readonly etag: string | null };
type Typed = { readonly instructions: string; readonly company_name: string; readonly opening_hours: string; readonly time_zone: string; readonly model: string; readonly temperature: string; readonly output_tokens_max: string };

const FIELDS = ["/instructions", "/company_name", "/opening_hours", "/time_zone", "/model", "/temperature", "/output_tokens_max"];
const INSTRUCTION_CHARS_MAX = 5_000;

function typedOf(view: Schemas["Instructions"]): Typed {
  const { instructions = "", company_name = "", opening_hours = "", time_zone = "UTC", model, temperature, output_tokens_max } = view;
  return { instructions, company_name, opening_hours, time_zone, model: model ?? "", temperature: temperature?.toString() ?? "", output_tokens_max: output_tokens_max?.toString() ?? "" };
}

function numberOf(typed: string): number | null {
  return typed.trim() === "" ? null : Number(typed.replace(",", "."));
}

export function InstructionsPage({ client }: PageProps) {
  const path = clientPath(client, "/api/instructions");
  const { query, reload, set } = useQuery<View>(path, (signal) => callClient(client, "get", "/api/instructions", { signal }));
  const [typed, setTyped] = useState<Partial<Typed>>({});
  const [shown, setShown] = useState<"nothing" | "templates" | "versions">("nothing");
  const mayWrite = useMay(client)("settings:write");
  const { action, run, clear } = useAction();
  const saved = useMemo(() => (query.kind === "ready" ? typedOf(query.value) : null), [query]);
  // Only what was typed is held: a reload brings what others changed beside it.
  const now = saved && { ...saved, ...typed };
  const isDirty = JSON.stringify(now) !== JSON.stringify(saved);
  useLeaveGuard(isDirty);
  const save = async () => {
    if (!now || query.kind !== "ready") return;
    const body = { ...now, model: now.model || null, temperature: numberOf(now.temperature), output_tokens_max: numberOf(now.output_tokens_max) };
    const outcome = await run((signal) => callClient(client, "put", "/api/instructions", { body, ifMatch: query.etag, signal }));
    if (outcome.kind === "ok") take(outcome.value, outcome.etag, text.saved);
  };
  const take = (view: View, etag: string | null, said: string) => {
    set(view, etag);
    setTyped({});
    refresh(`${path}/versions`);
    notify(fill(said, { version: view.version }));
  };
  const reloadKeeping = () => {
    clear();
    reload();
  };
  const actions = (
    <>
      <Button onPress={() => setShown("versions")}>{text.versions}</Button>
      {mayWrite && <Button onPress={() => setShown("templates")}>{text.templates}</Button>}
    </>
  );
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={actions} />
      <QueryView query={query} onRetry={reload} lines={8}>
        {(view) => now && (
          <Form action={action} fields={FIELDS} onSubmit={() => void save()} onReload={reloadKeeping}>
            <Fields view={view} now={now} mayWrite={mayWrite} onChange={(changed) => setTyped((before) => ({ ...before, ...changed }))} />
            {mayWrite && (
              <div className="save-bar">
                <span className="hint" role="status">{isDirty ? common.unsaved : view.version === 0 ? text.no_version : fill(text.version_now, { version: view.version })}</span>
                {isDirty && <Button onPress={() => setTyped({})}>{common.discard}</Button>}
                <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={!isDirty}>{text.save}</Button>
              </div>
            )}
          </Form>
        )}
      </QueryView>
      {shown === "templates" && now && (
        <TemplatesDialog client={client} isReplacing={now.instructions.trim() !== ""} onClose={() => setShown("nothing")} onTake={(instructions) => {
          setTyped((before) => ({ ...before, instructions }));
          setShown("nothing");
        }} />
      )}
      {shown === "versions" && query.kind === "ready" && (
        <VersionsDialog client={client} present={query.value.version} etag={query.etag} mayWrite={mayWrite} onClose={() => setShown("nothing")} onRestored={(view, etag) => take(view, etag, text.restored)} />
      )}
    </>
  );
}

function Fields({ view, now, mayWrite, onChange }: { readonly view: View; readonly now: Typed; readonly mayWrite: boolean; readonly onChange: (changed: Partial<Typed>) => void }) {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")], []);
  const insert = (name: string) => onChange({ instructions: `${now.instructions}{{${name}}}` });
  return (
    <>
      <Card title={text.task} lead={text.task_lead}>
        <TextBlock name="/instructions" label={text.instructions} value={now.instructions} onChange={(instructions) => onChange({ instructions })} rows={12} maxLength={INSTRUCTION_CHARS_MAX} placeholder={text.instructions_placeholder} isReadOnly={!mayWrite} />
        {mayWrite && (
          <p className="chips"><span className="hint">{text.variables}</span>{view.variables.map((name) => <Button key={name} isSmall onPress={() => insert(name)}>{`{{${name}}}`}</Button>)}</p>
        )}
      </Card>
      <Card title={text.company} lead={text.company_lead}>
        <TextInput name="/company_name" label={text.company_name} hint={text.company_hint} value={now.company_name} onChange={(company_name) => onChange({ company_name })} isRequired={false} maxLength={200} isReadOnly={!mayWrite} />
        <TextBlock name="/opening_hours" label={text.opening_hours} hint={text.hours_hint} value={now.opening_hours} onChange={(opening_hours) => onChange({ opening_hours })} isRequired={false} rows={3} maxLength={1000} isReadOnly={!mayWrite} />
        <SelectInput name="/time_zone" label={text.time_zone} value={now.time_zone} onChange={(time_zone) => onChange({ time_zone })} isDisabled={!mayWrite}
          choices={(zones.includes(now.time_zone) ? zones : [now.time_zone, ...zones]).map((value) => ({ value, label: value.replaceAll("_", " ") }))} />
      </Card>
      {view.models.length > 0 && (
        <Card title={text.model_title} lead={text.model_lead}>
          <SelectInput name="/model" label={text.model} value={now.model} onChange={(model) => onChange({ model })} isDisabled={!mayWrite}
            choices={[{ value: "", label: fill(text.model_usual, { model: view.models[0] ?? "" }) }, ...view.models.map((value) => ({ value, label: value }))]} />
          <div className="field-row">
            <TextInput name="/temperature" label={text.temperature} hint={text.temperature_hint} value={now.temperature} onChange={(temperature) => onChange({ temperature })} isRequired={false} inputMode="decimal" isReadOnly={!mayWrite} />
            <TextInput name="/output_tokens_max" label={text.tokens} hint={text.tokens_hint} value={now.output_tokens_max} onChange={(output_tokens_max) => onChange({ output_tokens_max })} isRequired={false} inputMode="numeric" isReadOnly={!mayWrite} />
          </div>
        </Card>
      )}
    </>
  );
}

function TemplatesDialog({ client, isReplacing, onTake, onClose }: { readonly client: string; readonly isReplacing: boolean; readonly onTake: (instructions: string) => void; readonly onClose: () => void }) {
  const { query, reload } = useQuery(clientPath(client, "/api/instructions/templates"), (signal) => callClient(client, "get", "/api/instructions/templates", { signal }));
  const [trade, setTrade] = useState<string | null>(null);
  return (
    <Dialog title={text.templates} size="wide" onClose={onClose}>
      <QueryView query={query} onRetry={reload} lines={6}>
        {({ items }) => {
          const chosen = items.find((it) => it.trade === trade) ?? items[0];
          return (
            <>
              <div className="dialog-body">
                <p className="hint">{text.templates_lead}</p>
                <SelectInput name="trade" label={text.trade} value={chosen?.trade ?? ""} onChange={setTrade} choices={items.map((it) => ({ value: it.trade, label: it.title }))} />
                <pre className="reading" tabIndex={0}>{chosen?.instructions}</pre>
                {isReplacing && <p className="hint">{text.template_replaces}</p>}
              </div>
              <DialogFoot>
                <Button onPress={onClose}>{common.cancel}</Button>
                <Button look="primary" isDisabled={!chosen} onPress={() => chosen && onTake(chosen.instructions)}>{text.take_template}</Button>
              </DialogFoot>
            </>
          );
        }}
      </QueryView>
    </Dialog>
  );
}

function VersionsDialog({ client, present, etag, mayWrite, onRestored, onClose }: { readonly client: string; readonly present: number; readonly etag: string | null; readonly mayWrite: boolean; readonly onRestored: (view: View, etag: string | null) => void; readonly onClose: () => void }) {
  const pages = usePages<Version>(clientPath(client, "/api/instructions/versions"), (cursor, signal) => callClient(client, "get", "/api/instructions/versions", { query: { cursor }, signal }));
  const [asked, setAsked] = useState<Version | null>(null);
  if (asked) {
    return (
      <ConfirmDialog title={fill(text.restore_title, { version: asked.version })} confirm={text.restore} tone="primary" onClose={() => setAsked(null)}
        onDone={(restored: Restored) => {
          onRestored(restored.view, restored.etag);
          onClose();
        }}
        work={async (signal) => {
          const outcome = await callClient(client, "post", "/api/instructions/rollback", { body: { version: asked.version }, ifMatch: etag, signal });
          return outcome.kind === "ok" ? { ...outcome, value: { view: outcome.value, etag: outcome.etag } } : outcome;
        }}>
        <p>{fill(text.restore_detail, { version: asked.version, next: present + 1 })}</p>
        <pre className="reading" tabIndex={0}>{asked.instructions}</pre>
      </ConfirmDialog>
    );
  }
  return (
    <Dialog title={text.versions} size="wide" onClose={onClose}>
      <div className="dialog-body">
        <QueryView query={pages.query} onRetry={pages.reload} lines={5}>
          {(versions) => versions.length === 0 ? <Empty icon="instructions" title={text.no_version} /> : (
            <ul className="rows">
              {versions.map((version) => (
                <li key={version.id}>
                  <details className="grow">
                    <summary>
                      <strong>{fill(text.version, { version: version.version })}</strong> <span className="hint">{formatMoment(version.created_at)}{version.restored_version != null && ` · ${fill(text.restored_from, { version: version.restored_version })}`}</span>
                    </summary>
                    <pre className="reading" tabIndex={0}>{version.instructions || text.empty_text}</pre>
                  </details>
                  {version.version === present ? <span className="hint">{text.in_use}</span> : mayWrite && <Button isSmall onPress={() => setAsked(version)} aria-label={fill(text.restore_title, { version: version.version })}>{text.restore}</Button>}
                </li>
              ))}
            </ul>
          )}
        </QueryView>
        <More pages={pages} />
      </div>
    </Dialog>
  );
}
