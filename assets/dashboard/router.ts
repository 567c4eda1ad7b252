// Addresses after `#`: the server only serves files, and nothing of an address (a sign-in token) reaches its log.

import { useEffect, useSyncExternalStore } from "react";

export type Place = { readonly path: string; readonly query: URLSearchParams };

let current = read();
/** What would be lost with the page: what was typed, files on their way to the server, or a key that is shown once. */
export type Loss = "changes" | "uploads" | "key";
/** The address that somebody wants to go to while something would be lost. */
let wanted: { readonly hash: string; readonly loss: Loss } | null = null;
const guards = new Map<symbol, Loss>();
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
  const [loss] = guards.values();
  if (loss && next.path !== current.path) {
    wanted = { hash: next.hash, loss };
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

/** Asks before the page is left while `isLosing`. */
export function useLeaveGuard(isLosing: boolean, loss: Loss = "changes"): void {
  useEffect(() => {
    if (!isLosing) return;
    const guard = Symbol(loss);
    guards.set(guard, loss);
    tell();
    return () => {
      guards.delete(guard);
      tell();
    };
  }, [isLosing, loss]);
}

export function useIsLosing(): boolean {
  return useSyncExternalStore(listen, () => guards.size > 0);
}

export function useWantedPlace(): { readonly loss: Loss | null; readonly leave: () => void; readonly stay: () => void } {
  const place = useSyncExternalStore(listen, () => wanted);
  const leave = () => {
    const target = wanted;
    wanted = null;
    guards.clear();
    if (target !== null) navigate(target.hash);
    tell();
  };
  const stay = () => {
    wanted = null;
    tell();
  };
  return { loss: place?.loss ?? null, leave, stay };
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
