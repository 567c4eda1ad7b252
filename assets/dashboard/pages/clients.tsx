import { useState } from "react";
import { text } from "texts:clients";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Client, Page } from "../contract";
import { formatAgo, formatCount, formatDay, formatNumber } from "../format";
import { refresh, usePages } from "../query";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { ConfirmDialog } from "../ui/dialog";
import { SearchInput } from "../ui/field";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { ClientWizard } from "./client-wizard";

const PATH = "/api/clients";

export function ClientsPage() {
  const may = useMay(null);
  const [words, setWords] = useState("");
  const [isCreating, setCreating] = useState(false);
  const [asked, setAsked] = useState<Client | null>(null);
  const pages = usePages<Client>(`${PATH}?q=${words}`, (cursor, signal) => call<Page<Client>>("get", PATH, { query: { q: words, cursor }, signal }));
  const create = may("clients:write") && <Button look="primary" icon="plus" onPress={() => setCreating(true)}>{text.create}</Button>;
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={create} />
      <div className="toolbar"><SearchInput label={text.search} value={words} onChange={setWords} /></div>
      <QueryView query={pages.query} onRetry={pages.reload} lines={6}>
        {(clients) => clients.length === 0 ? (
          words === "" ? <Empty icon="home" title={text.empty_title} action={create}>{text.empty}</Empty> : <Empty icon="search" title={fill(text.none_found, { words })} action={<Button onPress={() => setWords("")}>{text.clear_search}</Button>} />
        ) : (
          <Table label={text.title} columns={columns(may("clients:write") ? setAsked : null)} rows={clients} />
        )}
      </QueryView>
      <More pages={pages} />
      {isCreating && <ClientWizard onClose={() => setCreating(false)} />}
      {asked && <StatusDialog client={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function columns(onAsk: ((client: Client) => void) | null): readonly Column<Client>[] {
  return [
    {
      id: "name", head: text.client, isBare: true, width: "grow",
      cell: ({ id, name, email, status }) => (
        <>
          <a className="row-link" href={`#/clients/${id}/overview`}>{name}</a> {status === "suspended" && <Badge tone="warn">{text.suspended}</Badge>}
          <p className="hint">{email}</p>
        </>
      ),
    },
    { id: "documents", head: text.documents, align: "end", cell: ({ documents }) => formatNumber(documents) },
    { id: "conversations", head: text.conversations_30d, align: "end", cell: ({ conversations_30d }) => formatNumber(conversations_30d) },
    { id: "last", head: text.last_message, cell: ({ last_message_at }) => (last_message_at ? formatAgo(last_message_at) : text.never) },
    { id: "created", head: text.created, cell: ({ created_at }) => formatDay(created_at) },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (client) => onAsk && (
        <ActionMenu label={fill(text.actions_for, { name: client.name })} actions={[
          client.status === "active"
            ? { id: "suspend", label: text.suspend, icon: "stop", isDanger: true, act: () => onAsk(client) }
            : { id: "resume", label: text.resume, icon: "retry", act: () => onAsk(client) },
        ]} />
      ),
    },
  ];
}

/** Suspending can be taken back; what it stops is named. Also asked for in the settings of a client. */
export function StatusDialog({ client, onClose }: { readonly client: Client; readonly onClose: () => void }) {
  const isActive = client.status === "active";
  const verb = isActive ? "suspend" : "resume";
  const path = `${PATH}/${encodeURIComponent(client.id)}`;
  return (
    <ConfirmDialog
      title={fill(isActive ? text.suspend_title : text.resume_title, { name: client.name })}
      confirm={isActive ? text.suspend : text.resume}
      tone={isActive ? "danger" : "primary"}
      work={(signal) => call<Client>("post", `${path}/${verb}`, { signal })}
      done={fill(isActive ? text.suspend_done : text.resume_done, { name: client.name })}
      onDone={() => refresh(PATH)}
      onClose={onClose}
    >
      <p>{isActive ? text.suspend_detail : text.resume_detail}</p>
      {isActive && <p>{formatCount(client.documents, text.suspend_keeps_one, text.suspend_keeps_many)}</p>}
    </ConfirmDialog>
  );
}
