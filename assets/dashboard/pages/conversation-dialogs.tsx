import { text } from "texts:conversations";
import { text as explained } from "texts:explanation";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import { formatCount } from "../format";
import { refresh, useQuery } from "../query";
import { navigate } from "../router";
import { ConfirmDialog, Dialog } from "../ui/dialog";
import { ExplanationView } from "../ui/explanation";
import { Empty, QueryView } from "../ui/states";
import { changeMany, tellChanged, type Changed } from "./conversation-acts";
import { nameAndOpening, type Conversation } from "./conversation-words";

const NAMED_MAX = 5;
const DELETING = { action: "delete", tag: null } as const;

export function ExplanationDialog({ client, conversation, message, onClose }: { readonly client: string; readonly conversation: string; readonly message: string; readonly onClose: () => void }) {
  const names = { id: conversation, message_id: message };
  const path = "/api/conversations/{id}/messages/{message_id}/explanation";
  const { query, reload } = useQuery(clientPath(client, path, names), (signal) => callClient(client, "get", path, { path: names, signal }));
  const isGone = query.kind === "failed" && query.failure.status === 404;
  return (
    <Dialog title={explained.why} size="sheet" onClose={onClose}>
      <div className="dialog-body">
        {isGone ? <Empty icon="info" title={explained.gone} /> : <QueryView query={query} onRetry={reload} lines={8}>{(value) => <ExplanationView explanation={value} />}</QueryView>}
      </div>
    </Dialog>
  );
}

export function DeleteConversationDialog({ client, id, onClose }: { readonly client: string; readonly id: string; readonly onClose: () => void }) {
  return (
    <ConfirmDialog title={text.delete_title} confirm={text.delete} done={text.deleted} onClose={onClose}
      onDone={() => {
        navigate(`/clients/${client}/conversations`);
        refresh(clientPath(client, "/api/conversations"));
      }}
      work={(signal) => callClient(client, "delete", "/api/conversations/{id}", { path: { id }, signal })}>
      <p>{text.delete_detail}</p>
    </ConfirmDialog>
  );
}

export function DeleteConversationsDialog({ client, conversations, onDone, onClose }: {
  readonly client: string;
  readonly conversations: readonly Conversation[];
  readonly onDone: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}) {
  const ids = conversations.map(({ id }) => id);
  return (
    <ConfirmDialog title={formatCount(ids.length, text.delete_one_title, text.delete_many_title)} confirm={text.delete_many} onClose={onClose}
      onDone={(changed: Changed) => {
        onDone(ids);
        tellChanged(client, DELETING, changed);
      }}
      work={(signal) => changeMany(client, DELETING, ids, signal)}>
      <ul className="short">{conversations.slice(0, NAMED_MAX).map((it) => <li key={it.id}><span className="clamp">{nameAndOpening(it)}</span></li>)}</ul>
      {ids.length > NAMED_MAX && <p>{fill(text.and_more, { count: ids.length - NAMED_MAX })}</p>}
      <p>{formatCount(ids.length, text.delete_one_detail, text.delete_many_detail)}</p>
    </ConfirmDialog>
  );
}
