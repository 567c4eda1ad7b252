import { useCallback, useState } from "react";
import { text } from "texts:conversations";
import { callClient, clientPath } from "../api";
import { useLive, usePolling } from "../live";
import { refresh, usePages } from "../query";
import { navigate } from "../router";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { later } from "../ui/later";
import { PageHead } from "../ui/page";
import { Empty, More, QueryView } from "../ui/states";
import type { Exported } from "./conversation-export-dialog";
import { Filters, NothingListed, OPEN, useAsked, useTags, type Narrowing } from "./conversation-filters";
import { ConversationList, ListHead, useChoice } from "./conversation-list";
import { Thread } from "./conversation-thread";
import type { Conversation } from "./conversation-words";

const TagManyDialog = later(() => import("./conversation-tag-dialogs").then((it) => it.TagManyDialog));
const DeleteConversationsDialog = later(() => import("./conversation-dialogs").then((it) => it.DeleteConversationsDialog));
const ExportDialog = later(() => import("./conversation-export-dialog").then((it) => it.ExportDialog));

/** What a dialog is about is kept as it was when it opened. */
type Shown = { readonly kind: "nothing" } | { readonly kind: "tag" | "delete"; readonly conversations: readonly Conversation[] } | { readonly kind: "export"; readonly what: Exported };
const POLL_MS = 15_000;
const PAGE_ITEMS = 30;

/** The list, and beside it (below 900 px instead of it) the conversation that the address names. */
export function ConversationsPage({ client, values }: PageProps) {
  const path = clientPath(client, "/api/conversations");
  const opened = values["conversation"] ?? null;
  const mayWrite = useMay(client)("conversations:write");
  const [narrowing, setNarrowing] = useState(OPEN);
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const asked = useAsked(narrowing);
  const tags = useTags(client);
  const pages = usePages<Conversation>(`${path}${asked.key}`, (cursor, signal) => callClient(client, "get", "/api/conversations", { query: { cursor, limit: PAGE_ITEMS, ...asked.query }, signal }), usePolling(POLL_MS));
  const listed = pages.query.kind === "ready" ? pages.query.value : null;
  const choice = useChoice(listed);
  const { selected } = choice;
  // The prefix names the list, its tags, and every thread of it that is shown.
  useLive("conversation", useCallback(() => refresh(path), [path]));
  const narrow = (part: Partial<Narrowing>) => {
    choice.chooseAll(false);
    setNarrowing({ ...narrowing, ...part });
  };
  const close = () => setShown({ kind: "nothing" });
  const done = () => choice.chooseAll(false);
  const exported = (): Exported => (selected.length > 0 ? { kind: "chosen", ids: selected.map(({ id }) => id) } : { kind: "list", asked });
  const leaveDeleted = (ids: readonly string[]) => {
    done();
    if (opened !== null && ids.includes(opened)) navigate(`/clients/${client}/conversations`);
  };
  return (
    <>
      <PageHead title={text.title} lead={text.lead} />
      <div className={opened ? "split has-opened" : "split"}>
        <div className="split-list">
          <div className="list-top">
            <Filters narrowing={narrowing} tags={tags} onNarrow={narrow} />
            {listed !== null && listed.length > 0 && (
              <ListHead client={client} count={listed.length} mayWrite={mayWrite} choice={choice} onExport={() => setShown({ kind: "export", what: exported() })}
                onTag={() => setShown({ kind: "tag", conversations: selected })} onDelete={() => setShown({ kind: "delete", conversations: selected })} />
            )}
          </div>
          <QueryView query={pages.query} onRetry={pages.reload} lines={8}>
            {(conversations) => conversations.length === 0
              ? <NothingListed client={client} narrowing={asked.narrowing} onNarrow={narrow} />
              : <ConversationList client={client} conversations={conversations} opened={opened} choice={choice} />}
          </QueryView>
          <More pages={pages} />
        </div>
        <div className="split-opened">
          {opened ? <Thread key={opened} client={client} id={opened} about={listed?.find(({ id }) => id === opened) ?? null} /> : <Empty icon="chat" title={text.choose} />}
        </div>
      </div>
      {shown.kind === "tag" && <TagManyDialog client={client} conversations={shown.conversations} known={tags} onDone={done} onClose={close} />}
      {shown.kind === "delete" && <DeleteConversationsDialog client={client} conversations={shown.conversations} onDone={leaveDeleted} onClose={close} />}
      {shown.kind === "export" && <ExportDialog client={client} what={shown.what} onClose={close} />}
    </>
  );
}
