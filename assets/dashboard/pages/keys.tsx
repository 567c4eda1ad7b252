import { useState } from "react";
import { text } from "texts:keys";
import { fill } from "../../shared/strings";
import { call, clientPath } from "../api";
import { KEY_SCOPES, SERVED_SCOPES, type ApiKey, type Page } from "../contract";
import { formatAgo, formatDay } from "../format";
import { usePages } from "../query";
import type { PageProps } from "../routes";
import { useMay, useSession } from "../session";
import { useClient } from "../shell/client-switcher";
import { Button } from "../ui/button";
import { later } from "../ui/later";
import { PageHead } from "../ui/page";
import { Badge, Banner, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { scopeLabel } from "./key-words";

const NewKeyDialog = later(() => import("./key-dialogs").then((it) => it.NewKeyDialog));
const RevokeKeyDialog = later(() => import("./key-dialogs").then((it) => it.RevokeKeyDialog));

type Shown = { readonly kind: "nothing" | "new" } | { readonly kind: "revoke"; readonly key: ApiKey };

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
      {shown.kind === "revoke" && <RevokeKeyDialog path={path} apiKey={shown.key} onClose={() => setShown({ kind: "nothing" })} />}
    </>
  );
}

function ScopeList({ scopes }: { readonly scopes: readonly string[] }) {
  const isWhole = KEY_SCOPES.every((scope) => scopes.includes(scope));
  if (isWhole) return <Badge>{text.all_scopes}</Badge>;
  return <span className="chips">{scopes.map((scope) => <Badge key={scope}>{scopeLabel(scope)}</Badge>)}</span>;
}
