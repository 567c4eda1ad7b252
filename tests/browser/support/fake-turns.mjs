// The stand-in's turns: one per request id, streamed as the server streams them, resumable after any event, and kept
// as the conversation of a session. Faults are those of the field: connections that are cut in the middle, streams
// that end in silence, a server that lost a turn half-way.

const PIECE_CHARS = 14;
const PIECE_MS = 5;
const HEARTBEAT_MS = 10_000;
const PAGE_ITEMS = 50;
const PAGE_ITEMS_MAX = 100;

export const ANSWER = {
  response: "We are open **Tuesday to Saturday** [1]:\n\n- Tuesday to Friday: 9:00 to 18:00\n- Saturday: 9:00 to 14:00\n\nOn Sunday and Monday we are closed.\nBank holidays are listed by the door.",
  citations: [
    { number: 1, document_id: "doc_1", faq_id: null, title: "Opening hours", page: null, heading: "Regular hours", quote: "Tuesday to Friday: 9:00 to 18:00", url: "/passages/1" },
    { number: 2, document_id: "doc_2", faq_id: null, title: "Visitor handbook", page: 3, heading: null, quote: "On Sunday and Monday we are closed.", url: "/passages/2" },
  ],
  answered_by: "model",
};

/** One answer on its way: `events` so far, and who listens. */
class Turn {
  constructor(messageId, session, question, answer) {
    Object.assign(this, { messageId, session, question, answer, events: [], listeners: new Set(), isStopped: false, isOver: false, said: "" });
    this.stopped = new Promise((resolve) => (this.endStopped = resolve));
  }

  add(name, data) {
    const id = `${this.messageId}:${Array.from(this.said).length}`;
    this.events.push({ name, data, id, chars: Array.from(this.said).length });
    for (const listener of this.listeners) listener(this.events[this.events.length - 1]);
  }

  view() {
    return { ...this.answer, response: this.said, conversation_id: "conv_1", message_id: this.messageId, session: this.session };
  }

  messages() {
    const { messageId: id, answer } = this;
    const question = { id: `${id}q`, role: "visitor", text: this.question, citations: [], answered_by: null, ending: null };
    const ending = this.isStopped ? "stopped" : "whole";
    return this.isOver ? [question, { id, role: "assistant", text: this.said, citations: this.isStopped ? [] : answer.citations, answered_by: answer.answered_by, ending }] : [question];
  }

  async run({ gate, holdAfter, waitsForStop, interruptAfter } = {}) {
    this.add("meta", { message_id: this.messageId, conversation_id: "conv_1", session: this.session });
    const characters = Array.from(this.answer.response);
    if (waitsForStop) await this.stopped;
    for (let at = 0, piece = 0; at < characters.length && !this.isStopped; at += PIECE_CHARS, piece += 1) {
      if (piece === interruptAfter) return this.end("error", { code: "interrupted", title: "Interrupted", detail: "Send it again." });
      if (piece === holdAfter) await Promise.race([gate.opened, this.stopped]);
      await pause(PIECE_MS);
      const text = characters.slice(at, at + PIECE_CHARS).join("");
      if (this.isStopped) break;
      this.said += text;
      this.add("delta", { text });
    }
    const { citations, answered_by } = this.answer;
    if (!this.isStopped) this.add("citations", { citations });
    this.end("done", { answered_by, ending: this.isStopped ? "stopped" : "whole", stopped: this.isStopped, usage: null, response: this.said });
  }

  end(name, data) {
    this.isOver = true;
    this.add(name, data);
  }

  stop() {
    this.isStopped = true;
    this.endStopped();
  }
}

export function createTurns() {
  let byRequest = new Map();
  let byMessage = new Map();
  let sessions = new Set();
  let [messageCount, sessionCount] = [0, 0];
  const conversation = (session) => [...byMessage.values()].filter((turn) => turn.session === session);

  return {
    knows: (session) => sessions.has(session),
    /** The turn of this request: the one that is there, or a new one. */
    take({ request_id, session, message }, fault) {
      const known = byRequest.get(request_id);
      if (known) return known;
      const own = session ?? `session-${(sessionCount += 1)}`;
      sessions.add(own);
      const turn = new Turn(`msg_${(messageCount += 1)}`, own, message, { ...ANSWER, ...fault?.answer });
      byRequest.set(request_id, turn);
      byMessage.set(turn.messageId, turn);
      turn.done = turn.run(fault).then(() => {
        // A turn that a crash interrupted is made anew by the same request.
        if (turn.events.some((event) => event.name === "error")) {
          byRequest.delete(request_id);
          byMessage.delete(turn.messageId);
        }
      });
      return turn;
    },
    find: (messageId) => byMessage.get(messageId),
    /** A page, newest first, as the server lists, with the newest answer that is being made. */
    history(session, { limit, cursor }) {
      const all = conversation(session);
      const messages = all.flatMap((turn) => turn.messages()).reverse();
      const from = cursor === null ? 0 : messages.findIndex(({ id }) => `after ${id}` === cursor) + 1;
      const items = messages.slice(from, from + Math.min(Number(limit ?? PAGE_ITEMS), PAGE_ITEMS_MAX));
      const hasMore = from + items.length < messages.length;
      return { items, next_cursor: hasMore ? `after ${items.at(-1).id}` : null, open_message_id: all.findLast((turn) => !turn.isOver)?.messageId ?? null };
    },
    /** Adds turns that ended, as if they had been said elsewhere. */
    talk(session, questions) {
      for (const question of questions) {
        const turn = new Turn(`msg_${(messageCount += 1)}`, session, question, { ...ANSWER, response: `An answer to ${question}`, citations: [] });
        Object.assign(turn, { said: turn.answer.response, isOver: true });
        byMessage.set(turn.messageId, turn);
      }
    },
    forgetSessions: () => (sessions = new Set()),
    reset() {
      [byRequest, byMessage, sessions] = [new Map(), new Map(), new Set()];
      [messageCount, sessionCount] = [0, 0];
    },
  };
}

/** Streams a turn from after `lastEventId`; where `silent`, the connection ends before the first event. */
export function stream(response, turn, lastEventId, { silent } = {}) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
  if (silent) return response.socket.destroy();
  const seen = Number(/:(\d+)$/.exec(lastEventId ?? "")?.[1] ?? -1);
  const send = (event) => {
    response.write(`id: ${event.id}\nevent: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
    if (turn.isOver && event === turn.events[turn.events.length - 1]) end();
  };
  const heartbeat = setInterval(() => response.write(": \n\n"), HEARTBEAT_MS);
  const end = () => {
    clearInterval(heartbeat);
    turn.listeners.delete(send);
    response.end();
  };
  response.on("close", end);
  const isNew = (event) => event.name !== "delta" || event.chars > seen;
  for (const event of turn.events.filter(isNew)) send(event);
  if (!turn.isOver) turn.listeners.add(send);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
