import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:documents";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatBytes } from "../format";
import { refresh, useAction, useQuery } from "../query";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import type { Document } from "./documents";

type DialogProps = { readonly client: string; readonly document: Document; readonly onClose: () => void };

/** The text as it was read out of the file: what answers are made from. */
export function DocumentTextDialog({ client, document, onClose }: DialogProps) {
  const values = { path: { id: document.id } };
  const { query, reload } = useQuery<string>(clientPath(client, "/api/documents/{id}/text", values.path), (signal) => callClient(client, "get", "/api/documents/{id}/text", { ...values, accept: "text/plain, */*", signal }));
  return (
    <Dialog title={document.title} size="wide" onClose={onClose}>
      <div className="dialog-body">
        <p className="hint">{fill(text.text_lead, { file: document.file_name })}</p>
        <QueryView query={query} onRetry={reload} lines={10}>
          {(content) => <pre className="reading" tabIndex={0}>{content === "" ? text.text_empty : content}</pre>}
        </QueryView>
      </div>
    </Dialog>
  );
}

type Settings = Schemas["DocumentSettingsView"];

/** An empty change answers with the settings as they are: a document's own view does not hold them. */
export function DocumentSettingsDialog({ client, document, onClose }: DialogProps) {
  const key = `${clientPath(client, "/api/documents/{id}", { id: document.id })}#settings`;
  const { query, reload } = useQuery<Settings>(key, (signal) => callClient(client, "patch", "/api/documents/{id}", { path: { id: document.id }, body: {} as Schemas["DocumentPatch"], signal }));
  return (
    <Dialog title={fill(text.settings_of, { title: document.title })} size="narrow" onClose={onClose}>
      <QueryView query={query} onRetry={reload}>
        {(settings) => <SettingsForm client={client} settings={settings} etag={query.kind === "ready" ? query.etag : null} onReload={reload} onClose={onClose} />}
      </QueryView>
    </Dialog>
  );
}

function SettingsForm({ client, settings, etag, onReload, onClose }: { readonly client: string; readonly settings: Settings; readonly etag: string | null; readonly onReload: () => void; readonly onClose: () => void }) {
  const [category, setCategory] = useState(settings.category ?? "");
  const [weight, setWeight] = useState(String(settings.weight));
  const { action, run, clear } = useAction();
  const save = async () => {
    const body = { category: category.trim() || null, weight: Number(weight.replace(",", ".")) };
    const outcome = await run((signal) => callClient(client, "patch", "/api/documents/{id}", { path: { id: settings.id }, body, ifMatch: etag, signal }));
    if (outcome.kind !== "ok") return;
    notify(text.settings_saved);
    refresh(clientPath(client, "/api/documents"));
    onClose();
  };
  const reload = () => {
    clear();
    onReload();
  };
  return (
    <Form action={action} fields={["/category", "/weight"]} onSubmit={() => void save()} onReload={reload}>
      <div className="dialog-body">
        <TextInput name="/category" label={text.category} hint={text.category_hint} value={category} onChange={setCategory} isRequired={false} maxLength={100} />
        <TextInput name="/weight" label={text.weight} hint={text.weight_hint} value={weight} onChange={setWeight} inputMode="decimal" isRequired />
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{common.cancel}</Button>
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{common.save}</Button>
      </DialogFoot>
    </Form>
  );
}

export function DeleteDocumentDialog({ client, document: { id, title, file_name, size_bytes }, onClose }: DialogProps) {
  return (
    <ConfirmDialog title={fill(text.delete_title, { title })} confirm={text.delete} done={fill(text.deleted, { title })} onClose={onClose}
      onDone={() => refresh(clientPath(client, "/api/documents"))} work={(signal) => callClient(client, "delete", "/api/documents/{id}", { path: { id }, signal })}>
      <p>{fill(text.delete_detail, { file: file_name, size: formatBytes(size_bytes) })}</p>
    </ConfirmDialog>
  );
}
