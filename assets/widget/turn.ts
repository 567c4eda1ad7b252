// One question until its answer is there, through cut connections, restarts of the server and answers that were
// stopped. The request id makes that safe: however often it is sent, there is one turn.
//
// The answer streams in. Where the stream is cut, it is taken up after the last event that arrived; where the server
// lost the turn half-way (`interrupted`), the same question is sent again. A server or a way that cannot stream
// answers as JSON. An answer that was asked for elsewhere is followed in the same way, without a question.

import { endingOf, isEventStream, parseCitations, parseReply, postQuestion, resumeAnswer, type Question, type Reply } from "./api";
import type { Citation } from "./contract";
import { createEventParser, type StreamEvent } from "./events";
import { failed, unreachable, type Failed, type Opened, type Outcome } from "./http";
import { fieldsOf, textOf } from "./values";

/** The server is silent for ten seconds at most; after this the connection is dead. */
const SILENCE_MAX_MS = 25_000;
const CLOSE_WITHIN_MS = 2_000;
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;
/** How long a lost connection is tried to be taken up again. */
const LOST_MAX_MS = 120_000;
const REPEATS_MAX = 3;
/** After so many streams that ended before they said anything, the answer is asked for in one piece. */
const SILENT_STREAMS_MAX = 2;
const PASSING_CODES = new Set(["not_ready", "timeout", "unreachable"]);

/** What is known of an answer that is on its way; enough to take it up in another page. */
export type Course = { messageId: string; lastEventId: string; text: string; citations: readonly Citation[] };

export type Progress = {
  /** The server has accepted the question. */
  accepted(messageId: string, session: string | null): void;
  /** Text or citations have grown. */
  grown(course: Readonly<Course>): void;
  /** The connection was lost, or is there again. */
  connected(isConnected: boolean): void;
  session(): string | null;
};

type Step = Outcome<Reply> | { readonly kind: "cut"; readonly heard: boolean; readonly failure: Failed } | { readonly kind: "again" };

export function newCourse(messageId = ""): Course {
  return { messageId, lastEventId: "", text: "", citations: [] };
}

