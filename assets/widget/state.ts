// What the panel shows, as one discriminated union, and how each event changes it. Pure: no clock, no network,
// no DOM. Effects (`effects.ts`) feed the events, views (`view.tsx`) draw the state.

import type { History, PastMessage } from "./api";
import type { Answer, Citation, Failure } from "./contract";

/** The newest turns are kept in the tab's storage, more of them on the screen; no earlier ones are loaded then. */
export const TURNS_KEPT_MAX = 100;
const TURNS_SHOWN_MAX = 500;

/**
 * A message on its way. Its request id is minted once, so that trying again never asks twice. Of one that was asked
 * elsewhere (another tab, or this one before it was closed) it is the answer's id: that is followed, never asked for.
 */
export type Pending = { readonly requestId: string; readonly text: string; readonly messageId: string; readonly asked: "here" | "elsewhere" };

export type Turn =
  | { readonly kind: "visitor"; readonly id: string; readonly text: string; readonly unsent: boolean }
  | { readonly kind: "assistant"; readonly id: string; readonly answer: Answer };

/** What there is of the conversation before the thread: unknown until the server was asked. */
export type Earlier =
  | { readonly kind: "unknown" | "none" | "too_many" }
  | { readonly kind: "more" | "loading" | "failed"; readonly cursor: string };

type Shared = {
  readonly open: boolean;
  /** What stands in the field; a failure never touches it. */
  readonly draft: string;
  readonly thread: readonly Turn[];
  readonly earlier: Earlier;
  /** The turn whose text was copied a moment ago. */
  readonly copied: string | null;
};

/** What has arrived of an answer. */
export type Arrived = { readonly text: string; readonly citations: readonly Citation[] };

