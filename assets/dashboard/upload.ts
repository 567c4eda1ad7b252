// Sending a file with its progress. `fetch` does not tell how much has been sent, so this is the one place with
// XMLHttpRequest.

import { csrfHeader, failureOf, inSession, silence, type Outcome } from "./api";

/** The same key never stores a file twice. */
export function upload<Value>(path: string, file: File, key: string, onProgress: (percent: number) => void, signal: AbortSignal): Promise<Outcome<Value>> {
  return inSession(() => send(path, file, { ...csrfHeader(), "idempotency-key": key }, onProgress, signal));
}

function send<Value>(path: string, file: File, headers: Readonly<Record<string, string>>, onProgress: (percent: number) => void, signal: AbortSignal): Promise<Outcome<Value>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.set("file", file);
    request.open("POST", path);
    request.responseType = "json";
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : Math.round((loaded / total) * 100));
    request.onload = () => {
      const isOk = request.status >= 200 && request.status < 300;
      if (isOk) resolve({ kind: "ok", value: request.response as Value, etag: request.getResponseHeader("etag") });
      else resolve({ kind: "failed", failure: failureOf(request.status, request.getResponseHeader("retry-after"), request.response) });
    };
    request.onerror = () => resolve({ kind: "failed", failure: silence(navigator.onLine ? "unreachable" : "offline") });
    request.onabort = () => resolve({ kind: "aborted" });
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
