// Every request of the widget. Each call takes an abort signal, has a time limit, and ends in a value or in a
// `Failure` that can be told to people; nothing here throws. Answers are parsed field by field: what the server
// adds later is ignored, what is missing falls back.

import type { Answer, Citation, Failure, WidgetConfig } from "./contract";

const CONFIG_TIMEOUT_MS = 15_000;
/** A little more than the server gives a whole turn (30 s), so that the server's own words arrive first. */
const CHAT_TIMEOUT_MS = 35_000;
const MESSAGE_CHARS_MAX = 4_000;
const RETRY_AFTER_SECONDS_MAX = 86_400;

export type Outcome<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "failed"; readonly failure: Failure; readonly code: string }
  | { readonly kind: "aborted" };

export type Question = {
  readonly clientId: string;
  readonly text: string;
  readonly requestId: string;
  readonly session: string | null;
};

export type Reply = { readonly answer: Answer; readonly session: string | null };

export async function getConfig(origin: string, clientId: string, signal: AbortSignal): Promise<Outcome<WidgetConfig>> {
  const url = `${origin}/api/widget/config/${encodeURIComponent(clientId)}`;
  const outcome = await requestJson(url, {}, CONFIG_TIMEOUT_MS, signal);
  return outcome.kind === "ok" ? { kind: "ok", value: parseConfig(outcome.value, clientId) } : outcome;
}

export async function postMessage(origin: string, question: Question, signal: AbortSignal): Promise<Outcome<Reply>> {
  const body = JSON.stringify({
    client_id: question.clientId,
    message: question.text,
    request_id: question.requestId,
    ...(question.session === null ? {} : { session: question.session }),
  });
  const init: RequestInit = { method: "POST", body, headers: { "content-type": "application/json", accept: "application/json" } };
  const outcome = await requestJson(`${origin}/api/chat`, init, CHAT_TIMEOUT_MS, signal);
  if (outcome.kind !== "ok") return outcome;
  const reply = parseReply(outcome.value, origin);
  return reply === null ? failed({ kind: "unavailable" }, "unreadable") : { kind: "ok", value: reply };
}

/** One request with a time limit; cookies are never sent, so that no page's login travels along. */
async function requestJson(url: string, init: RequestInit, timeoutMs: number, signal: AbortSignal): Promise<Outcome<unknown>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const stop = () => limit.abort();
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    const response = await fetch(url, { ...init, mode: "cors", credentials: "omit", signal: limit.signal });
    const body: unknown = await response.json().catch(() => null);
    return response.ok ? { kind: "ok", value: body } : refusal(response, body);
  } catch {
    if (signal.aborted) return { kind: "aborted" };
    if (limit.signal.aborted) return failed({ kind: "timeout" }, "timeout");
    return failed({ kind: navigator.onLine ? "unavailable" : "offline" }, "unreachable");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function failed(failure: Failure, code: string): { kind: "failed"; failure: Failure; code: string } {
  return { kind: "failed", failure, code };
}

/** The server's problem (RFC 9457) as one of our kinds; its own texts are for developers and stay unseen. */
function refusal(response: Response, body: unknown): Outcome<never> {
  const code = textOf(fieldsOf(body)["code"]);
  const { status } = response;
  if (status === 429) return failed({ kind: "rate_limited", waitSeconds: waitSeconds(response.headers.get("retry-after")) }, code);
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

function parseConfig(body: unknown, clientId: string): WidgetConfig {
  const fields = fieldsOf(body);
  const accent = textOf(fields["accent_color"]);
  const charsMax = fields["message_chars_max"];
  return {
    clientId,
    name: textOf(fields["name"]),
    welcome: textOf(fields["welcome"]),
    placeholder: textOf(fields["placeholder"]),
    suggestions: listOf(fields["suggestions"]).map(textOf).filter((text) => text !== ""),
    accentColor: /^#[0-9a-f]{6}$/i.test(accent) ? accent : "#1f5fbf",
    language: textOf(fields["language"]) || "en",
    messageCharsMax: typeof charsMax === "number" && charsMax > 0 ? charsMax : MESSAGE_CHARS_MAX,
  };
}

function parseReply(body: unknown, origin: string): Reply | null {
  const fields = fieldsOf(body);
  const text = fields["response"];
  if (typeof text !== "string") return null;
  const session = textOf(fields["session"]);
  return {
    answer: {
      messageId: textOf(fields["message_id"]),
      text,
      citations: listOf(fields["citations"]).map((citation) => parseCitation(citation, origin)),
      answeredBy: textOf(fields["answered_by"]),
    },
    session: session === "" ? null : session,
  };
}

function parseCitation(body: unknown, origin: string): Citation {
  const fields = fieldsOf(body);
  const page = fields["page"];
  return {
    title: textOf(fields["title"]),
    heading: textOf(fields["heading"]) || null,
    page: typeof page === "number" ? page : null,
    quote: textOf(fields["quote"]),
    url: safeUrl(textOf(fields["url"]), origin),
  };
}

/** Only http and https may be opened; a path is one on the server that answered. */
function safeUrl(text: string, origin: string): string | null {
  if (text === "" || !URL.canParse(text, origin)) return null;
  const url = new URL(text, origin);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
