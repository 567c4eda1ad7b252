// Addresses after `#`: the server only serves files, and nothing of an address (a sign-in token) reaches its log.

import { useEffect, useSyncExternalStore } from "react";

export type Place = { readonly path: string; readonly query: URLSearchParams };

let current = read();
/** The address that somebody wants to go to while a form holds unsaved changes. */
let wanted: string | null = null;
const guards = new Set<symbol>();
const listeners = new Set<() => void>();

function read(): Place & { readonly hash: string } {
  const hash = location.hash.replace(/^#/, "") || "/";
  const [path = "/", query = ""] = hash.split("?", 2);
  return { hash, path, query: new URLSearchParams(query) };
}

function tell(): void {
  for (const listener of listeners) listener();
}

addEventListener("hashchange", () => {
  const next = read();
  if (next.hash === current.hash) return;
  if (guards.size > 0 && next.path !== current.path) {
    wanted = next.hash;
    history.replaceState(null, "", `#${current.hash}`);
    return tell();
  }
  current = next;
  tell();
});
addEventListener("beforeunload", (event) => guards.size > 0 && event.preventDefault());

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlace(): Place {
  return useSyncExternalStore(listen, () => current);
}

export function navigate(path: string, how: "push" | "replace" = "push"): void {
  if (how === "push") {
    location.hash = path;
    return;
  }
  history.replaceState(null, "", `#${path}`);
  current = read();
  tell();
}

/** Asks before the page is left while `isDirty`. */
export function useLeaveGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const guard = Symbol("unsaved changes");
    guards.add(guard);
    return () => void guards.delete(guard);
  }, [isDirty]);
}

export function useWantedPlace(): { readonly wanted: string | null; readonly leave: () => void; readonly stay: () => void } {
  const place = useSyncExternalStore(listen, () => wanted);
  const leave = () => {
    const target = wanted;
    wanted = null;
    guards.clear();
    if (target !== null) navigate(target);
    tell();
  };
  const stay = () => {
    wanted = null;
    tell();
  };
  return { wanted: place, leave, stay };
}

/** The values of `:name` parts, or null where the path is another one. */
export function match(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const [expected, found] = [pattern.split("/"), path.split("/")];
  if (expected.length !== found.length) return null;
  const values: Record<string, string> = {};
  for (const [position, part] of expected.entries()) {
    const piece = decode(found[position] ?? "");
    if (part.startsWith(":")) {
      if (piece === "") return null;
      values[part.slice(1)] = piece;
    } else if (part !== piece) return null;
  }
  return values;
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
