import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:settings";
import { call, callClient, clientPath } from "../api";
import { CLIENT_NAME_CHARS_MAX, type Client, type Schemas } from "../contract";
import { refresh, useAction, useQuery } from "../query";
import { useLeaveGuard } from "../router";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { FailureBanner } from "../ui/failure-banner";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { later } from "../ui/later";
import { Card, PageHead } from "../ui/page";
import { SelectInput } from "../ui/select";
import { QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { SwitchInput } from "../ui/toggle";
import { actsOn, type ClientAct } from "./client-acts";
import { useClientView } from "./client-view";
import { KeyMailCard } from "./key-mail-card";
import { ServedCard } from "./served-card";

const IdentitySecret = later(() => import("./identity-secret").then((it) => it.IdentitySecret));
const ClientActDialog = later(() => import("./client-act-dialog").then((it) => it.ClientActDialog));

type Config = Schemas["ConfigView"];
const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "da", "sv", "no", "fi", "pl", "cs", "ro", "hu", "el", "tr", "ru", "ar"];
const languageNames = new Intl.DisplayNames(undefined, { type: "language" });

export function SettingsPage({ client }: PageProps) {
  const may = useMay(client);
  const isOfAgency = may("clients:write");
  return (
    <>
      <PageHead title={text.title} lead={text.lead} />
      {may("clients:read") && <AccountCard client={client} mayWrite={isOfAgency} />}
      {isOfAgency && <ServedCard client={client} />}
      {isOfAgency && <KeyMailCard client={client} />}
      <ConfigCards client={client} mayWrite={may("settings:write")} />
      {may("settings:write") && <IdentityCard client={client} />}
      {isOfAgency && <StatusCard client={client} />}
    </>
  );
}

function AccountCard({ client, mayWrite }: { readonly client: string; readonly mayWrite: boolean }) {
  const { path, query, reload, set } = useClientView(client);
  return (
    <QueryView query={query} onRetry={reload}>
      {(value) => <AccountForm path={path} client={value} etag={query.kind === "ready" ? query.etag : null} mayWrite={mayWrite} onReload={reload} set={set} />}
    </QueryView>
  );
}

function StatusCard({ client }: { readonly client: string }) {
  const may = useMay(null);
  const { query } = useClientView(client);
  const [asked, setAsked] = useState<ClientAct | null>(null);
  if (query.kind !== "ready") return null;
  const { status, deactivated_at } = query.value;
  const state = deactivated_at !== null ? "left" : status;
  return (
    <Card title={text.status[state].title} lead={text.status[state].lead}>
      <div className="form-foot">
        {actsOn(query.value, may).map((act) => <Button key={act} look={act === "resume" ? "primary" : act === "erase" ? "danger" : "secondary"} onPress={() => setAsked(act)}>{text.acts[act]}</Button>)}
      </div>
      {asked && <ClientActDialog client={query.value} act={asked} onClose={() => setAsked(null)} />}
    </Card>
  );
}

function AccountForm({ path, client, etag, mayWrite, onReload, set }: { readonly path: string; readonly client: Client; readonly etag: string | null; readonly mayWrite: boolean; readonly onReload: () => void; readonly set: (client: Client, etag: string | null) => void }) {
  const [typed, setTyped] = useState<{ readonly name?: string; readonly email?: string }>({});
  const { name, email } = { ...client, ...typed };
  const setName = (next: string) => setTyped((before) => ({ ...before, name: next }));
  const setEmail = (next: string) => setTyped((before) => ({ ...before, email: next }));
  const { action, run, clear } = useAction();
  const isDirty = name !== client.name || email !== client.email;
  useLeaveGuard(isDirty);
  const save = async () => {
    const outcome = await run((signal) => call<Client>("patch", path, { body: { name: name.trim(), email: email.trim() }, ifMatch: etag, signal }));
    if (outcome.kind !== "ok") return;
    set(outcome.value, outcome.etag);
    setTyped({});
    notify(common.saved);
    refresh("/api/clients?", `${path}/key-mail`);
  };
  const reload = () => {
    clear();
    onReload();
  };
  return (
    <Card title={text.account} lead={text.account_lead}>
      <Form action={action} fields={["/name", "/email"]} onSubmit={() => void save()} onReload={reload}>
        <div className="field-row">
          <TextInput name="/name" label={text.name} value={name} onChange={setName} isRequired maxLength={CLIENT_NAME_CHARS_MAX} isReadOnly={!mayWrite} />
          <TextInput name="/email" type="email" label={text.email} value={email} onChange={setEmail} isRequired isReadOnly={!mayWrite} />
        </div>
        {mayWrite && <div className="form-foot"><Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={!isDirty}>{common.save}</Button></div>}
      </Form>
    </Card>
  );
}

/** Each of these is one choice and saved at once. */
function ConfigCards({ client, mayWrite }: { readonly client: string; readonly mayWrite: boolean }) {
  const { query, reload, set } = useQuery<Config>(clientPath(client, "/api/config"), (signal) => callClient(client, "get", "/api/config", { signal }));
  const { action, run } = useAction();
  const save = async (body: Schemas["SettingsPatch"]) => {
    const outcome = await run((signal) => callClient(client, "patch", "/api/config", { body, ifMatch: query.kind === "ready" ? query.etag : null, signal }));
    if (outcome.kind !== "ok") return;
    set(outcome.value, outcome.etag);
    notify(common.saved);
  };
  return (
    <QueryView query={query} onRetry={reload}>
      {(config) => (
        <>
          {action.kind === "failed" && <FailureBanner failure={action.failure} onReload={reload} />}
          <Card title={text.language_title} lead={text.language_lead}>
            <SelectInput name="/language" label={text.language} value={config.language} isDisabled={!mayWrite} onChange={(language) => void save({ language })}
              choices={(LANGUAGES.includes(config.language) ? LANGUAGES : [config.language, ...LANGUAGES]).map((value) => ({ value, label: languageNames.of(value) ?? value }))} />
          </Card>
          <Card title={text.privacy}>
            <SwitchInput label={text.visit_details} hint={text.visit_hint} isOn={config.keep_visit_details} isDisabled={!mayWrite} onChange={(keep_visit_details) => void save({ keep_visit_details })} />
          </Card>
        </>
      )}
    </QueryView>
  );
}

/** Names the site's signed-in users. Shown on demand only: it is a secret. */
function IdentityCard({ client }: { readonly client: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <Card title={text.identity} lead={text.identity_lead}>
      {isShown ? <IdentitySecret client={client} /> : <div className="form-foot"><Button icon="eye" onPress={() => setShown(true)}>{text.identity_show}</Button></div>}
    </Card>
  );
}