/** Without a `question` the answer is only followed: it is never asked for. */
export async function takeTurn(origin: string, question: Question | null, start: Course, progress: Progress, signal: AbortSignal): Promise<Outcome<Reply>> {
  let course = start;
  let [tries, repeats, silentStreams, lostAt] = [0, 0, 0, 0];
  for (;;) {
    const isBeginning = course.messageId === "";
    const step = isBeginning ? await begin(silentStreams < SILENT_STREAMS_MAX) : await resume();
    if (step.kind === "again") {
      repeats += 1;
      if (repeats > REPEATS_MAX) return failed({ kind: "unavailable" }, "interrupted");
      course = newCourse();
      progress.grown(course);
    } else if (step.kind === "cut") {
      if (step.heard) [tries, lostAt] = [0, 0];
      else if (isBeginning) silentStreams += 1;
      lostAt ||= Date.now();
      if (Date.now() - lostAt > LOST_MAX_MS) return step.failure;
      progress.connected(false);
      await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 0, signal);
      tries += 1;
    } else {
      return step;
    }
    if (signal.aborted) return { kind: "aborted" };
  }

  async function begin(asEvents: boolean): Promise<Step> {
    if (question === null) return failed({ kind: "unavailable" }, "interrupted");
    const opened = await postQuestion(origin, { ...question, session: progress.session() }, asEvents, signal);
    if (opened.kind !== "ok") {
      // What was never accepted is the visitor's to send again; what may have been is ours.
      const isOurs = opened.kind === "failed" && (tries > 0 || repeats > 0) && PASSING_CODES.has(opened.code);
      return isOurs ? { kind: "cut", heard: false, failure: opened } : opened;
    }
    const { response, release } = opened.value;
    if (isEventStream(response)) return follow(opened.value);
    const body: unknown = await response.json().catch(() => null);
    release();
    const reply = parseReply(body, origin);
    if (reply) progress.accepted(reply.answer.messageId, reply.session);
    return reply ? { kind: "ok", value: reply } : failed({ kind: "unavailable" }, "unreadable");
  }

  async function resume(): Promise<Step> {
    const opened = await resumeAnswer(origin, course.messageId, progress.session(), course.lastEventId, signal);
    if (opened.kind === "ok") return follow(opened.value);
    if (opened.kind === "failed" && opened.code === "not_found") return { kind: "again" };
    const isPassing = opened.kind === "failed" && opened.failure.kind !== "refused" && opened.failure.kind !== "rejected";
    return isPassing ? { kind: "cut", heard: false, failure: opened } : opened;
  }

  /** Reads a stream to its end, however it ends. */
  async function follow({ response, release, cut }: Opened): Promise<Step> {
    const parse = createEventParser();
    let [heard, ending] = [false, null as Step | null];
    let timer = setTimeout(cut, SILENCE_MAX_MS);
    try {
      await eachPiece(response, (piece) => {
        clearTimeout(timer);
        timer = setTimeout(cut, SILENCE_MAX_MS);
        for (const event of parse(piece)) {
          if (!heard) progress.connected(true);
          heard = true;
          ending ??= take(event);
        }
        return ending === null;
      });
    } catch {
      if (signal.aborted) return { kind: "aborted" };
    } finally {
      clearTimeout(timer);
      release();
      // The server ends the stream by itself; one that does not is not held open.
      if (ending) setTimeout(cut, CLOSE_WITHIN_MS);
    }
    return ending ?? { kind: "cut", heard, failure: unreachable() };
  }

  /** What an event does; a step where it ends the stream. */
  function take(event: StreamEvent): Step | null {
    const fields = fieldsOf(parseJson(event.data));
    if (event.id !== "") course.lastEventId = event.id;
    switch (event.name) {
      case "meta":
        course.messageId = textOf(fields["message_id"]);
        progress.accepted(course.messageId, textOf(fields["session"]) || null);
        return null;
      case "delta":
        course.text = joined(course.text, textOf(fields["text"]), event.id);
        progress.grown(course);
        return null;
      case "citations":
        course.citations = parseCitations(fields["citations"], origin);
        progress.grown(course);
        return null;
      case "done":
        return { kind: "ok", value: { answer: finished(fields), session: null } };
      case "error":
        return brokenBy(textOf(fields["code"]));
      default:
        return null;
    }
  }

  function finished(fields: Readonly<Record<string, unknown>>): Reply["answer"] {
    const { messageId, text, citations } = course;
    const whole = fields["response"];
    return {
      messageId,
      citations,
      text: typeof whole === "string" ? whole : text,
      answeredBy: textOf(fields["answered_by"]),
      ending: endingOf(fields),
    };
  }
}

function brokenBy(code: string): Step {
  if (code === "interrupted") return { kind: "again" };
  const kind = code === "timeout" ? "timeout" : "unavailable";
  return failed({ kind }, code);
}

/**
 * The text with a piece added. The event's id ends in the number of characters (Unicode scalars) that the answer has
 * with this piece, so that a piece, or a part of one, that came before is not added twice.
 */
export function joined(text: string, piece: string, id: string): string {
  const total = Number(/:(\d+)$/.exec(id)?.[1] ?? Number.NaN);
  if (Number.isNaN(total)) return text + piece;
  const [have, characters] = [Array.from(text).length, Array.from(piece)];
  const known = have - (total - characters.length);
  return known <= 0 ? text + piece : text + characters.slice(known).join("");
}

/** Feeds the body's text piece by piece until `take` says false. */
async function eachPiece(response: Response, take: (piece: string) => boolean): Promise<void> {
  if (!response.body) return void take(await response.text());
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || !take(decoder.decode(value, { stream: true }))) return;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Waits, but not longer than until the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    // A little scatter, so that many visitors do not come back in one moment.
    const timer = setTimeout(end, ms * (0.75 + Math.random() / 2));
    addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}
