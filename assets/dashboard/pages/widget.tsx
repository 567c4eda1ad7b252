import { useMemo, useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:widget";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { useAction, useQuery } from "../query";
import { useLeaveGuard } from "../router";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button, ButtonLink } from "../ui/button";
import { Form } from "../ui/form";
import { PageHead } from "../ui/page";
import { QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { StudioFields, type Looks } from "./widget-fields";
import { Preview } from "./widget-preview";

type Config = Schemas["ConfigView"];

const NAMES = [
  "widget_name", "welcome", "placeholder", "suggestions", "theme", "accent_color", "background_color", "text_color", "bubble_color",
  "position", "width_px", "height_px", "custom_css", "logo_url", "allowed_domains",
] as const;

function looksOf(config: Config): Looks {
  return Object.fromEntries(NAMES.map((name) => [name, config[name]])) as Looks;
}

/** Only what was changed is sent: of two colours that do not fit, the server blames the changed one. */
function changes(before: Looks, after: Looks): Schemas["SettingsPatch"] {
  return Object.fromEntries(NAMES.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map((name) => [name, after[name]]));
}

export function WidgetPage({ client }: PageProps) {
  const { query, reload, set } = useQuery<Config>(clientPath(client, "/api/config"), (signal) => callClient(client, "get", "/api/config", { signal }));
  const [typed, setTyped] = useState<Partial<Looks>>({});
  const { action, run, clear } = useAction();
  const mayWrite = useMay(client)("settings:write");
  const saved = useMemo(() => (query.kind === "ready" ? looksOf(query.value) : null), [query]);
  const now = saved && { ...saved, ...typed };
  const changed = saved && now ? changes(saved, now) : {};
  const isDirty = Object.keys(changed).length > 0;
  useLeaveGuard(isDirty);
  const save = async () => {
    if (query.kind !== "ready") return;
    const outcome = await run((signal) => callClient(client, "patch", "/api/config", { body: changed, ifMatch: query.etag, signal }));
    if (outcome.kind !== "ok") return;
    set(outcome.value, outcome.etag);
    setTyped({});
    notify(text.saved);
  };
  const reloadKeeping = () => {
    clear();
    reload();
  };
  const discard = () => {
    clear();
    setTyped({});
  };
  const failure = action.kind === "failed" ? action.failure : null;
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={<ButtonLink href={`#/clients/${client}/install`} icon="external">{text.install}</ButtonLink>} />
      <QueryView query={query} onRetry={reload} lines={10}>
        {(config) => now && (
          <div className="studio">
            <Form action={action} fields={fieldsOf(now)} onSubmit={() => void save()} onReload={reloadKeeping}>
              <StudioFields client={client} looks={now} logoFile={config.logo_file_url} errors={failure?.errors ?? []} mayWrite={mayWrite}
                onChange={(next) => setTyped((before) => ({ ...before, ...next }))} onLogo={(next, etag) => set(next, etag)} etag={query.kind === "ready" ? query.etag : null} />
              {mayWrite && (
                <div className="save-bar">
                  <span className="hint" role="status">{isDirty ? common.unsaved : common.all_saved}</span>
                  {isDirty && <Button onPress={discard}>{common.discard}</Button>}
                  <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={!isDirty}>{text.publish}</Button>
                </div>
              )}
            </Form>
            <Preview config={config} looks={now} />
          </div>
        )}
      </QueryView>
    </>
  );
}

function fieldsOf({ suggestions, allowed_domains }: Looks): readonly string[] {
  return [
    ...NAMES.map((name) => `/${name}`),
    ...suggestions.map((_, position) => `/suggestions/${position}`),
    ...allowed_domains.map((_, position) => `/allowed_domains/${position}`),
  ];
}
