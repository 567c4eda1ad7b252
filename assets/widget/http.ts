// One request of the panel, with a time limit. It ends in a value or in a `Failure` that can be
// told to people; nothing here throws. Cookies are never sent, so that no page's login travels along.

import type { Failure } from "./contract";
import { fieldsOf, textOf } from "./values";

const RETRY_AFTER_SECONDS_MAX = 86_400;

export type Failed = { readonly kind: "failed"; readonly failure: Failure; readonly code: string };
export type Outcome<Value> = { readonly kind: "ok"; readonly value: Value } | Failed | { readonly kind: "aborted" };

export async function requestJson(url: string, init: RequestInit, timeoutMs: number, signal: AbortSignal): Promise<Outcome<unknown>> {
  const opened = await request(url, init, timeoutMs, signal);
  if (opened.kind !== "ok") return opened;
  const { response, release } = opened.value;
  const body: unknown = await response.json().catch(() => null);
  release();
  return { kind: "ok", value: body };
}

export type Opened = {
  readonly response: Response;
  /** Ends the connection's hold on the caller's signal; call it when the body has been read. */
  readonly release: () => void;
  readonly cut: () => void;
};

/** A response whose head said success; its body is still to be read. The limit is for the head. */
export async function request(url: string, init: RequestInit, timeoutMs: number, signal: AbortSignal): Promise<Outcome<Opened>> {
  const limit = new AbortController();
  const cut = () => limit.abort();
  const timer = setTimeout(cut, timeoutMs);
  signal.addEventListener("abort", cut);
  if (signal.aborted) cut();
  const release = () => signal.removeEventListener("abort", cut);
  try {
    const response = await fetch(url, { ...init, mode: "cors", credentials: "omit", signal: limit.signal });
    if (response.ok) return { kind: "ok", value: { response, release, cut } };
    const body: unknown = await response.json().catch(() => null);
    release();
    return refusal(response.status, response.headers.get("retry-after"), textOf(fieldsOf(body)["code"]));
  } catch {
    release();
    if (signal.aborted) return { kind: "aborted" };
    if (limit.signal.aborted) return failed({ kind: "timeout" }, "timeout");
    return unreachable();
  } finally {
    clearTimeout(timer);
  }
}

export function failed(failure: Failure, code: string): Failed {
  return { kind: "failed", failure, code };
}

export function unreachable(): Failed {
  return failed({ kind: navigator.onLine ? "unavailable" : "offline" }, "unreachable");
}

/** The server's problem (RFC 9457) as one of our kinds; its own texts are for developers and stay unseen. */
function refusal(status: number, retryAfter: string | null, code: string): Failed {
  if (status === 429) return failed({ kind: "rate_limited", waitSeconds: waitSeconds(retryAfter) }, code);
  if (status === 401 || status === 403 || status === 404) return failed({ kind: "refused" }, code);
  if (status === 408 || status === 504) return failed({ kind: "timeout" }, code);
  if (status === 400 || status === 413 || status === 422) return failed({ kind: "rejected" }, code);
  return failed({ kind: "unavailable" }, code);
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). */
function waitSeconds(header: string | null): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), RETRY_AFTER_SECONDS_MAX) : null;
}
