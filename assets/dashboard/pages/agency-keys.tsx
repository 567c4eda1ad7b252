import { useState } from "react";
import { text } from "texts:agency_keys";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { AgencyKey, Page } from "../contract";
import { formatAgo, formatDay } from "../format";
import { usePages } from "../query";
import { Button } from "../ui/button";
import { later } from "../ui/later";
import { PageHead } from "../ui/page";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";

const PATH = "/api/agency/keys";
const NewAgencyKeyDialog = later(() => import("./agency-key-dialogs").then((it) => it.NewAgencyKeyDialog));
const RevokeAgencyKeyDialog = later(() => import("./agency-key-dialogs").then((it) => it.RevokeAgencyKeyDialog));

type Shown = { readonly kind: "nothing" | "new" } | { readonly kind: "revoke"; readonly key: AgencyKey };

/** Keys with which the agency's own programs act as somebody of the agency would. */
export function AgencyKeysPage() {
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const close = () => setShown({ kind: "nothing" });
  const pages = usePages<AgencyKey>(PATH, (cursor, signal) => call<Page<AgencyKey>>("get", PATH, { query: { cursor }, signal }));
  const create = <Button look="primary" icon="plus" onPress={() => setShown({ kind: "new" })}>{text.create}</Button>;
  const reference = <a className="button secondary" href="/api/docs" target="_blank" rel="noopener">{text.reference}</a>;
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={<>{reference}{create}</>} />
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(keys) => keys.length === 0
          ? <Empty icon="key" title={text.empty_title} action={create}>{text.empty}</Empty>
          : <Table label={text.title} columns={columns((key) => setShown({ kind: "revoke", key }))} rows={keys} isMarked={isExpired} />}
      </QueryView>
      <More pages={pages} />
      {shown.kind === "new" && <NewAgencyKeyDialog path={PATH} onClose={close} />}
      {shown.kind === "revoke" && <RevokeAgencyKeyDialog path={PATH} agencyKey={shown.key} onClose={close} />}
    </>
  );
}

function isExpired({ expires_at }: AgencyKey): boolean {
  return expires_at !== null && Date.parse(expires_at) < Date.now();
}

function columns(onRevoke: (key: AgencyKey) => void): readonly Column<AgencyKey>[] {
  return [
    { id: "name", head: text.name, isBare: true, width: "grow", cell: ({ name, prefix }) => <><strong>{name}</strong><p className="hint"><code>{prefix}…</code></p></> },
    { id: "permissions", head: text.permissions, cell: ({ permissions }) => permissions.length === 0 ? <span className="hint">{text.opens_nothing}</span> : <span className="chips">{permissions.map((it) => <Badge key={it}>{text.names[it]}</Badge>)}</span> },
    { id: "used", head: text.last_used, cell: ({ last_used_at }) => (last_used_at ? formatAgo(last_used_at) : text.never) },
    {
      id: "created", head: text.created,
      cell: (key) => (
        <>
          {key.created_by === null ? formatDay(key.created_at) : fill(text.created_by, { day: formatDay(key.created_at), name: key.created_by })}
          <p className="hint">{key.expires_at === null ? text.no_end : fill(isExpired(key) ? text.expired : text.expires, { day: formatDay(key.expires_at) })}</p>
        </>
      ),
    },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (key) => <Button isSmall look="quiet" icon="trash" aria-label={fill(text.revoke_of, { name: key.name })} onPress={() => onRevoke(key)}>{text.revoke}</Button>,
    },
  ];
}