type Waiting = {
  readonly kind: "waiting";
  readonly pending: Pending;
  readonly partial: Arrived;
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
  | { readonly kind: "grown"; readonly partial: Arrived }
  | { readonly kind: "connected"; readonly isConnected: boolean }
  | { readonly kind: "stopped" }
  | { readonly kind: "answered"; readonly requestId: string; readonly answer: Answer }
  | { readonly kind: "failed"; readonly requestId: string; readonly failure: Failure }
  | { readonly kind: "retried" }
  | { readonly kind: "recalled" }
  | { readonly kind: "copied"; readonly id: string | null }
  | { readonly kind: "remembered"; readonly history: History }
  /** Earlier messages were asked for; they came, or they did not. `cursor` is what was asked with. */
  | { readonly kind: "earlier_asked" }
  | { readonly kind: "earlier_read"; readonly cursor: string; readonly history: History }
  | { readonly kind: "earlier_missed"; readonly cursor: string }
  /** The answer to the last message of the thread is being made; it is followed from here on, or no longer. */
  | { readonly kind: "followed"; readonly messageId: string }
  | { readonly kind: "left"; readonly messageId: string };

/** What outlives a reload of the page in the same tab. */
export type Kept = { readonly thread: readonly Turn[]; readonly pending: Pending | null };

const NOTHING: Arrived = { text: "", citations: [] };

export function initialState(kept: Kept): State {
  const shared: Shared = { open: false, draft: "", thread: kept.thread, earlier: { kind: "unknown" }, copied: null };
  return kept.pending === null ? { ...shared, kind: "ready" } : { ...shared, ...waiting(kept.pending) };
}

export function keptOf(state: State): Kept {
  const isOurs = state.kind !== "ready" && state.pending.asked === "here";
  return { thread: state.thread.slice(-TURNS_KEPT_MAX), pending: isOurs ? state.pending : null };
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
      return remembered(state, event.history);
    case "followed":
      return followed(state, event.messageId);
    case "left":
      if (state.kind !== "waiting" || state.pending.requestId !== event.messageId) return state;
      return { ...shared(state), kind: "ready", ...appended(state, visitorTurn(state.pending, false)) };
    case "earlier_asked":
    case "earlier_read":
    case "earlier_missed":
      return { ...state, ...withEarlier(state, event) };
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
  const unsent = state.kind === "failed" ? appended(state, visitorTurn(state.pending, true)) : {};
  return { ...shared(state), ...unsent, ...waiting(pending) };
}

function answered(state: State, requestId: string, answer: Answer): State {
  if (state.kind !== "waiting" || state.pending.requestId !== requestId) return state;
  // The history of another tab may have brought it already.
  const isKnown = answer.messageId !== "" && state.thread.some((turn) => turn.kind === "assistant" && turn.answer.messageId === answer.messageId);
  const turns: Turn[] = [visitorTurn(state.pending, false), { kind: "assistant", id: answer.messageId || `${requestId}:answer`, answer }];
  return { ...shared(state), kind: "ready", ...(isKnown ? {} : appended(state, ...turns)) };
}

/** The server's memory of the conversation takes the place of this tab's. What is on its way here stays so. */
function remembered(state: State, history: History): State {
  const page = history.messages.map(turnOf);
  const [before, earlier] = leadingTo(page, state, history.earlierCursor);
  const thread = withUnsent([...before, ...page], state.thread);
  if (state.kind === "ready") return { ...state, thread, earlier };
  const { messageId, text } = state.pending;
  const isAnswered = messageId !== "" && thread.some((turn) => turn.kind === "assistant" && turn.id === messageId);
  if (isAnswered) return { ...shared(state), kind: "ready", thread, earlier };
  const last = thread[thread.length - 1];
  const isShownBelow = last?.kind === "visitor" && !last.unsent && last.text === text;
  return { ...state, thread: isShownBelow ? thread.slice(0, -1) : thread, earlier };
}

function turnOf({ role, answer }: PastMessage): Turn {
  const { messageId: id, text } = answer;
  return role === "visitor" ? { kind: "visitor", id, text, unsent: false } : { kind: "assistant", id, answer };
}

/**
 * What stays of the thread before the newest page, and what is known to lie before that. The place is found by a turn
 * that both have and counted from there, since this tab's own questions do not bear the server's ids.
 */
function leadingTo(page: readonly Turn[], state: State, cursor: string): readonly [readonly Turn[], Earlier] {
  const thread = state.thread.filter((turn) => !isUnsent(turn));
  const inPage = page.findIndex(({ id }) => thread.some((turn) => turn.id === id));
  const inThread = thread.findIndex(({ id }) => id === page[inPage]?.id);
  const before = thread.slice(0, Math.max(inThread - inPage, 0));
  if (inPage < 0 || before.length === 0 || state.earlier.kind === "unknown") return [[], earlierOf(cursor)];
  return [before, state.earlier];
}

/** What was never sent is known here only: it stays behind the turn that it stood behind. */
function withUnsent(thread: readonly Turn[], known: readonly Turn[]): readonly Turn[] {
  const turns = [...thread];
  for (const [at, turn] of known.entries()) {
    if (!isUnsent(turn)) continue;
    const before = turns.findIndex(({ id }) => id === known[at - 1]?.id);
    if (at === 0 || before >= 0) turns.splice(before + 1, 0, turn);
  }
  return turns;
}

function isUnsent(turn: Turn): boolean {
  return turn.kind === "visitor" && turn.unsent;
}

function earlierOf(cursor: string): Earlier {
  return cursor === "" ? { kind: "none" } : { kind: "more", cursor };
}

type EarlierEvent = Extract<Event, { kind: "earlier_asked" | "earlier_read" | "earlier_missed" }>;

/** An answer to an older cursor than the thread's is of no use any more. */
function withEarlier({ thread, earlier }: State, event: EarlierEvent): Partial<Shared> {
  if (!("cursor" in earlier)) return {};
  const { cursor } = earlier;
  if (event.kind === "earlier_asked") return { earlier: { kind: "loading", cursor } };
  if (event.cursor !== cursor) return {};
  if (event.kind === "earlier_missed") return { earlier: { kind: "failed", cursor } };
  const turns = event.history.messages.map(turnOf).filter(({ id }) => thread.every((turn) => turn.id !== id));
  const next = earlierOf(event.history.earlierCursor);
  const isFull = thread.length + turns.length >= TURNS_SHOWN_MAX && next.kind === "more";
  return { thread: [...turns, ...thread], earlier: isFull ? { kind: "too_many" } : next };
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

function appended({ thread, earlier }: State, ...turns: readonly Turn[]): Pick<Shared, "thread" | "earlier"> {
  const all = [...thread, ...turns];
  return all.length > TURNS_SHOWN_MAX ? { thread: all.slice(-TURNS_SHOWN_MAX), earlier: { kind: "too_many" } } : { thread: all, earlier };
}

function shared({ open, draft, thread, earlier, copied }: State): Shared {
  return { open, draft, thread, earlier, copied };
}

/** Characters as the server counts them: Unicode scalars, not UTF-16 units. */
export function charsOf(text: string): number {
  return Array.from(text).length;
}
