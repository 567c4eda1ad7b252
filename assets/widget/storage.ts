// What the widget keeps in the visitor's browser: the session token and the sign of a new turn (all tabs), and the
// thread (this tab). Only in the first party, never a cookie, and nowhere but in memory until that is allowed.

import { endingOf } from "./api";
import type { Answer, Citation, StoragePolicy } from "./contract";
import type { Kept, Pending, Turn } from "./state";
import { TURNS_KEPT_MAX } from "./state";

const EMPTY: Kept = { thread: [], pending: null };

export type Memory = {
  session(): string | null;
  setSession(session: string | null): void;
  kept(): Kept;
  keep(kept: Kept): void;
  /** Tells the other tabs of this browser that the conversation has grown. */
  touch(): void;
  /** Calls `changed` when another tab has changed the conversation, until `signal` ends it. */
  watch(changed: () => void, signal: AbortSignal): void;
  policy(): StoragePolicy;
  /** From now on values go to the browser's storage, or leave it. */
  setPolicy(policy: StoragePolicy): void;
};

export function createMemory(clientId: string, first: StoragePolicy): Memory {
  let policy = first;
  const name = (what: string) => `site-assistant:${clientId}:${what}`;
  const session = createSlot(() => localStorage, name("session"), first);
  const turn = createSlot(() => localStorage, name("turn"), first);
  const thread = createSlot(() => sessionStorage, name("thread"), first);
  return {
    session: () => session.read(),
    setSession: (token) => session.write(token),
    kept: () => parseKept(thread.read()),
    keep: (kept) => thread.write(kept.thread.length > 0 || kept.pending ? JSON.stringify(kept) : null),
    touch: () => turn.write(`${Date.now()}`),
    watch(changed, signal) {
      const keys = [name("session"), name("turn")];
      addEventListener("storage", (event) => event.key !== null && keys.includes(event.key) && changed(), { signal });
    },
    policy: () => policy,
    setPolicy(next) {
      policy = next;
      for (const slot of [session, turn, thread]) slot.setPolicy(next);
    },
  };
}

type Slot = { read(): string | null; write(value: string | null): void; setPolicy(policy: StoragePolicy): void };

/** One key. A browser that forbids or has filled its storage throws: then the value lives in memory. */
function createSlot(storage: () => Storage, key: string, first: StoragePolicy): Slot {
  let inMemory: string | null = null;
  let policy = first;
  const attempt = (work: (storage: Storage) => string | null): string | null => {
    try {
      return policy === "browser" ? work(storage()) : null;
    } catch {
      // Kept in memory; the conversation works, a reload starts anew.
      return null;
    }
  };
  const store = (value: string | null) =>
    attempt((place) => {
      if (value === null) place.removeItem(key);
      else place.setItem(key, value);
      return null;
    });
  return {
    read: () => attempt((place) => place.getItem(key)) ?? inMemory,
    write(value) {
      inMemory = value;
      store(value);
    },
    setPolicy(next) {
      if (next === policy) return;
      inMemory ??= attempt((place) => place.getItem(key));
      if (next === "memory") store(null);
      policy = next;
      if (inMemory !== null) store(inMemory);
    },
  };
}

/** Any script of the page can write there, so what is read back is parsed like a stranger's. */
function parseKept(text: string | null): Kept {
  if (text === null) return EMPTY;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || !Array.isArray(value["thread"])) return EMPTY;
    const thread = value["thread"].map(parseTurn).filter((turn) => turn !== null);
    return { thread: thread.slice(-TURNS_KEPT_MAX), pending: parsePending(value["pending"]) };
  } catch {
    return EMPTY;
  }
}

function parsePending(value: unknown): Pending | null {
  if (!isRecord(value)) return null;
  const { requestId, text, messageId } = value;
  if (typeof requestId !== "string" || typeof text !== "string") return null;
  return { requestId, text, messageId: typeof messageId === "string" ? messageId : "", asked: "here" };
}

function parseTurn(value: unknown): Turn | null {
  if (!isRecord(value) || typeof value["id"] !== "string") return null;
  const { id, text, answer } = value;
  if (value["kind"] === "visitor" && typeof text === "string") {
    return { kind: "visitor", id, text, unsent: value["unsent"] === true };
  }
  const parsed = parseAnswer(answer);
  return value["kind"] === "assistant" && parsed ? { kind: "assistant", id, answer: parsed } : null;
}

function parseAnswer(value: unknown): Answer | null {
  if (!isRecord(value) || typeof value["text"] !== "string" || !Array.isArray(value["citations"])) return null;
  const { messageId, text, answeredBy } = value;
  return {
    messageId: typeof messageId === "string" ? messageId : "",
    text,
    answeredBy: typeof answeredBy === "string" ? answeredBy : "",
    ending: endingOf(value),
    citations: value["citations"].map((citation: unknown, position) => parseCitation(citation, position)).filter((citation) => citation !== null),
  };
}

function parseCitation(value: unknown, position: number): Citation | null {
  if (!isRecord(value)) return null;
  const { number, title, heading, page, quote, url } = value;
  if (typeof title !== "string" || typeof quote !== "string") return null;
  return {
    number: typeof number === "number" ? number : position + 1,
    title,
    quote,
    heading: typeof heading === "string" ? heading : null,
    page: typeof page === "number" ? page : null,
    url: typeof url === "string" && /^https?:\/\//.test(url) ? url : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
