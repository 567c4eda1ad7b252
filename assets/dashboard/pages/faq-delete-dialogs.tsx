import { text } from "texts:faqs";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import { formatCount } from "../format";
import { refresh } from "../query";
import { ConfirmDialog } from "../ui/dialog";
import type { Faq } from "./faqs";

const NAMED_MAX = 5;

export function DeleteFaqDialog({ client, faq: { id, question }, onClose }: { readonly client: string; readonly faq: Faq; readonly onClose: () => void }) {
  return (
    <ConfirmDialog title={text.delete_title} confirm={text.delete} done={text.deleted} onClose={onClose} onDone={() => refresh(clientPath(client, "/api/faqs"))}
      work={(signal) => callClient(client, "delete", "/api/faqs/{id}", { path: { id }, signal })}>
      <p>{fill(text.delete_detail, { question })}</p>
    </ConfirmDialog>
  );
}

export function DeleteFaqsDialog({ client, faqs, onDeleted, onClose }: { readonly client: string; readonly faqs: readonly Faq[]; readonly onDeleted: () => void; readonly onClose: () => void }) {
  return (
    <ConfirmDialog title={formatCount(faqs.length, text.delete_one_title, text.delete_many_title)} confirm={text.delete} done={text.deleted} onClose={onClose}
      onDone={() => {
        onDeleted();
        refresh(clientPath(client, "/api/faqs"));
      }}
      work={(signal) => callClient(client, "post", "/api/faqs/bulk", { body: { ids: faqs.map(({ id }) => id), action: "delete", category: null }, signal })}>
      <ul className="short">{faqs.slice(0, NAMED_MAX).map(({ id, question }) => <li key={id}>{question}</li>)}</ul>
      {faqs.length > NAMED_MAX && <p>{fill(text.and_more, { count: faqs.length - NAMED_MAX })}</p>}
      <p>{text.delete_many_detail}</p>
    </ConfirmDialog>
  );
}
