// Reading from the server with a cache: what was read is shown at once and read again; who changes something says
// which keys that touches (`refresh`). Keys are paths, so that a prefix names a whole resource.

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Failure, Outcome } from "./api";
import type { Page } from "./contract";

export type Query<Value> =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "ready"; readonly value: Value; readonly etag: string | null; readonly isReading: boolean };

type Load = (signal: AbortSignal) => Promise<Outcome<unknown>>;
type Entry = { state: Query<unknown>; load: Load; users: number; reading: AbortController | null };

const ENTRIES_MAX = 200;
const entries = new Map<string, Entry>();
const listeners = new Set<() => void>();
const LOADING: Query<never> = { kind: "loading" };

function tell(): void {
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function read(entry: Entry): Promise<void> {
  entry.reading?.abort();
  const reading = new AbortController();
  entry.reading = reading;
  if (entry.state.kind === "ready") entry.state = { ...entry.state, isReading: true };
  const outcome = await entry.load(reading.signal);
  if (entry.reading !== reading || outcome.kind === "aborted") return;
  entry.reading = null;
  if (outcome.kind === "ok") entry.state = { kind: "ready", value: outcome.value, etag: outcome.etag, isReading: false };
  // A failed re-reading keeps what is shown; only "not there any more" is news.
  else if (entry.state.kind !== "ready" || outcome.failure.status === 404) entry.state = { kind: "failed", failure: outcome.failure };
  else entry.state = { ...entry.state, isReading: false };
  tell();
}

const SETTLE_MS = 200;

/** The value once it has rested: a search asks for what was typed, not for each letter of it. */
export function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export type Reader<Value> = {
  readonly query: Query<Value>;
  readonly reload: () => void;
  /** Puts in place what a write has answered. */
  readonly set: (value: Value, etag?: string | null) => void;
};

/** Reads `key` while it is shown, every `pollMs` where given; null reads nothing. */
export function useQuery<Value>(key: string | null, load: (signal: AbortSignal) => Promise<Outcome<Value>>, pollMs: number | null = null): Reader<Value> {
  const query = useSyncExternalStore(listen, () => (key === null ? LOADING : (entries.get(key)?.state ?? LOADING))) as Query<Value>;
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (key === null) return;
    const entry: Entry = entries.get(key) ?? { state: LOADING, load: latest.current, users: 0, reading: null };
    entry.load = (signal) => latest.current(signal);
    entry.users += 1;
    entries.set(key, entry);
    void read(entry);
    const timer = pollMs === null ? undefined : setInterval(() => document.visibilityState === "visible" && void read(entry), pollMs);
    return () => {
      clearInterval(timer);
      entry.users -= 1;
      if (entry.users === 0) forgetOldest();
    };
  }, [key, pollMs]);
  const reload = useCallback(() => {
    const entry = key === null ? undefined : entries.get(key);
    if (!entry) return;
    if (entry.state.kind === "failed") entry.state = LOADING;
    tell();
    void read(entry);
  }, [key]);
  const set = useCallback((value: Value, etag: string | null = null) => {
    const entry = key === null ? undefined : entries.get(key);
    if (!entry) return;
    entry.reading?.abort();
    entry.reading = null;
    entry.state = { kind: "ready", value, etag, isReading: false };
    tell();
  }, [key]);
  return { query, reload, set };
}

function forgetOldest(): void {
  for (const [key, entry] of entries) {
    if (entries.size <= ENTRIES_MAX) return;
    if (entry.users === 0) entries.delete(key);
  }
}

/** Reads again what is shown under these prefixes, and forgets what is not. */
export function refresh(...prefixes: readonly string[]): void {
  for (const [key, entry] of entries) {
    if (!prefixes.some((prefix) => key.startsWith(prefix))) continue;
    if (entry.users > 0) void read(entry);
    else entries.delete(key);
  }
}

/** A person has signed out: nothing of theirs stays in memory. */
export function forgetAll(): void {
  for (const entry of entries.values()) entry.reading?.abort();
  entries.clear();
  tell();
}

export type Pages<Item> = {
  readonly query: Query<readonly Item[]>;
  readonly reload: () => void;
  readonly hasMore: boolean;
  readonly more: { readonly kind: "idle" | "busy" } | { readonly kind: "failed"; readonly failure: Failure };
  readonly loadMore: () => void;
};

type Shown<Item> = Page<Item> & { readonly pages: number };

/** A list by cursor: further pages are asked for. A reload reads as many as are shown, so that a row of any of them tells what is so. */
export function usePages<Item>(
  key: string | null,
  load: (cursor: string | null, signal: AbortSignal) => Promise<Outcome<Page<Item>>>,
  pollMs: number | null = null,
): Pages<Item> {
  const count = useRef(1);
  const { query, reload, set } = useQuery<Shown<Item>>(key, (signal) => readPages(load, count.current, signal), pollMs);
  const [more, setMore] = useState<Pages<Item>["more"]>({ kind: "idle" });
  const shown = query.kind === "ready" ? query.value : null;
  count.current = shown?.pages ?? 1;
  const loadMore = useCallback(async () => {
    if (shown === null || shown.next_cursor === null) return;
    setMore({ kind: "busy" });
    const outcome = await load(shown.next_cursor, new AbortController().signal);
    setMore(outcome.kind === "failed" ? { kind: "failed", failure: outcome.failure } : { kind: "idle" });
    if (outcome.kind === "ok") set({ items: [...shown.items, ...outcome.value.items], next_cursor: outcome.value.next_cursor, pages: shown.pages + 1 });
  }, [shown, load, set]);
  const items: Query<readonly Item[]> = query.kind === "ready" ? { ...query, value: query.value.items } : query;
  return { query: items, reload, hasMore: (shown?.next_cursor ?? null) !== null, more, loadMore: () => void loadMore() };
}

/** The first so many pages as one; fewer where the list has become shorter. */
async function readPages<Item>(load: (cursor: string | null, signal: AbortSignal) => Promise<Outcome<Page<Item>>>, count: number, signal: AbortSignal): Promise<Outcome<Shown<Item>>> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const outcome: Outcome<Page<Item>> = await load(cursor, signal);
    if (outcome.kind !== "ok") return outcome;
    items.push(...outcome.value.items);
    cursor = outcome.value.next_cursor;
    if (pages >= count || cursor === null) return { kind: "ok", value: { items, next_cursor: cursor, pages }, etag: null };
  }
}

export type Action =
  | { readonly kind: "idle" }
  | { readonly kind: "busy" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** One write at a time; a second one waits for nobody and is not sent. Returns the outcome to the caller. */
export function useAction(): { action: Action; run: <Value>(work: (signal: AbortSignal) => Promise<Outcome<Value>>) => Promise<Outcome<Value>>; clear: () => void } {
  const [action, setAction] = useState<Action>({ kind: "idle" });
  const busy = useRef(false);
  const life = useRef<AbortController | null>(null);
  useEffect(() => {
    life.current = new AbortController();
    return () => life.current?.abort();
  }, []);
  const run = useCallback(async <Value>(work: (signal: AbortSignal) => Promise<Outcome<Value>>): Promise<Outcome<Value>> => {
    if (busy.current) return { kind: "aborted" };
    busy.current = true;
    setAction({ kind: "busy" });
    const outcome = await work(life.current?.signal ?? new AbortController().signal);
    busy.current = false;
    setAction(outcome.kind === "failed" ? { kind: "failed", failure: outcome.failure } : { kind: "idle" });
    return outcome;
  }, []);
  const clear = useCallback(() => setAction({ kind: "idle" }), []);
  return { action, run, clear };
}
