import { useCallback, useEffect, useState } from "react";
import { text } from "texts:documents";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatAgo, formatBytes } from "../format";
import { useLive, usePolling, type LiveEvents } from "../live";
import { refresh, usePages, type Pages } from "../query";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { DropArea } from "../ui/drop-area";
import { FileButton } from "../ui/file-button";
import { later } from "../ui/later";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify, notifyFailure } from "../ui/toast";
import { Uploads, useUploads } from "./uploads";

const DocumentTextDialog = later(() => import("./document-dialogs").then((it) => it.DocumentTextDialog));
const DocumentSettingsDialog = later(() => import("./document-dialogs").then((it) => it.DocumentSettingsDialog));
const DeleteDocumentDialog = later(() => import("./document-dialogs").then((it) => it.DeleteDocumentDialog));

export type Document = Schemas["DocumentView"];
type Shown = { readonly kind: "nothing" } | { readonly kind: "delete" | "text" | "settings"; readonly document: Document };
type Progress = Readonly<Record<string, { readonly status: string; readonly percent: number }>>;

const POLL_MS = 3_000;
/** What a chooser offers; whatever is dropped is judged by the server. */
const TYPES = ".pdf,.docx,.xlsx,.xls,.pptx,.odt,.ods,.odp,.epub,.html,.htm,.xml,.csv,.tsv,.md,.txt,.json";

export function isUnderWay({ status }: { readonly status: string }): boolean {
  return status === "queued" || status === "extracting" || status === "embedding";
}

export function DocumentsPage({ client }: PageProps) {
  const path = clientPath(client, "/api/documents");
  const mayWrite = useMay(client)("knowledge:write");
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const pages = useDocuments(client, path);
  const progress = useProgress(path);
  const uploads = useUploads(client, () => refresh(path));
  const close = () => setShown({ kind: "nothing" });
  const button = mayWrite && (
    <FileButton accept={TYPES} isMultiple look="primary" onFiles={uploads.add}>{text.upload}</FileButton>
  );
  const body = (
    <>
      <Uploads uploads={uploads} />
      <QueryView query={pages.query} onRetry={pages.reload} lines={6}>
        {(documents) => documents.length === 0
          ? <Empty icon="documents" title={text.empty_title}>{mayWrite ? text.empty : text.empty_reader}</Empty>
          : <DocumentTable client={client} path={path} documents={documents.map((it) => withProgress(it, progress))} mayWrite={mayWrite} onShow={setShown} />}
      </QueryView>
      <More pages={pages} />
    </>
  );
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={button} />
      {mayWrite ? (
        <DropArea onFiles={uploads.add} hint={text.drop_hint}>{body}</DropArea>
      ) : body}
      {shown.kind === "text" && <DocumentTextDialog client={client} document={shown.document} onClose={close} />}
      {shown.kind === "settings" && <DocumentSettingsDialog client={client} document={shown.document} onClose={close} />}
      {shown.kind === "delete" && <DeleteDocumentDialog client={client} document={shown.document} onClose={close} />}
    </>
  );
}

/** Asks again while something is under way, also beside live updates: what is read in a moment may be no news there. */
function useDocuments(client: string, path: string): Pages<Document> {
  const [isMoving, setMoving] = useState(false);
  const poll = usePolling(POLL_MS);
  const pages = usePages<Document>(path, (cursor, signal) => callClient(client, "get", "/api/documents", { query: { cursor }, signal }), isMoving ? POLL_MS : poll);
  const { query } = pages;
  useEffect(() => setMoving(query.kind === "ready" && query.value.some(isUnderWay)), [query]);
  return pages;
}

/** What live updates have said since the list was read; an end of the work reads the list again. */
function useProgress(path: string): Progress {
  const [progress, setProgress] = useState<Progress>({});
  const take = useCallback(({ id, status, percent }: LiveEvents["document"]) => {
    setProgress((before) => ({ ...before, [id]: { status, percent } }));
    if (isUnderWay({ status })) return;
    refresh(path);
    setProgress(({ [id]: _, ...rest }) => rest);
  }, [path]);
  useLive("document", take);
  return progress;
}

function withProgress(document: Document, progress: Progress): Document {
  const news = progress[document.id];
  if (!news || !isUnderWay(document)) return document;
  return { ...document, status: news.status as Document["status"], progress_percent: news.percent };
}

function DocumentTable({ client, path, documents, mayWrite, onShow }: {
  readonly client: string;
  readonly path: string;
  readonly documents: readonly Document[];
  readonly mayWrite: boolean;
  readonly onShow: (shown: Shown) => void;
}) {
  const act = async (verb: "retry" | "cancel", document: Document) => {
    const outcome = await callClient(client, "post", verb === "retry" ? "/api/documents/{id}/retry" : "/api/documents/{id}/cancel", { path: { id: document.id } });
    if (outcome.kind === "failed") notifyFailure(outcome.failure.message);
    if (outcome.kind === "ok") notify(fill(verb === "retry" ? text.retried : text.cancelled, { title: document.title }));
    refresh(path);
  };
  const columns: readonly Column<Document>[] = [
    {
      id: "title", head: text.document, isBare: true, width: "grow",
      cell: (document) => (
        <>
          {document.status === "ready" ? <Button look="quiet" isSmall onPress={() => onShow({ kind: "text", document })}>{document.title}</Button> : <strong>{document.title}</strong>}
          {document.title !== document.file_name && <p className="hint">{document.file_name}</p>}
          {document.status === "failed" && document.error && <p className="error-text">{document.error}</p>}
        </>
      ),
    },
    { id: "status", head: text.state, cell: (document) => <StatusView document={document} /> },
    { id: "size", head: text.size, align: "end", cell: ({ size_bytes }) => formatBytes(size_bytes) },
    { id: "created", head: text.added, cell: ({ created_at }) => formatAgo(created_at) },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (document) => (
        <ActionMenu label={fill(text.actions_for, { title: document.title })} actions={[
          document.status === "ready" && { id: "text", label: text.view_text, icon: "eye", act: () => onShow({ kind: "text", document }) },
          { id: "original", label: text.download, icon: "download", act: () => download(client, document) },
          mayWrite && { id: "settings", label: text.settings, icon: "settings", act: () => onShow({ kind: "settings", document }) },
          mayWrite && document.status === "failed" && { id: "retry", label: text.retry, icon: "retry", act: () => void act("retry", document) },
          mayWrite && isUnderWay(document) && { id: "cancel", label: text.cancel, icon: "stop", act: () => void act("cancel", document) },
          mayWrite && { id: "delete", label: text.delete, icon: "trash", isDanger: true, act: () => onShow({ kind: "delete", document }) },
        ]} />
      ),
    },
  ];
  return <Table label={text.title} columns={columns} rows={documents} />;
}

function StatusView({ document: { status, progress_percent, title } }: { readonly document: Document }) {
  if (status === "ready") return <Badge tone="good">{text.states.ready}</Badge>;
  if (status === "failed") return <Badge tone="danger">{text.states.failed}</Badge>;
  return (
    <span className="progress">
      <span className="progress-words">{text.states[status]} <span className="tabular">{progress_percent} %</span></span>
      <progress className="bar" max={100} value={progress_percent} aria-label={fill(text.progress_of, { title })} />
    </span>
  );
}

function download(client: string, { id, file_name }: Document): void {
  const link = document.createElement("a");
  link.href = clientPath(client, "/api/documents/{id}/original", { id });
  link.download = file_name;
  link.click();
}
