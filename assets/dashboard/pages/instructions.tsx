import { useMemo, useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:instructions";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { refresh, useAction, useQuery } from "../query";
import { useLeaveGuard } from "../router";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { TextBlock, TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { later } from "../ui/later";
import { Card, PageHead } from "../ui/page";
import { SelectInput } from "../ui/select";
import { QueryView } from "../ui/states";
import { notify } from "../ui/toast";

const TemplatesDialog = later(() => import("./instructions-dialogs").then((it) => it.TemplatesDialog));
const VersionsDialog = later(() => import("./instructions-dialogs").then((it) => it.VersionsDialog));

type View = Schemas["InstructionsView"];
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
