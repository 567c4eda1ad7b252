// The requests of the panel, and what their answers say. Everything is read field by field: what the server adds
// later is ignored, what is missing falls back.

import type { Answer, Citation, Ending } from "./contract";
import { request, requestJson, type Opened, type Outcome } from "./http";
import { fieldsOf, textOf } from "./values";
import type { Visit } from "./visit";

/** A little more than the server gives a whole turn (30 s), so that the server's own words arrive first. */
const HEAD_TIMEOUT_MS = 35_000;
const SHORT_TIMEOUT_MS = 15_000;
const JSON_TYPE = "application/json";
const EVENTS_TYPE = "text/event-stream";

export type Question = {
  readonly clientId: string;
  readonly text: string;
  readonly requestId: string;
  readonly session: string | null;
  /** Nothing while the visitor has not consented. */
  readonly visit: Visit;
};

export type Reply = { readonly answer: Answer; readonly session: string | null };

/** A message of the conversation as the server keeps it. */
export type PastMessage = { readonly role: "visitor" | "assistant"; readonly answer: Answer };

export type History = {
  /** Oldest first. */
  readonly messages: readonly PastMessage[];
  /** The answer that is being made now; empty where there is none. */
  readonly openMessageId: string;
  /** Asks for the messages before these; empty where there are none. */
  readonly earlierCursor: string;
};

/** Sends the question; the answer comes as a stream where `asEvents`, and where the server can. */
export function postQuestion(origin: string, question: Question, asEvents: boolean, signal: AbortSignal): Promise<Outcome<Opened>> {
  const body = JSON.stringify({
    client_id: question.clientId,
    message: question.text,
    request_id: question.requestId,
    ...question.visit,
    ...(question.session === null ? {} : { session: question.session }),
  });
  const accept = asEvents ? `${EVENTS_TYPE}, ${JSON_TYPE}` : JSON_TYPE;
  return request(`${origin}/api/chat`, { method: "POST", body, headers: { "content-type": JSON_TYPE, accept } }, HEAD_TIMEOUT_MS, signal);
}

/** Goes on with an answer from the event after `lastEventId`. */
export function resumeAnswer(origin: string, messageId: string, session: string | null, lastEventId: string, signal: AbortSignal): Promise<Outcome<Opened>> {
  const headers = { accept: EVENTS_TYPE, ...sessionHeader(session), ...(lastEventId === "" ? {} : { "last-event-id": lastEventId }) };
  return request(`${origin}/api/chat/${encodeURIComponent(messageId)}/events`, { headers, cache: "no-store" }, HEAD_TIMEOUT_MS, signal);
}

/** Ends an answer early. Whether it was heard shows in the answer itself. */
export function postStop(origin: string, messageId: string, session: string | null, signal: AbortSignal): Promise<Outcome<unknown>> {
  const init = { method: "POST", body: JSON.stringify({ session }), headers: { "content-type": JSON_TYPE, accept: JSON_TYPE } };
  return requestJson(`${origin}/api/chat/${encodeURIComponent(messageId)}/stop`, init, SHORT_TIMEOUT_MS, signal);
}

/** The messages of the conversation before a cursor, or the newest; null where the server does not tell them. */
export async function getHistory(origin: string, clientId: string, session: string, cursor: string, signal: AbortSignal): Promise<History | null> {
  const query = new URLSearchParams({ client_id: clientId, ...(cursor === "" ? {} : { cursor }) });
  const url = `${origin}/api/chat/history?${query}`;
  const outcome = await requestJson(url, { headers: { accept: JSON_TYPE, ...sessionHeader(session) }, cache: "no-store" }, SHORT_TIMEOUT_MS, signal);
  if (outcome.kind !== "ok") return null;
  const fields = fieldsOf(outcome.value);
  const items = fields["items"];
  if (!Array.isArray(items)) return null;
  return {
    messages: items.map((message) => parsePast(message, origin)).reverse(),
    openMessageId: textOf(fields["open_message_id"]),
    earlierCursor: textOf(fields["next_cursor"]),
  };
}

function sessionHeader(session: string | null): Record<string, string> {
  return session === null ? {} : { "x-session": session };
}

export function isEventStream(response: Response): boolean {
  return (response.headers.get("content-type") ?? "").startsWith(EVENTS_TYPE);
}

export function parseReply(body: unknown, origin: string): Reply | null {
  const fields = fieldsOf(body);
  const text = fields["response"];
  if (typeof text !== "string") return null;
  return {
    answer: {
      messageId: textOf(fields["message_id"]),
      text,
      citations: parseCitations(fields["citations"], origin),
      answeredBy: textOf(fields["answered_by"]),
      ending: endingOf(fields),
    },
    session: textOf(fields["session"]) || null,
  };
}

export function parseCitations(value: unknown, origin: string): readonly Citation[] {
  return Array.isArray(value) ? value.map((citation, position) => parseCitation(citation, position, origin)) : [];
}

/** A server of another version may say only whether it was stopped. */
export function endingOf(fields: Readonly<Record<string, unknown>>): Ending {
  const { ending, stopped } = fields;
  if (ending === "stopped" || ending === "cut") return ending;
  return stopped === true ? "stopped" : "whole";
}

function parsePast(message: unknown, origin: string): PastMessage {
  const fields = fieldsOf(message);
  const answer = {
    messageId: textOf(fields["id"]),
    text: textOf(fields["text"]),
    citations: parseCitations(fields["citations"], origin),
    answeredBy: textOf(fields["answered_by"]),
    ending: endingOf(fields),
  };
  return { role: fields["role"] === "visitor" ? "visitor" : "assistant", answer };
}

function parseCitation(body: unknown, position: number, origin: string): Citation {
  const fields = fieldsOf(body);
  const { page, number } = fields;
  return {
    number: typeof number === "number" ? number : position + 1,
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
