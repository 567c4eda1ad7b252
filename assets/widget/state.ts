// What the panel shows, as one discriminated union, and how each event changes it. Pure: no clock, no network,
// no DOM. Effects (`effects.ts`) feed the events, views (`view.tsx`) draw the state.

import type { PastMessage } from "./api";
import type { Answer, Citation, Failure } from "./contract";

/** Turns kept on the screen and in the tab's storage; older ones scroll away for good. */
export const TURNS_MAX = 100;

/**
 * A message on its way. Its request id is minted once, so that trying again never asks twice. Of one that was asked
 * elsewhere (another tab, or this one before it was closed) it is the answer's id: that is followed, never asked for.
 */
export type Pending = { readonly requestId: string; readonly text: string; readonly messageId: string; readonly asked: "here" | "elsewhere" };

export type Turn =
  | { readonly kind: "visitor"; readonly id: string; readonly text: string; readonly unsent: boolean }
  | { readonly kind: "assistant"; readonly id: string; readonly answer: Answer };

type Shared = {
  readonly open: boolean;
  /** What stands in the field; a failure never touches it. */
  readonly draft: string;
  readonly thread: readonly Turn[];
  /** The turn whose text was copied a moment ago. */
  readonly copied: string | null;
};

/** What has arrived of an answer. */
export type Partial = { readonly text: string; readonly citations: readonly Citation[] };

type Waiting = {
  readonly kind: "waiting";
  readonly pending: Pending;
  readonly partial: Partial;
  readonly connected: boolean;
  readonly stopping: boolean;
};

export type State =
  | (Shared & { readonly kind: "ready" })
  | (Shared & Waiting)
  | (Shared & { readonly kind: "failed"; readonly pending: Pending; readonly failure: Failure });

export type Event =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | { readonly kind: "drafted"; readonly text: string }
  | { readonly kind: "sent"; readonly pending: Pending }
  | { readonly kind: "accepted"; readonly messageId: string }
  | { readonly kind: "grown"; readonly partial: Partial }
  | { readonly kind: "connected"; readonly isConnected: boolean }
  | { readonly kind: "stopped" }
  | { readonly kind: "answered"; readonly requestId: string; readonly answer: Answer }
  | { readonly kind: "failed"; readonly requestId: string; readonly failure: Failure }
  | { readonly kind: "retried" }
  | { readonly kind: "recalled" }
  | { readonly kind: "copied"; readonly id: string | null }
  | { readonly kind: "remembered"; readonly messages: readonly PastMessage[] }
  /** The answer to the last message of the thread is being made; it is followed from here on, or no longer. */
  | { readonly kind: "followed"; readonly messageId: string }
  | { readonly kind: "left"; readonly messageId: string };

/** What outlives a reload of the page in the same tab. */
export type Kept = { readonly thread: readonly Turn[]; readonly pending: Pending | null };

const NOTHING: Partial = { text: "", citations: [] };

export function initialState(kept: Kept): State {
  const shared = { open: false, draft: "", thread: kept.thread, copied: null };
  return kept.pending === null ? { ...shared, kind: "ready" } : { ...shared, ...waiting(kept.pending) };
}

export function keptOf(state: State): Kept {
  const isOurs = state.kind !== "ready" && state.pending.asked === "here";
  return { thread: state.thread, pending: isOurs ? state.pending : null };
}

export function reduce(state: State, event: Event): State {
  switch (event.kind) {
    case "opened":
      return { ...state, open: true };
    case "closed":
      return { ...state, open: false };
    case "drafted":
      return { ...state, draft: event.text };
    case "copied":
      return { ...state, copied: event.id };
    case "sent":
      return sent(state, event.pending);
    case "answered":
      return answered(state, event.requestId, event.answer);
    case "failed":
      if (state.kind !== "waiting" || state.pending.requestId !== event.requestId) return state;
      return { ...shared(state), kind: "failed", pending: state.pending, failure: event.failure };
    case "retried":
      return state.kind === "failed" ? { ...shared(state), ...waiting(state.pending) } : state;
    case "recalled":
      return state.kind === "failed" ? { ...shared(state), kind: "ready", draft: state.pending.text } : state;
    case "remembered":
      return remembered(state, event.messages);
    case "followed":
      return followed(state, event.messageId);
    case "left":
      if (state.kind !== "waiting" || state.pending.requestId !== event.messageId) return state;
      return { ...shared(state), kind: "ready", thread: append(state.thread, visitorTurn(state.pending, false)) };
    default:
      return state.kind === "waiting" ? advanced(state, event) : state;
  }
}

