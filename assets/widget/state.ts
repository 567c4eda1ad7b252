// What the panel shows, as one discriminated union, and how each event changes it. Pure: no clock, no network,
// no DOM. Effects (`effects.ts`) feed the events, views (`view.tsx`) draw the state.

import type { Answer, Failure } from "./contract";

/** Turns kept on the screen and in the tab's storage; older ones scroll away for good. */
export const TURNS_MAX = 100;

/** A message on its way. Its request id is minted once, so that trying again never asks twice. */
export type Pending = { readonly requestId: string; readonly text: string };

export type Turn =
  | { readonly kind: "visitor"; readonly id: string; readonly text: string; readonly unsent: boolean }
  | { readonly kind: "assistant"; readonly id: string; readonly answer: Answer };

type Shared = {
  readonly open: boolean;
  /** What stands in the field; a failure never touches it. */
  readonly draft: string;
  readonly thread: readonly Turn[];
};

export type State =
  | (Shared & { readonly kind: "ready" })
  | (Shared & { readonly kind: "waiting"; readonly pending: Pending })
  | (Shared & { readonly kind: "failed"; readonly pending: Pending; readonly failure: Failure });

export type Event =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | { readonly kind: "drafted"; readonly text: string }
  | { readonly kind: "sent"; readonly pending: Pending }
  | { readonly kind: "answered"; readonly requestId: string; readonly answer: Answer }
  | { readonly kind: "failed"; readonly requestId: string; readonly failure: Failure }
  | { readonly kind: "retried" }
  | { readonly kind: "recalled" };

/** What outlives a reload of the page in the same tab. */
export type Kept = { readonly thread: readonly Turn[]; readonly pending: Pending | null };

export function initialState(kept: Kept): State {
  const shared = { open: false, draft: "", thread: kept.thread };
  if (kept.pending === null) return { ...shared, kind: "ready" };
  return { ...shared, kind: "failed", pending: kept.pending, failure: { kind: "interrupted" } };
}

export function keptOf(state: State): Kept {
  return { thread: state.thread, pending: state.kind === "ready" ? null : state.pending };
}

export function reduce(state: State, event: Event): State {
  switch (event.kind) {
    case "opened":
      return { ...state, open: true };
    case "closed":
      return { ...state, open: false };
    case "drafted":
      return { ...state, draft: event.text };
    case "sent":
      return sent(state, event.pending);
    case "answered":
      return answered(state, event.requestId, event.answer);
    case "failed":
      if (state.kind !== "waiting" || state.pending.requestId !== event.requestId) return state;
      return { ...state, kind: "failed", failure: event.failure };
    case "retried":
      if (state.kind !== "failed") return state;
      return { ...shared(state), kind: "waiting", pending: state.pending };
    case "recalled":
      if (state.kind !== "failed") return state;
      return { ...shared(state), kind: "ready", draft: state.pending.text };
  }
}

/** A new message takes the place of a failed one, which stays in the thread, marked as not sent. */
function sent(state: State, pending: Pending): State {
  if (state.kind === "waiting") return state;
  const thread = state.kind === "failed" ? append(state.thread, visitorTurn(state.pending, true)) : state.thread;
  return { open: state.open, draft: state.draft, thread, kind: "waiting", pending };
}

function answered(state: State, requestId: string, answer: Answer): State {
  if (state.kind !== "waiting" || state.pending.requestId !== requestId) return state;
  const turns: Turn[] = [visitorTurn(state.pending, false), { kind: "assistant", id: `${requestId}:answer`, answer }];
  return { ...shared(state), kind: "ready", thread: append(state.thread, ...turns) };
}

function visitorTurn(pending: Pending, unsent: boolean): Turn {
  return { kind: "visitor", id: pending.requestId, text: pending.text, unsent };
}

function append(thread: readonly Turn[], ...turns: readonly Turn[]): readonly Turn[] {
  return [...thread, ...turns].slice(-TURNS_MAX);
}

function shared({ open, draft, thread }: State): Shared {
  return { open, draft, thread };
}

/** Characters as the server counts them: Unicode scalars, not UTF-16 units. */
export function charsOf(text: string): number {
  return Array.from(text).length;
}
