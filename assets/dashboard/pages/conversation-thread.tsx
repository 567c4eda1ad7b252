// One conversation: what was said, what it is marked with, and what can be done with it.

import { useState, type ReactNode } from "react";
import { text } from "texts:conversations";
import { text as explained } from "texts:explanation";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatMoment } from "../format";
import { usePolling } from "../live";
import { refresh, useAction, usePages, useQuery } from "../query";
import { useMay } from "../session";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icons";
import { later } from "../ui/later";
import { ActionMenu } from "../ui/menu";
import { Badge, More, QueryView } from "../ui/states";
import { notifyFailure } from "../ui/toast";
import { AssistantTurn, VisitorTurn } from "../ui/turns";
import { changeMany, changeOne, tellChanged } from "./conversation-acts";
import { nameOf, pathOf, type Conversation } from "./conversation-words";

const ExplanationDialog = later(() => import("./conversation-dialogs").then((it) => it.ExplanationDialog));
const DeleteConversationDialog = later(() => import("./conversation-dialogs").then((it) => it.DeleteConversationDialog));
const TagsDialog = later(() => import("./conversation-tag-dialogs").then((it) => it.TagsDialog));
const ShareDialog = later(() => import("./conversation-share-dialog").then((it) => it.ShareDialog));
const ExportDialog = later(() => import("./conversation-export-dialog").then((it) => it.ExportDialog));

type Message = Schemas["MessageView"];
type Shown = { readonly kind: "nothing" | "tags" | "share" | "export" | "delete" } | { readonly kind: "why"; readonly message: string };
const POLL_MS = 15_000;
const NOTHING: Shown = { kind: "nothing" };

/** `about` is what the list says of it, until it was read by itself. */
export function Thread({ client, id, about }: { readonly client: string; readonly id: string; readonly about: Conversation | null }) {
  const path = clientPath(client, "/api/conversations/{id}", { id });
  const [shown, setShown] = useState<Shown>(NOTHING);
  const head = useQuery(path, (signal) => callClient(client, "get", "/api/conversations/{id}", { path: { id }, signal }));
  const conversation = head.query.kind === "ready" ? head.query.value : about;
  // The reasons show the prompt and what was found.
  const mayAskWhy = useMay(client)("knowledge:read");
  const pages = usePages<Message>(`${path}/messages`, (cursor, signal) => callClient(client, "get", "/api/conversations/{id}/messages", { path: { id }, query: { cursor }, signal }), usePolling(POLL_MS));
  const close = () => setShown(NOTHING);
  const chosen = shown.kind === "why" ? shown.message : null;
  return (
    <section className="thread" aria-label={text.thread}>
      <a className="back-link" href={`#/clients/${client}/conversations`}><Icon name="back" />{text.back}</a>
      {conversation && <About conversation={conversation} acts={<Acts client={client} conversation={conversation} onSet={head.set} onShow={(kind) => setShown({ kind })} />} />}
      <QueryView query={pages.query} onRetry={pages.reload} lines={6}>
        {(messages) => (
          <>
            <More pages={pages} />
            <ol className="turns">
              {[...messages].reverse().map((message) => message.role === "visitor"
                ? <VisitorTurn key={message.id} said={message.text} foot={<time dateTime={message.created_at}>{formatMoment(message.created_at)}</time>} />
                : (
                  <AssistantTurn key={message.id} said={message.text} citations={message.citations} answeredBy={message.answered_by} ending={message.ending} isChosen={message.id === chosen}
                    foot={mayAskWhy && <Button isSmall look="quiet" icon="info" onPress={() => setShown({ kind: "why", message: message.id })}>{explained.why}</Button>} />
                ))}
            </ol>
          </>
        )}
      </QueryView>
      {chosen && <ExplanationDialog client={client} conversation={id} message={chosen} onClose={close} />}
      {shown.kind === "tags" && conversation && <TagsDialog client={client} conversation={conversation} etag={head.query.kind === "ready" ? head.query.etag : null} onSet={head.set} onClose={close} />}
      {shown.kind === "share" && <ShareDialog client={client} id={id} onClose={close} />}
      {shown.kind === "export" && <ExportDialog client={client} what={{ kind: "one", ids: [id] }} onClose={close} />}
      {shown.kind === "delete" && <DeleteConversationDialog client={client} id={id} onClose={close} />}
    </section>
  );
}

type ActsProps = {
  readonly client: string;
  readonly conversation: Conversation;
  readonly onSet: (conversation: Conversation, etag: string | null) => void;
  readonly onShow: (kind: "tags" | "share" | "export" | "delete") => void;
};

/** Whoever may not change conversations exports them. */
function Acts({ client, conversation: { id, bookmarked_at, archived_at }, onSet, onShow }: ActsProps) {
  const mayWrite = useMay(client)("conversations:write");
  const { run } = useAction();
  const mark = async () => {
    const outcome = await run((signal) => changeOne(client, id, { bookmarked: bookmarked_at === null }, { signal }));
    if (outcome.kind === "failed") notifyFailure(outcome.failure.message);
    if (outcome.kind === "ok") onSet(outcome.value, outcome.etag);
    refresh(clientPath(client, "/api/conversations"));
  };
  const archiving = { action: archived_at === null ? "archive" : "unarchive", tag: null } as const;
  const archive = async () => {
    const outcome = await run((signal) => changeMany(client, archiving, [id], signal));
    if (outcome.kind === "failed") notifyFailure(outcome.failure.message);
    if (outcome.kind === "ok") tellChanged(client, archiving, outcome.value);
  };
  return (
    <div className="thread-acts">
      {mayWrite && <IconButton icon="bookmark" label={text.bookmark} aria-pressed={bookmarked_at !== null} onPress={() => void mark()} />}
      {mayWrite && <Button isSmall icon="archive" onPress={() => void archive()}>{text[archiving.action]}</Button>}
      <ActionMenu label={text.acts} actions={[
        mayWrite && { id: "tags", label: text.edit_tags, icon: "tag", act: () => onShow("tags") },
        mayWrite && { id: "share", label: text.share, icon: "link", act: () => onShow("share") },
        { id: "export", label: text.export, icon: "download", act: () => onShow("export") },
        mayWrite && { id: "delete", label: text.delete_ask, icon: "trash", isDanger: true, act: () => onShow("delete") },
      ]} />
    </div>
  );
}

function About({ conversation, acts }: { readonly conversation: Conversation; readonly acts: ReactNode }) {
  const { visit, visitor, created_at, channel, archived_at, tags } = conversation;
  return (
    <header className="thread-head">
      <div className="thread-title">
        <h2>{nameOf(conversation)} <Badge>{text.channels[channel]}</Badge> {archived_at !== null && <Badge>{text.archived}</Badge>}</h2>
        {acts}
      </div>
      {tags.length > 0 && <ul className="chips" aria-label={text.tags}>{tags.map((tag) => <li key={tag} className="tag" dir="auto">{tag}</li>)}</ul>}
      <p className="hint">
        {[formatMoment(created_at), visitor?.email, visit?.page_url && pathOf(visit.page_url), visit?.language, visit?.device && text.devices[visit.device]].filter(Boolean).join(" · ")}
      </p>
    </header>
  );
}
