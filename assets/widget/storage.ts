// What the widget keeps in the visitor's browser: the session token (all tabs) and the thread (this tab). Only in
// the first party, never a cookie, and nowhere but in memory where the policy or the browser says so.

import type { Answer, Citation, StoragePolicy } from "./contract";
import type { Kept, Pending, Turn } from "./state";
import { TURNS_MAX } from "./state";

const EMPTY: Kept = { thread: [], pending: null };

export type Memory = {
  session(): string | null;
  setSession(session: string | null): void;
  kept(): Kept;
  keep(kept: Kept): void;
};

export function createMemory(clientId: string, policy: StoragePolicy): Memory {
  const sessionSlot = createSlot(policy === "browser" ? () => localStorage : null, `site-assistant:${clientId}:session`);
  const threadSlot = createSlot(policy === "browser" ? () => sessionStorage : null, `site-assistant:${clientId}:thread`);
  return {
    session: () => sessionSlot.read(),
    setSession: (session) => sessionSlot.write(session),
    kept: () => parseKept(threadSlot.read()),
    keep: (kept) => threadSlot.write(kept.thread.length > 0 || kept.pending ? JSON.stringify(kept) : null),
  };
}

type Slot = { read(): string | null; write(value: string | null): void };

/** One key. A browser that forbids or has filled its storage throws: then the value lives in memory. */
function createSlot(storage: (() => Storage) | null, key: string): Slot {
  let inMemory: string | null = null;
  return {
    read() {
      try {
        return storage?.().getItem(key) ?? inMemory;
      } catch {
        return inMemory;
      }
    },
    write(value) {
      inMemory = value;
      try {
        if (value === null) storage?.().removeItem(key);
        else storage?.().setItem(key, value);
      } catch {
        // Kept in memory above; the conversation works, a reload starts anew.
      }
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
    return { thread: thread.slice(-TURNS_MAX), pending: parsePending(value["pending"]) };
  } catch {
    return EMPTY;
  }
}

function parsePending(value: unknown): Pending | null {
  if (!isRecord(value)) return null;
  const { requestId, text } = value;
  return typeof requestId === "string" && typeof text === "string" ? { requestId, text } : null;
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
    citations: value["citations"].map(parseCitation).filter((citation) => citation !== null),
  };
}

function parseCitation(value: unknown): Citation | null {
  if (!isRecord(value)) return null;
  const { title, heading, page, quote, url } = value;
  if (typeof title !== "string" || typeof quote !== "string") return null;
  return {
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
