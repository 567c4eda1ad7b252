import { useState } from "react";
import { text } from "texts:clients";
import { text as shell } from "texts:shell";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Client, Page } from "../contract";
import { formatAgo, formatDay, formatNumber } from "../format";
import { usePages, useSettled } from "../query";
import { useMay } from "../session";
import { Button } from "../ui/button";
import type { IconName } from "../ui/icons";
import { later } from "../ui/later";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { SearchInput } from "../ui/search";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { AgencyFigures } from "./agency-figures";
import { actsOn, type ClientAct } from "./client-acts";

const ClientActDialog = later(() => import("./client-act-dialog").then((it) => it.ClientActDialog));
const ClientWizard = later(() => import("./client-wizard").then((it) => it.ClientWizard));

const PATH = "/api/clients";
const ICONS: Readonly<Record<ClientAct, IconName>> = { suspend: "stop", deactivate: "close", resume: "retry", erase: "trash" };

export function ClientsPage() {
  const may = useMay(null);
  const [words, setWords] = useState("");
  const [isCreating, setCreating] = useState(false);
  const [asked, setAsked] = useState<{ readonly client: Client; readonly act: ClientAct } | null>(null);
  const q = useSettled(words);
  const pages = usePages<Client>(`${PATH}?q=${q}`, (cursor, signal) => call<Page<Client>>("get", PATH, { query: { q, cursor }, signal }));
  const create = may("clients:write") && <Button look="primary" icon="plus" onPress={() => setCreating(true)}>{text.create}</Button>;
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={create} />
      <AgencyFigures />
      <div className="toolbar"><SearchInput label={text.search} value={words} onChange={setWords} /></div>
      <QueryView query={pages.query} onRetry={pages.reload} lines={6}>
        {(clients) => clients.length === 0 ? (
          q === "" ? <Empty icon="home" title={text.empty_title} action={create}>{text.empty}</Empty> : <Empty icon="search" title={fill(text.none_found, { words: q })} action={<Button onPress={() => setWords("")}>{text.clear_search}</Button>} />
        ) : (
          <Table label={text.title} columns={columns((client) => actsOn(client, may), (client, act) => setAsked({ client, act }))} rows={clients} />
        )}
      </QueryView>
      <More pages={pages} />
      {isCreating && <ClientWizard onClose={() => setCreating(false)} />}
      {asked && <ClientActDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function columns(acts: (client: Client) => readonly ClientAct[], onAct: (client: Client, act: ClientAct) => void): readonly Column<Client>[] {
  return [
    {
      id: "name", head: text.client, isBare: true, width: "grow",
      cell: (client) => (
        <>
          <a className="row-link" href={`#/clients/${client.id}/overview`}>{client.name}</a> <Badges client={client} />
          <p className="hint">{client.email}</p>
        </>
      ),
    },
    { id: "documents", head: text.documents, align: "end", cell: ({ documents }) => formatNumber(documents) },
    { id: "conversations", head: text.conversations_30d, align: "end", cell: ({ conversations_30d }) => formatNumber(conversations_30d) },
    { id: "last", head: text.last_message, cell: ({ last_message_at }) => (last_message_at ? formatAgo(last_message_at) : text.never) },
    { id: "created", head: text.created, cell: ({ created_at }) => formatDay(created_at) },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (client) => (
        <ActionMenu label={fill(text.actions_for, { name: client.name })} actions={acts(client).map((act) => ({
          id: act, label: text.acts[act].button, icon: ICONS[act], isDanger: act === "erase", act: () => onAct(client, act),
        }))} />
      ),
    },
  ];
}

function Badges({ client }: { readonly client: Client }) {
  const { service, purpose } = client;
  return (
    <span className="chips">
      <StatusBadge client={client} />
      {purpose !== "live" && <Badge tone="warn">{shell.notes[purpose].name}</Badge>}
      {service === "managed" && <Badge tone="busy">{shell.notes.managed.name}</Badge>}
      <TrialBadge client={client} />
    </span>
  );
}

function TrialBadge({ client: { plan, trial_ends_at } }: { readonly client: Client }) {
  if (plan !== "trial") return null;
  if (trial_ends_at === null) return <Badge>{text.trial}</Badge>;
  const isOver = Date.parse(trial_ends_at) < Date.now();
  return <Badge tone={isOver ? "warn" : "plain"}>{fill(isOver ? text.trial_ended : text.trial_until, { day: formatDay(trial_ends_at) })}</Badge>;
}

function StatusBadge({ client: { status, deactivated_at } }: { readonly client: Client }) {
  if (deactivated_at !== null) return <Badge>{fill(text.left_on, { day: formatDay(deactivated_at) })}</Badge>;
  return status === "suspended" ? <Badge tone="warn">{text.suspended}</Badge> : null;
}
