import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:keys";
import { fill } from "../../shared/strings";
import { call, clientPath } from "../api";
import { KEY_SCOPES, SERVED_SCOPES, type ApiKey, type Page } from "../contract";
import { formatAgo, formatDay } from "../format";
import { refresh, useAction, usePages } from "../query";
import type { PageProps } from "../routes";
import { useMay, useSession } from "../session";
import { useClient } from "../shell/client-switcher";
import { Button } from "../ui/button";
import { Secret } from "../ui/copy";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { PageHead } from "../ui/page";
import { Badge, Banner, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { CheckInput } from "../ui/toggle";

type Shown = { readonly kind: "nothing" | "new" } | { readonly kind: "revoke"; readonly key: ApiKey };
type NewKey = { readonly api_key: string };

export function KeysPage({ client }: PageProps) {
  const path = clientPath(client, "/api/keys");
  const mayWrite = useMay(client)("keys:write");
  const isManaged = useClient(useSession(), client)?.service === "managed";
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const pages = usePages<ApiKey>(path, (cursor, signal) => call<Page<ApiKey>>("get", path, { query: { cursor }, signal }));
  const create = mayWrite && <Button look="primary" icon="plus" onPress={() => setShown({ kind: "new" })}>{text.create}</Button>;
  const columns: readonly Column<ApiKey>[] = [
    { id: "name", head: text.name, isBare: true, width: "grow", cell: ({ name, prefix }) => <><strong>{name}</strong><p className="hint"><code>{prefix}…</code></p></> },
    { id: "scopes", head: text.scopes, cell: ({ scopes }) => <ScopeList scopes={scopes} /> },
    { id: "used", head: text.last_used, cell: ({ last_used_at }) => (last_used_at ? formatAgo(last_used_at) : text.never) },
    { id: "created", head: text.created, cell: ({ created_at, expires_at }) => <>{formatDay(created_at)}{expires_at && <p className="hint">{fill(Date.parse(expires_at) < Date.now() ? text.expired : text.expires, { day: formatDay(expires_at) })}</p>}</> },
    { id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit", cell: (key) => mayWrite && <Button isSmall look="quiet" icon="trash" aria-label={fill(text.revoke_of, { name: key.name })} onPress={() => setShown({ kind: "revoke", key })}>{text.revoke}</Button> },
  ];
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={<><a className="button secondary" href="/api/docs" target="_blank" rel="noopener">{text.reference}</a>{create}</>} />
      {isManaged && <div className="page-note"><Banner tone="info"><p>{text.managed}</p></Banner></div>}
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(keys) => keys.length === 0 ? <Empty icon="key" title={text.empty_title} action={create}>{text.empty}</Empty> : <Table label={text.title} columns={columns} rows={keys} />}
      </QueryView>
      <More pages={pages} />
      {shown.kind === "new" && <NewKeyDialog path={path} scopes={isManaged ? SERVED_SCOPES : KEY_SCOPES} onClose={() => setShown({ kind: "nothing" })} />}
      {shown.kind === "revoke" && (
        <ConfirmDialog title={fill(text.revoke_title, { name: shown.key.name })} confirm={text.revoke} done={fill(text.revoked, { name: shown.key.name })}
          work={(signal) => call<null>("delete", `${path}/${encodeURIComponent(shown.key.id)}`, { signal })} onDone={() => refresh(path)} onClose={() => setShown({ kind: "nothing" })}>
          <p>{fill(text.revoke_detail, { prefix: shown.key.prefix })}</p>
          {shown.key.last_used_at && <p>{fill(text.revoke_used, { ago: formatAgo(shown.key.last_used_at) })}</p>}
        </ConfirmDialog>
      )}
    </>
  );
}

function ScopeList({ scopes }: { readonly scopes: readonly string[] }) {
  const isWhole = KEY_SCOPES.every((scope) => scopes.includes(scope));
  if (isWhole) return <Badge>{text.all_scopes}</Badge>;
  return <span className="chips">{scopes.map((scope) => <Badge key={scope}>{labelOf(scope)}</Badge>)}</span>;
}

function labelOf(scope: string): string {
  return (text.scope_names as Readonly<Record<string, string>>)[scope] ?? scope;
}

function NewKeyDialog({ path, scopes: offered, onClose }: { readonly path: string; readonly scopes: readonly string[]; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  // Deleting is given expressly.
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(offered.filter((it) => it !== "conversations_write")));
  const [created, setCreated] = useState<string | null>(null);
  const { action, run } = useAction();
  const create = async () => {
    const outcome = await run((signal) => call<NewKey>("post", path, { body: { name: name.trim(), scopes: [...scopes] }, signal }));
    if (outcome.kind !== "ok") return;
    refresh(path);
    setCreated(outcome.value.api_key);
  };
  if (created !== null) {
    return (
      <Dialog title={fill(text.created_title, { name })} onClose={onClose} isDismissable={false}>
        <div className="dialog-body">
          <Banner tone="warn"><p>{text.once}</p></Banner>
          <Secret value={created} label={text.key} />
        </div>
        <DialogFoot><Button look="primary" onPress={onClose}>{text.kept}</Button></DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog title={text.create} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/name"]} onSubmit={() => void create()}>
        <div className="dialog-body">
          <TextInput name="/name" label={text.name} hint={text.name_hint} value={name} onChange={setName} isRequired maxLength={100} autoFocus autoComplete="off" />
          <fieldset className="checks">
            <legend className="label">{text.scopes}</legend>
            {offered.map((scope) => (
              <CheckInput key={scope} label={labelOf(scope)} isOn={scopes.has(scope)} onChange={(isOn) => setScopes(new Set(isOn ? [...scopes, scope] : [...scopes].filter((it) => it !== scope)))} />
            ))}
          </fieldset>
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={scopes.size === 0}>{text.create_confirm}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}
