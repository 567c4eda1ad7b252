// Where the conversation stands. It follows what is new, but never away from what somebody reads: an answer taller
// than the view stays at its beginning, and whoever has scrolled up stays there. The page itself never scrolls.

import type { Event } from "./state";

/** This near to the place where the thread was put, it counts as not moved. */
const SLACK_PX = 24;
const ABOVE_PX = 12;
/** What comes by itself, and moves nobody who has scrolled. */
const UNASKED: ReadonlySet<Event["kind"]> = new Set(["grown", "answered", "connected", "remembered", "followed", "left"]);

export type Scroll = { follow(event: Event): void };

export function createScroll(place: HTMLElement): Scroll {
  let stands = 0;
  return {
    follow(event) {
      const thread = place.querySelector<HTMLElement>(".thread");
      if (!thread) return;
      const wasMoved = Math.abs(thread.scrollTop - stands) > SLACK_PX;
      if (wasMoved && UNASKED.has(event.kind)) return;
      const end = thread.scrollHeight - thread.clientHeight;
      const newest = thread.querySelector<HTMLElement>(".turn.assistant:last-of-type");
      const isAnswer = event.kind === "grown" || event.kind === "answered";
      const isFresh = thread.querySelector(".visitor") === null;
      thread.scrollTop = isFresh ? 0 : isAnswer && newest ? Math.min(end, newest.offsetTop - ABOVE_PX) : end;
      stands = thread.scrollTop;
    },
  };
}
