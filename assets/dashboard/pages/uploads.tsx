// Files on their way to the server: a few at a time, each with its own progress, failure and second try.

import { useEffect, useRef, useState } from "react";
import { text } from "texts:documents";
import { fill } from "../../shared/strings";
import { clientPath, type Failure } from "../api";
import type { Schemas } from "../contract";
import { formatBytes } from "../format";
import { mintId } from "../ids";
import { useLeaveGuard } from "../router";
import { upload } from "../upload";
import { Button, IconButton } from "../ui/button";
import { Icon } from "../ui/icons";

const AT_ONCE = 2;
const SHOWN_AFTER_MS = 4_000;

type State =
  | { readonly kind: "waiting" }
  | { readonly kind: "sending"; readonly percent: number }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "done"; readonly isDuplicate: boolean };
type Upload = { readonly id: string; readonly file: File; readonly state: State };
export type UploadList = { readonly items: readonly Upload[]; readonly add: (files: readonly File[]) => void; readonly retry: (id: string) => void; readonly drop: (id: string) => void };

export function useUploads(client: string, onTaken: () => void): UploadList {
  const [items, setItems] = useState<readonly Upload[]>([]);
  const running = useRef(new Map<string, AbortController>());
  const set = (id: string, state: State) => setItems((all) => all.map((it) => (it.id === id ? { ...it, state } : it)));
  const drop = (id: string) => {
    running.current.get(id)?.abort();
    setItems((all) => all.filter((it) => it.id !== id));
  };
  useEffect(() => {
    const sending = running.current;
    const next = items.filter(({ id, state }) => state.kind === "waiting" && !sending.has(id)).slice(0, Math.max(AT_ONCE - sending.size, 0));
    for (const { id, file } of next) {
      const abort = new AbortController();
      sending.set(id, abort);
      set(id, { kind: "sending", percent: 0 });
      void upload<Schemas["UploadView"]>(clientPath(client, "/api/documents"), file, id, (percent) => set(id, { kind: "sending", percent }), abort.signal).then((outcome) => {
        sending.delete(id);
        if (outcome.kind === "failed") return set(id, { kind: "failed", failure: outcome.failure });
        if (outcome.kind === "aborted") return setItems((all) => [...all]);
        set(id, { kind: "done", isDuplicate: outcome.value.is_duplicate });
        onTaken();
        if (!outcome.value.is_duplicate) setTimeout(() => drop(id), SHOWN_AFTER_MS);
      });
    }
  });
  useLeaveGuard(items.some(({ state }) => state.kind === "waiting" || state.kind === "sending"), "uploads");
  useEffect(() => {
    const sending = running.current;
    return () => sending.forEach((abort) => abort.abort());
  }, [client]);
  return {
    items,
    drop,
    add: (files) => setItems((all) => [...all, ...files.map((file) => ({ id: mintId(), file, state: { kind: "waiting" as const } }))]),
    // Under a new id: the first try's key may belong to a refusal.
    retry: (id) => setItems((all) => all.map((it) => (it.id === id ? { ...it, id: mintId(), state: { kind: "waiting" } } : it))),
  };
}

/** What was refused for what it is will be refused again. */
function mayGoBetter({ status }: Failure): boolean {
  return status < 400 || status >= 500 || status === 408 || status === 409 || status === 429;
}

export function Uploads({ uploads }: { readonly uploads: UploadList }) {
  if (uploads.items.length === 0) return null;
  return (
    <ul className="uploads" aria-label={text.uploads}>
      {uploads.items.map(({ id, file, state }) => (
        <li key={id} className={state.kind}>
          <Icon name={state.kind === "done" ? "check" : state.kind === "failed" ? "alert" : "upload"} />
          <div className="grow">
            <span className="upload-name">{file.name} <span className="hint">{formatBytes(file.size)}</span></span>
            {state.kind === "sending" && <progress className="bar" max={100} value={state.percent} aria-label={fill(text.sending, { file: file.name })} />}
            {state.kind === "failed" && <p className="error-text" role="alert">{state.failure.errors[0]?.detail ?? state.failure.message}</p>}
            {state.kind === "done" && <p className="hint" role="status">{state.isDuplicate ? text.duplicate : text.taken}</p>}
          </div>
          {state.kind === "sending" && <span className="tabular">{state.percent} %</span>}
          {state.kind === "waiting" && <span className="hint">{text.waiting}</span>}
          {state.kind === "failed" && mayGoBetter(state.failure) && <Button isSmall icon="retry" onPress={() => uploads.retry(id)}>{text.try_again}</Button>}
          <IconButton icon="close" label={fill(state.kind === "sending" ? text.stop_upload : text.hide_upload, { file: file.name })} onPress={() => uploads.drop(id)} />
        </li>
      ))}
    </ul>
  );
}
