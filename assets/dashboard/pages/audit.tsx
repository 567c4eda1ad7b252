import { text } from "texts:operations";
import { call } from "../api";
import type { AuditEntry, Page } from "../contract";
import { formatCode, formatMoment } from "../format";
import { usePages } from "../query";
import { PageHead } from "../ui/page";
import { Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";

const PATH = "/api/audit";

const COLUMNS: readonly Column<AuditEntry>[] = [
  { id: "at", head: text.at, cell: ({ at }) => formatMoment(at) },
  { id: "actor", head: text.actor, cell: ({ actor }) => (/^[a-z_]+$|^system \S+$/.test(actor) ? formatCode(actor) : actor) },
  {
    id: "action", head: text.action, width: "grow",
    cell: ({ action, fields }) => (
      <>
        {formatCode(action)}
        {fields.length > 0 && <p className="hint">{fields.map(formatCode).join(", ")}</p>}
      </>
    ),
  },
  { id: "target", head: text.target, cell: ({ target }) => <code className="id">{target}</code> },
  { id: "client", head: text.client, cell: ({ client_id }) => (client_id ? <a href={`#/clients/${client_id}/overview`}>{text.open_client}</a> : "–") },
];

/** Who did what. Entries hold names of fields, never their values. */
export function AuditPage() {
  const pages = usePages<AuditEntry>(PATH, (cursor, signal) => call<Page<AuditEntry>>("get", PATH, { query: { cursor }, signal }));
  return (
    <>
      <PageHead title={text.audit} lead={text.audit_lead} />
      <QueryView query={pages.query} onRetry={pages.reload} lines={8}>
        {(entries) => entries.length === 0 ? <Empty icon="shield" title={text.no_audit} /> : <Table label={text.audit} columns={COLUMNS} rows={entries} />}
      </QueryView>
      <More pages={pages} />
    </>
  );
}
