// Live updates of one client by server-sent events. Where they cannot be had (a proxy, a server of another version),
// pages ask again by themselves: `usePolling` says how often.

import { useEffect, useSyncExternalStore } from "react";
import { clientPath } from "./api";
import { checkSession, isByKey, useSession } from "./session";

type LiveState = "connecting" | "live" | "polling";
export type LiveEvents = {
  document: { readonly id: string; readonly status: string; readonly percent: number };
  conversation: { readonly id: string };
};

const RETRY_MS = 30_000;
let state: LiveState = "connecting";
const stateListeners = new Set<() => void>();
const handlers: { [Name in keyof LiveEvents]: Set<(event: LiveEvents[Name]) => void> } = { document: new Set(), conversation: new Set() };

function setState(next: LiveState): void {
  state = next;
  for (const listener of stateListeners) listener();
}

export function LiveUpdates({ client }: { readonly client: string }) {
  const canFollow = !isByKey(useSession());
  useEffect(() => {
    if (!canFollow) return setState("polling");
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource(clientPath(client, "/api/events"));
      source.onopen = () => setState("live");
      source.onerror = () => {
        setState("polling");
        // The browser reconnects by itself unless the server refused.
        if (source?.readyState !== EventSource.CLOSED) return;
        // A stream says nothing about why it was refused: the session may have ended.
        void checkSession();
        timer = setTimeout(connect, RETRY_MS);
      };
      source.addEventListener("document", (event) => hand("document", event));
      source.addEventListener("conversation", (event) => hand("conversation", event));
    };
    setState("connecting");
    connect();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [client, canFollow]);
  return null;
}

function hand<Name extends keyof LiveEvents>(name: Name, event: MessageEvent<string>): void {
  try {
    const value = JSON.parse(event.data) as LiveEvents[Name];
    for (const handler of handlers[name]) handler(value);
  } catch {
    // A piece of news that cannot be read is caught up with by the next reading.
  }
}

export function useLive<Name extends keyof LiveEvents>(name: Name, handler: (event: LiveEvents[Name]) => void): void {
  useEffect(() => {
    handlers[name].add(handler);
    return () => void handlers[name].delete(handler);
  }, [name, handler]);
}

/** How often to ask again: `pollMs` where nothing comes by itself, else not at all. */
export function usePolling(pollMs: number): number | null {
  const current = useSyncExternalStore((listener) => {
    stateListeners.add(listener);
    return () => stateListeners.delete(listener);
  }, () => state);
  return current === "polling" ? pollMs : null;
}
