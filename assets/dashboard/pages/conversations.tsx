import { useCallback, useMemo, useState, type ReactNode } from "react";
import { text } from "texts:conversations";
import { text as explained } from "texts:explanation";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatAgo, formatCount, formatMoment } from "../format";
import { useLive, usePolling } from "../live";
import { refresh, usePages, useQuery, useSettled } from "../query";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icons";
import { later } from "../ui/later";
import { PageHead } from "../ui/page";
import { SearchInput } from "../ui/search";
import { SelectInput } from "../ui/select";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { AssistantTurn, VisitorTurn } from "../ui/turns";

const ExplanationDialog = later(() => import("./conversation-dialogs").then((it) => it.ExplanationDialog));
const DeleteConversationDialog = later(() => import("./conversation-dialogs").then((it) => it.DeleteConversationDialog));

type Conversation = Schemas["ConversationView"];
type Message = Schemas["MessageView"];
const POLL_MS = 15_000;
const DAY_MS = 86_400_000;
/** Days back from now; null: all. */
const SPANS = { all: null, day: 1, week: 7, month: 30 } as const;

function sinceOf(span: keyof typeof SPANS): string | null {
  const days = SPANS[span];
  return days === null ? null : new Date(Date.now() - days * DAY_MS).toISOString();
}

/** The list, and beside it (below 900 px instead of it) the conversation that the address names. */
export function ConversationsPage({ client, values }: PageProps) {
  const path = clientPath(client, "/api/conversations");
  const opened = values["conversation"] ?? null;
  const [words, setWords] = useState("");
  const [days, setDays] = useState<keyof typeof SPANS>("all");
  const q = useSettled(words.trim());
  const since = useMemo(() => sinceOf(days), [days]);
  const isNarrowed = q !== "" || days !== "all";
  const pages = usePages<Conversation>(`${path}?${days}&q=${q}`, (cursor, signal) => callClient(client, "get", "/api/conversations", { query: { cursor, limit: 30, q, since }, signal }), usePolling(POLL_MS));
  const listed = pages.query.kind === "ready" ? pages.query.value : [];
  const clear = () => {
    setWords("");
    setDays("all");
  };
  // The prefix names the list and every thread of it that is shown.
  useLive("conversation", useCallback(() => refresh(path), [path]));
  return (
    <>
      <PageHead title={text.title} lead={text.lead} />
      <div className={opened ? "split has-opened" : "split"}>
        <div className="split-list">
          <div className="toolbar">
            <SearchInput label={text.search} value={words} onChange={setWords} />
            <SelectInput name="days" label={text.span} isLabelHidden value={days} onChange={(value) => setDays(value as keyof typeof SPANS)}
              choices={Object.keys(SPANS).map((value) => ({ value, label: text.spans[value as keyof typeof SPANS] }))} />
          </div>
          <QueryView query={pages.query} onRetry={pages.reload} lines={8}>
            {(conversations) => conversations.length === 0
              ? isNarrowed ? <Empty icon="search" title={q === "" ? text.none_here : fill(text.none_found, { words: q })} action={<Button onPress={clear}>{text.show_all}</Button>} /> : <Empty icon="chat" title={text.empty_title}>{text.empty}</Empty>
              : <ul className="conversation-list">{conversations.map((it) => <Entry key={it.id} client={client} conversation={it} isOpened={it.id === opened} />)}</ul>}
          </QueryView>
          <More pages={pages} />
        </div>
        <div className="split-opened">
          {opened ? <Thread key={opened} client={client} id={opened} about={listed.find(({ id }) => id === opened) ?? null} /> : <Empty icon="chat" title={text.choose} />}
        </div>
      </div>
    </>
  );
}

function nameOf({ visitor }: Conversation): string {
  return visitor ? (visitor.name ?? visitor.email ?? visitor.user_id) : text.anonymous;
}

function Entry({ client, conversation, isOpened }: { readonly client: string; readonly conversation: Conversation; readonly isOpened: boolean }) {
  const { id, opening, message_count, last_message_at, visit } = conversation;
  const page = visit?.page_url ? pathOf(visit.page_url) : null;
  return (
    <li>
      <a href={`#/clients/${client}/conversations/${id}`} aria-current={isOpened ? "true" : undefined}>
        <span className="entry-head"><strong>{nameOf(conversation)}</strong><time dateTime={last_message_at} className="hint">{formatAgo(last_message_at)}</time></span>
        {opening && <span className="entry-opening" dir="auto">{opening}</span>}
        <span className="hint">{[formatCount(message_count, text.messages_one, text.messages_many), page, visit?.device && text.devices[visit.device]].filter(Boolean).join(" · ")}</span>
      </a>
    </li>
  );
}

function pathOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host + new URL(address).pathname : address;
}

/** `about` is what the list says of it, until it was read by itself. */
function Thread({ client, id, about }: { readonly client: string; readonly id: string; readonly about: Conversation | null }) {
  const path = clientPath(client, "/api/conversations/{id}", { id });
  const [chosen, setChosen] = useState<string | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const head = useQuery(path, (signal) => callClient(client, "get", "/api/conversations/{id}", { path: { id }, signal })).query;
  const conversation = head.kind === "ready" ? head.value : about;
  const may = useMay(client);
  const mayDelete = may("conversations:write");
  // The reasons show the prompt and what was found.
  const mayAskWhy = may("knowledge:read");
  const pages = usePages<Message>(`${path}/messages`, (cursor, signal) => callClient(client, "get", "/api/conversations/{id}/messages", { path: { id }, query: { cursor }, signal }), usePolling(POLL_MS));
  return (
    <section className="thread" aria-label={text.thread}>
      <a className="back-link" href={`#/clients/${client}/conversations`}><Icon name="back" />{text.back}</a>
      {conversation && <About conversation={conversation} action={mayDelete && <IconButton icon="trash" label={text.delete} onPress={() => setDeleting(true)} />} />}
      <QueryView query={pages.query} onRetry={pages.reload} lines={6}>
        {(messages) => (
          <>
            <More pages={pages} />
            <ol className="turns">
              {[...messages].reverse().map((message) => message.role === "visitor"
                ? <VisitorTurn key={message.id} said={message.text} foot={<time dateTime={message.created_at}>{formatMoment(message.created_at)}</time>} />
                : (
                  <AssistantTurn key={message.id} said={message.text} citations={message.citations} answeredBy={message.answered_by} ending={message.ending} isChosen={message.id === chosen}
                    foot={mayAskWhy && <Button isSmall look="quiet" icon="info" onPress={() => setChosen(message.id)}>{explained.why}</Button>} />
                ))}
            </ol>
          </>
        )}
      </QueryView>
      {chosen && <ExplanationDialog client={client} conversation={id} message={chosen} onClose={() => setChosen(null)} />}
      {isDeleting && <DeleteConversationDialog client={client} id={id} onClose={() => setDeleting(false)} />}
    </section>
  );
}

function About({ conversation, action }: { readonly conversation: Conversation; readonly action: ReactNode }) {
  const { visit, visitor, created_at, channel } = conversation;
  return (
    <header className="thread-head">
      <div className="thread-title"><h2>{nameOf(conversation)} <Badge>{text.channels[channel]}</Badge></h2>{action}</div>
      <p className="hint">
        {[formatMoment(created_at), visitor?.email, visit?.page_url && pathOf(visit.page_url), visit?.language, visit?.device && text.devices[visit.device]].filter(Boolean).join(" · ")}
      </p>
    </header>
  );
}
