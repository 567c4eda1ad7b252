// Everything the panel does besides drawing: asking the assistant, keeping the thread, following other tabs and the
// answers that run there, minting request ids, telling the host page's listeners. One question is under way at a time.

import { getHistory, postStop, type Question, type Reply } from "./api";
import type { PanelContext, StoragePolicy, WidgetConfig } from "./contract";
import type { Outcome } from "./http";
import { charsOf, initialState, keptOf, reduce, type Event, type Pending, type State } from "./state";
import { createMemory } from "./storage";
import { newCourse, takeTurn, type Course, type Progress } from "./turn";
import { visitNow } from "./visit";

/** The server's word for a session token that it no longer takes. */
const SESSION_INVALID = "session_invalid";
/** Text that streams in is drawn this often, however small the pieces are. */
const DRAW_EVERY_MS = 50;
/** A conversation that was read less than this ago is not read anew because somebody looks at it. */
const FRESH_MS = 5_000;

export type Effects = {
  state(): State;
  dispatch(event: Event): void;
  /** Sends what stands in the field, if it may be sent. */
  submit(): void;
  /** Sends `text`; while another question is under way it goes into the field instead. */
  ask(text: string): void;
  retry(): void;
  /** Reads what was said before the thread's beginning, where there is more and nobody reads it yet. */
  loadEarlier(): void;
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
  const reading = { isUnderWay: false, isStale: false, at: 0 };

  function dispatch(event: Event): void {
    const before = state;
    state = reduce(state, event);
    if (state.thread !== before.thread || state.kind !== before.kind || event.kind === "accepted") memory.keep(keptOf(state));
    if (state !== before) onChange(state, event);
    if (event.kind === "opened") look();
  }

  function ask(text: string): void {
    const message = text.trim();
    if (message === "") return;
    if (state.kind === "waiting" || charsOf(message) > config.messageCharsMax) return dispatch({ kind: "drafted", text: message });
    const pending: Pending = { requestId: mintRequestId(), text: message, messageId: "", asked: "here" };
    dispatch({ kind: "sent", pending });
    emit("message", { text: message });
    void run(pending);
  }

  async function run(pending: Pending): Promise<void> {
    const { requestId } = pending;
    const drawing = createDrawing((partial) => isOnItsWay(pending) && dispatch({ kind: "grown", partial }));
    const outcome = await turnWithSession(pending, drawing.show);
    drawing.end();
    if (outcome.kind === "aborted") return;
    if (pending.asked === "elsewhere") return finishFollowed(pending, outcome);
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

  /** Who asked tells the page; a followed answer that cannot be had is left to them. */
  function finishFollowed({ requestId }: Pending, outcome: Outcome<Reply>): void {
    if (outcome.kind === "ok") dispatch({ kind: "answered", requestId, answer: outcome.value.answer });
    else dispatch({ kind: "left", messageId: requestId });
  }

  /** Another tab's memory may have ended this turn here before its own connection did. */
  function isOnItsWay({ requestId }: Pending): boolean {
    return state.kind === "waiting" && state.pending.requestId === requestId;
  }

  function progressOf(pending: Pending, grown: Progress["grown"]): Progress {
    return {
      accepted(messageId, session) {
        if (session !== null) memory.setSession(session);
        if (state.kind !== "waiting" || !isOnItsWay(pending)) return;
        const isNew = state.pending.messageId !== messageId;
        dispatch({ kind: "accepted", messageId });
        if (isNew) memory.touch();
        if (state.stopping) void sendStop(messageId);
      },
      grown,
      connected: (isConnected) => isOnItsWay(pending) && dispatch({ kind: "connected", isConnected }),
      session: () => memory.session(),
    };
  }

  /** A refused session is dropped and the message sent once more without it: a new conversation begins. */
  async function turnWithSession(pending: Pending, grown: Progress["grown"]): Promise<Outcome<Reply>> {
    const progress = progressOf(pending, grown);
    if (pending.asked === "elsewhere") return takeTurn(origin, null, newCourse(pending.messageId), progress, signal);
    const visit = memory.policy() === "browser" ? visitNow() : {};
    const question: Question = { clientId, text: pending.text, requestId: pending.requestId, session: null, visit };
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
    if (reading.isUnderWay) return void (reading.isStale = true);
    Object.assign(reading, { isUnderWay: true, isStale: false });
    await readHistory();
    Object.assign(reading, { isUnderWay: false, at: Date.now() });
    // What changed while it was read is read afterwards.
    if (reading.isStale && isLookedAt()) await remember();
  }

  async function readHistory(): Promise<void> {
    const session = memory.session();
    if (session === null) return;
    const history = await getHistory(origin, clientId, session, "", signal);
    // A turn that began meanwhile is newer than this answer.
    if (!history || memory.session() !== session || signal.aborted) return;
    dispatch({ kind: "remembered", history });
    if (history.openMessageId !== "") follow(history.openMessageId);
  }

  async function loadEarlier(): Promise<void> {
    const [{ earlier }, session] = [state, memory.session()];
    if ((earlier.kind !== "more" && earlier.kind !== "failed") || session === null) return;
    const { cursor } = earlier;
    dispatch({ kind: "earlier_asked" });
    const history = await getHistory(origin, clientId, session, cursor, signal);
    if (signal.aborted) return;
    dispatch(history ? { kind: "earlier_read", cursor, history } : { kind: "earlier_missed", cursor });
  }

  /** Shows an answer that is being made. Nobody watches it in a chat that is not seen: that reads anew when it is. */
  function follow(messageId: string): void {
    if (!isLookedAt()) return void (reading.isStale = true);
    dispatch({ kind: "followed", messageId });
    if (state.kind === "waiting" && state.pending.requestId === messageId) void run(state.pending);
  }

  function isLookedAt(): boolean {
    return state.open && !document.hidden;
  }

  /** Somebody looks at the chat: what was said elsewhere is to stand there. */
  function look(): void {
    if (isLookedAt() && !reading.isUnderWay && (reading.isStale || Date.now() - reading.at > FRESH_MS)) void remember();
  }

  async function begin(): Promise<void> {
    const interrupted = state.kind === "waiting" ? state.pending : null;
    await remember();
    if (interrupted && state.kind === "waiting" && isOnItsWay(interrupted)) void run(state.pending);
  }

  function retry(): void {
    if (state.kind !== "failed") return;
    const { pending } = state;
    dispatch({ kind: "retried" });
    void run(pending);
  }

  // In a task of its own: a browser reads its storage from the disk at the first listener.
  setTimeout(() => signal.aborted || memory.watch(() => {
    reading.isStale = true;
    look();
  }, signal));
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("pageshow", look, { signal });
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
    loadEarlier: () => void loadEarlier(),
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
