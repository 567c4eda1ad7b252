import { text } from "texts:conversations";
import { text as explained } from "texts:explanation";
import { callClient, clientPath } from "../api";
import { refresh, useQuery } from "../query";
import { navigate } from "../router";
import { ConfirmDialog, Dialog } from "../ui/dialog";
import { ExplanationView } from "../ui/explanation";
import { Empty, QueryView } from "../ui/states";

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
