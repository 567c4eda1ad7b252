// Everything the panel does besides drawing: asking the assistant, keeping the thread, minting request ids,
// telling the host page's listeners. One question is under way at a time.

import { postMessage, type Outcome, type Question, type Reply } from "./api";
import type { PanelContext } from "./contract";
import { charsOf, initialState, keptOf, reduce, type Event, type Pending, type State } from "./state";
import { createMemory } from "./storage";

/** The server's word for a session token that it no longer takes. */
const SESSION_INVALID = "session_invalid";

export type Effects = {
  state(): State;
  dispatch(event: Event): void;
  /** Sends what stands in the field, if it may be sent. */
  submit(): void;
  /** Sends `text`; while another question is under way it goes into the field instead. */
  ask(text: string): void;
  retry(): void;
  destroy(): void;
};

export function createEffects(context: PanelContext, onChange: (state: State, event: Event) => void): Effects {
  const { origin, config, emit } = context;
  const memory = createMemory(config.clientId, context.storagePolicy);
  const stop = new AbortController();
  let state = initialState(memory.kept());

  function dispatch(event: Event): void {
    const before = state;
    state = reduce(state, event);
    if (state.thread !== before.thread || state.kind !== before.kind) memory.keep(keptOf(state));
    if (state !== before) onChange(state, event);
  }

  function ask(text: string): void {
    const message = text.trim();
    if (message === "") return;
    if (state.kind === "waiting" || charsOf(message) > config.messageCharsMax) return dispatch({ kind: "drafted", text: message });
    const pending = { requestId: mintRequestId(), text: message };
    dispatch({ kind: "sent", pending });
    emit("message", { text: message });
    void run(pending);
  }

  async function run(pending: Pending): Promise<void> {
    const outcome = await postWithSession(pending);
    if (outcome.kind === "aborted") return;
    const { requestId } = pending;
    if (outcome.kind === "failed") {
      dispatch({ kind: "failed", requestId, failure: outcome.failure });
      return emit("failure", { kind: outcome.failure.kind });
    }
    const { answer, session } = outcome.value;
    if (session !== null) memory.setSession(session);
    dispatch({ kind: "answered", requestId, answer });
    emit("answer", { text: answer.text, citations: answer.citations });
  }

  /** A refused session is dropped and the message sent once more without it: a new conversation begins. */
  async function postWithSession({ requestId, text }: Pending): Promise<Outcome<Reply>> {
    const question: Question = { clientId: config.clientId, text, requestId, session: memory.session() };
    const outcome = await postMessage(origin, question, stop.signal);
    const isRefused = outcome.kind === "failed" && outcome.code === SESSION_INVALID;
    if (!isRefused || question.session === null) return outcome;
    memory.setSession(null);
    return postMessage(origin, { ...question, session: null }, stop.signal);
  }

  return {
    state: () => state,
    dispatch,
    ask,
    submit() {
      const { draft, kind } = state;
      if (kind === "waiting" || draft.trim() === "" || charsOf(draft.trim()) > config.messageCharsMax) return;
      dispatch({ kind: "drafted", text: "" });
      ask(draft);
    },
    retry() {
      if (state.kind !== "failed") return;
      const { pending } = state;
      dispatch({ kind: "retried" });
      void run(pending);
    },
    destroy: () => stop.abort(),
  };
}

/** `randomUUID` exists in secure contexts only; a page on plain http gets the same 122 random bits by hand. */
function mintRequestId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
