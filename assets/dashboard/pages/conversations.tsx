import { useCallback, useState } from "react";
import { text } from "texts:conversations";
import { text as explained } from "texts:explanation";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatAgo, formatCount, formatMoment } from "../format";
import { useLive, usePolling } from "../live";
import { refresh, usePages, useQuery } from "../query";
import type { PageProps } from "../routes";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { ExplanationView } from "../ui/explanation";
import { Icon } from "../ui/icons";
import { PageHead } from "../ui/page";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { AssistantTurn, VisitorTurn } from "../ui/turns";

type Conversation = Schemas["ConversationView"];
type Message = Schemas["MessageView"];
const POLL_MS = 15_000;

/** The list, and beside it (below 900 px instead of it) the conversation that the address names. */
export function ConversationsPage({ client, values }: PageProps) {
  const path = clientPath(client, "/api/conversations");
  const opened = values["conversation"] ?? null;
  const pages = usePages<Conversation>(path, (cursor, signal) => callClient(client, "get", "/api/conversations", { query: { cursor, limit: 30 }, signal }), usePolling(POLL_MS));
  const listed = pages.query.kind === "ready" ? pages.query.value : [];
  // The prefix names the list and every thread of it that is shown.
  useLive("conversation", useCallback(() => refresh(path), [path]));
  return (
    <>
      <PageHead title={text.title} lead={text.lead} />
      <div className={opened ? "split has-opened" : "split"}>
        <div className="split-list">
          <QueryView query={pages.query} onRetry={pages.reload} lines={8}>
            {(conversations) => conversations.length === 0
              ? <Empty icon="chat" title={text.empty_title}>{text.empty}</Empty>
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
  const { id, message_count, last_message_at, visit } = conversation;
  const page = visit?.page_url ? pathOf(visit.page_url) : null;
  return (
    <li>
      <a href={`#/clients/${client}/conversations/${id}`} aria-current={isOpened ? "true" : undefined}>
        <span className="entry-head"><strong>{nameOf(conversation)}</strong><time dateTime={last_message_at} className="hint">{formatAgo(last_message_at)}</time></span>
        <span className="hint">{[formatCount(message_count, text.messages_one, text.messages_many), page, visit?.device && text.devices[visit.device]].filter(Boolean).join(" · ")}</span>
      </a>
    </li>
  );
}

function pathOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host + new URL(address).pathname : address;
}

/** `about` is what the list says of it: there is no reading of one conversation by itself. */
function Thread({ client, id, about }: { readonly client: string; readonly id: string; readonly about: Conversation | null }) {
  const path = clientPath(client, "/api/conversations/{id}", { id });
  const [chosen, setChosen] = useState<string | null>(null);
  const pages = usePages<Message>(`${path}/messages`, (cursor, signal) => callClient(client, "get", "/api/conversations/{id}/messages", { path: { id }, query: { cursor }, signal }), usePolling(POLL_MS));
  return (
    <section className="thread" aria-label={text.thread}>
      <a className="back-link" href={`#/clients/${client}/conversations`}><Icon name="back" />{text.back}</a>
      {about && <About conversation={about} />}
      <QueryView query={pages.query} onRetry={pages.reload} lines={6}>
        {(messages) => (
          <>
            <More pages={pages} />
            <ol className="turns">
              {[...messages].reverse().map((message) => message.role === "visitor"
                ? <VisitorTurn key={message.id} said={message.text} foot={<time dateTime={message.created_at}>{formatMoment(message.created_at)}</time>} />
                : (
                  <AssistantTurn key={message.id} said={message.text} citations={message.citations} answeredBy={message.answered_by} ending={message.ending} isChosen={message.id === chosen}
                    foot={<Button isSmall look="quiet" icon="info" onPress={() => setChosen(message.id)}>{explained.why}</Button>} />
                ))}
            </ol>
          </>
        )}
      </QueryView>
      {chosen && <ExplanationDialog client={client} conversation={id} message={chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}

function About({ conversation }: { readonly conversation: Conversation }) {
  const { visit, visitor, created_at, channel } = conversation;
  return (
    <header className="thread-head">
      <h2>{nameOf(conversation)} <Badge>{text.channels[channel]}</Badge></h2>
      <p className="hint">
        {[formatMoment(created_at), visitor?.email, visit?.page_url && pathOf(visit.page_url), visit?.language, visit?.device && text.devices[visit.device]].filter(Boolean).join(" · ")}
      </p>
    </header>
  );
}

function ExplanationDialog({ client, conversation, message, onClose }: { readonly client: string; readonly conversation: string; readonly message: string; readonly onClose: () => void }) {
  const names = { id: conversation, message_id: message };
  const path = "/api/conversations/{id}/messages/{message_id}/explanation";
  const { query, reload } = useQuery(clientPath(client, path, names), (signal) => callClient(client, "get", path, { path: names, signal }));
  const isGone = query.kind === "failed" && query.failure.status === 404;
  return (
    <Dialog title={explained.why} size="side" onClose={onClose}>
      <div className="dialog-body">
        {isGone ? <Empty icon="info" title={explained.gone} /> : <QueryView query={query} onRetry={reload} lines={8}>{(value) => <ExplanationView explanation={value} />}</QueryView>}
      </div>
    </Dialog>
  );
}
