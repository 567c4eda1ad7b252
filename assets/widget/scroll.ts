// Where the conversation stands. It follows what is new, but never away from what somebody reads: an answer taller
// than the view stays at its beginning, and whoever has scrolled up stays there, also when earlier messages are put
// above. The page itself never scrolls.

import type { Event } from "./state";

/** This near to the place where the thread was put, it counts as not moved. */
const SLACK_PX = 24;
const ABOVE_PX = 12;
/** What comes by itself, and moves nobody who has scrolled. */
const UNASKED: ReadonlySet<Event["kind"]> = new Set(["grown", "answered", "connected", "remembered", "followed", "left"]);

/** What changes the thread above what is read. */
const ABOVE: ReadonlySet<Event["kind"]> = new Set(["earlier_asked", "earlier_read", "earlier_missed"]);
/** Earlier messages are loaded when their place is this near. */
const NEAR_TOP_PX = 200;

export type Scroll = {
  /** To be called before the event is drawn. */
  measure(event: Event): void;
  follow(event: Event): void;
  isNearTop(): boolean;
};

export function createScroll(place: HTMLElement): Scroll {
  let stands = 0;
  let [topBefore, heightBefore] = [0, 0];
  const find = () => place.querySelector<HTMLElement>(".thread");

  /** By hand, since not every browser anchors what is read. */
  function holdBelow(thread: HTMLElement): void {
    const added = thread.scrollHeight - heightBefore;
    thread.scrollTop = topBefore + added;
    stands += added;
  }

  return {
    measure(event) {
      const thread = ABOVE.has(event.kind) && find();
      if (thread) [topBefore, heightBefore] = [thread.scrollTop, thread.scrollHeight];
    },
    isNearTop: () => (find()?.scrollTop ?? NEAR_TOP_PX) < NEAR_TOP_PX,
    follow(event) {
      const thread = find();
      if (!thread) return;
      if (ABOVE.has(event.kind)) return holdBelow(thread);
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
