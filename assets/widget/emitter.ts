// Named events to listeners of the host page. A listener that throws is reported and harms nobody else.

import type { AssistantEvents, Emit, EventName } from "./contract";

type Listener = (detail: never) => void;

export type Emitter = {
  readonly emit: Emit;
  on<Name extends EventName>(event: Name, listener: (detail: AssistantEvents[Name]) => void): () => void;
};

export function createEmitter(): Emitter {
  const listeners = new Map<EventName, Set<Listener>>();
  return {
    emit(name, detail) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          (listener as (detail: unknown) => void)(detail);
        } catch (error) {
          // The page's own error belongs in the page's own reports, not in our flow.
          queueMicrotask(() => reportError(error));
        }
      }
    },
    on(event, listener) {
      const known = listeners.get(event) ?? new Set<Listener>();
      listeners.set(event, known.add(listener));
      return () => void known.delete(listener);
    },
  };
}