type Advance = Extract<Event, { kind: "accepted" | "grown" | "connected" | "stopped" }>;

function advanced(state: Shared & Waiting, event: Advance): State {
  switch (event.kind) {
    case "accepted":
      return { ...state, pending: { ...state.pending, messageId: event.messageId } };
    case "grown":
      return { ...state, partial: event.partial };
    case "connected":
      return state.connected === event.isConnected ? state : { ...state, connected: event.isConnected };
    case "stopped":
      return { ...state, stopping: true };
  }
}

function waiting(pending: Pending): Waiting {
  return { kind: "waiting", pending, partial: NOTHING, connected: true, stopping: false };
}

/** A new message takes the place of a failed one, which stays in the thread, marked as not sent. */
function sent(state: State, pending: Pending): State {
  if (state.kind === "waiting") return state;
  const thread = state.kind === "failed" ? append(state.thread, visitorTurn(state.pending, true)) : state.thread;
  return { ...shared(state), thread, ...waiting(pending) };
}

function answered(state: State, requestId: string, answer: Answer): State {
  if (state.kind !== "waiting" || state.pending.requestId !== requestId) return state;
  // The history of another tab may have brought it already.
  const isKnown = answer.messageId !== "" && state.thread.some((turn) => turn.kind === "assistant" && turn.answer.messageId === answer.messageId);
  const turns: Turn[] = [visitorTurn(state.pending, false), { kind: "assistant", id: answer.messageId || `${requestId}:answer`, answer }];
  return { ...shared(state), kind: "ready", thread: isKnown ? state.thread : append(state.thread, ...turns) };
}

/** The server's memory of the conversation takes the place of this tab's. What is on its way here stays so. */
function remembered(state: State, messages: readonly PastMessage[]): State {
  const turns = messages.map(({ role, answer }): Turn => {
    const { messageId: id, text } = answer;
    return role === "visitor" ? { kind: "visitor", id, text, unsent: false } : { kind: "assistant", id, answer };
  });
  const thread = turns.slice(-TURNS_MAX);
  if (state.kind === "ready") return { ...state, thread };
  const { messageId, text } = state.pending;
  const isAnswered = messageId !== "" && thread.some((turn) => turn.kind === "assistant" && turn.id === messageId);
  if (isAnswered) return { ...shared(state), kind: "ready", thread };
  const last = thread[thread.length - 1];
  const isShownBelow = last?.kind === "visitor" && last.text === text;
  return { ...state, thread: isShownBelow ? thread.slice(0, -1) : thread };
}

/** Only what nobody has answered yet can be on its way. */
function followed(state: State, messageId: string): State {
  const question = state.thread[state.thread.length - 1];
  if (state.kind !== "ready" || question?.kind !== "visitor" || question.unsent) return state;
  const pending: Pending = { requestId: messageId, text: question.text, messageId, asked: "elsewhere" };
  return { ...shared(state), thread: state.thread.slice(0, -1), ...waiting(pending) };
}

function visitorTurn(pending: Pending, unsent: boolean): Turn {
  return { kind: "visitor", id: pending.requestId, text: pending.text, unsent };
}

function append(thread: readonly Turn[], ...turns: readonly Turn[]): readonly Turn[] {
  return [...thread, ...turns].slice(-TURNS_MAX);
}

function shared({ open, draft, thread, copied }: State): Shared {
  return { open, draft, thread, copied };
}

/** Characters as the server counts them: Unicode scalars, not UTF-16 units. */
export function charsOf(text: string): number {
  return Array.from(text).length;
}
