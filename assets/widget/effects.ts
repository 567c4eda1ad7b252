// Everything the panel does besides drawing: asking the assistant, keeping the thread, following other tabs, minting
// request ids, telling the host page's listeners. One question is under way at a time.

import { getHistory, postStop, type Question, type Reply } from "./api";
import type { PanelContext, StoragePolicy, WidgetConfig } from "./contract";
import type { Outcome } from "./http";
import { charsOf, initialState, keptOf, reduce, type Event, type Pending, type State } from "./state";
import { createMemory } from "./storage";
import { newCourse, takeTurn, type Course, type Progress } from "./turn";

/** The server's word for a session token that it no longer takes. */
const SESSION_INVALID = "session_invalid";
/** Text that streams in is drawn this often, however small the pieces are. */
const DRAW_EVERY_MS = 50;

export type Effects = {
  state(): State;
  dispatch(event: Event): void;
  /** Sends what stands in the field, if it may be sent. */
  submit(): void;
  /** Sends `text`; while another question is under way it goes into the field instead. */
  ask(text: string): void;
  retry(): void;
  /** Ends the answer that streams in; what has arrived of it stays. */
  stop(): void;
  setStoragePolicy(policy: StoragePolicy): void;
  destroy(): void;
};

export function createEffects(context: PanelContext, config: WidgetConfig, onChange: (state: State, event: Event) => void): Effects {
  const { origin, clientId, emit } = context;
  const memory = createMemory(clientId, context.storagePolicy);
  const ended = new AbortController();
  const { signal } = ended;
  let state = initialState(memory.kept());

  function dispatch(event: Event): void {
    const before = state;
    state = reduce(state, event);
    if (state.thread !== before.thread || state.kind !== before.kind || event.kind === "accepted") memory.keep(keptOf(state));
    if (state !== before) onChange(state, event);
  }

  function ask(text: string): void {
    const message = text.trim();
    if (message === "") return;
    if (state.kind === "waiting" || charsOf(message) > config.messageCharsMax) return dispatch({ kind: "drafted", text: message });
    const pending = { requestId: mintRequestId(), text: message, messageId: "" };
    dispatch({ kind: "sent", pending });
    emit("message", { text: message });
    void run(pending);
  }

  async function run(pending: Pending): Promise<void> {
    const { requestId } = pending;
    const drawing = createDrawing((partial) => dispatch({ kind: "grown", partial }));
    const outcome = await turnWithSession(pending, drawing.show);
    drawing.end();
    if (outcome.kind === "aborted") return;
    if (outcome.kind === "failed") {
      dispatch({ kind: "failed", requestId, failure: outcome.failure });
      return emit("failure", { kind: outcome.failure.kind });
    }
    const { answer, session } = outcome.value;
    if (session !== null) memory.setSession(session);
    dispatch({ kind: "answered", requestId, answer });
    memory.touch();
    emit("answer", { text: answer.text, citations: answer.citations });
  }

  /** A refused session is dropped and the message sent once more without it: a new conversation begins. */
  async function turnWithSession(pending: Pending, grown: Progress["grown"]): Promise<Outcome<Reply>> {
    const question: Question = { clientId, text: pending.text, requestId: pending.requestId, session: null };
    const progress: Progress = {
      accepted(messageId, session) {
        if (session !== null) memory.setSession(session);
        dispatch({ kind: "accepted", messageId });
        if (state.kind === "waiting" && state.stopping) void sendStop(messageId);
      },
      grown,
      connected: (isConnected) => dispatch({ kind: "connected", isConnected }),
      session: () => memory.session(),
    };
    const hadSession = memory.session() !== null;
    const outcome = await takeTurn(origin, question, newCourse(pending.messageId), progress, signal);
    if (!hadSession || outcome.kind !== "failed" || outcome.code !== SESSION_INVALID) return outcome;
    memory.setSession(null);
    return takeTurn(origin, question, newCourse(), progress, signal);
  }

  async function sendStop(messageId: string): Promise<void> {
    await postStop(origin, messageId, memory.session(), signal);
  }

  /** The conversation as the server has it: after a reload, and when another tab has gone on with it. */
  async function remember(): Promise<void> {
    const session = memory.session();
    if (session === null) return;
    const messages = await getHistory(origin, clientId, session, signal);
    // A turn that began meanwhile is newer than this answer.
    if (messages && memory.session() === session && !signal.aborted) dispatch({ kind: "remembered", messages });
  }

  async function begin(): Promise<void> {
    const interrupted = state.kind === "waiting" ? state.pending : null;
    await remember();
    if (interrupted && state.kind === "waiting") void run(state.pending);
  }

  function retry(): void {
    if (state.kind !== "failed") return;
    const { pending } = state;
    dispatch({ kind: "retried" });
    void run(pending);
  }

  memory.watch(() => void remember(), signal);
  // What failed for want of a network is sent when there is one again: the same request, once.
  addEventListener("online", () => state.kind === "failed" && state.failure.kind === "offline" && retry(), { signal });
  void begin();

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
    retry,
    stop() {
      if (state.kind !== "waiting" || state.stopping) return;
      const { messageId } = state.pending;
      dispatch({ kind: "stopped" });
      if (messageId !== "") void sendStop(messageId);
    },
    setStoragePolicy(policy) {
      memory.setPolicy(policy);
      memory.keep(keptOf(state));
    },
    destroy: () => ended.abort(),
  };
}

/** Lets at most one picture of a growing answer through per `DRAW_EVERY_MS`; the last one always. */
function createDrawing(draw: (course: Course) => void): { show(course: Readonly<Course>): void; end(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let latest = newCourse();
  return {
    show(course) {
      latest = course;
      timer ??= setTimeout(() => {
        timer = null;
        draw({ ...latest });
      }, DRAW_EVERY_MS);
    },
    end() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** `randomUUID` exists in secure contexts only; a page on plain http gets the same 122 random bits by hand. */
function mintRequestId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
