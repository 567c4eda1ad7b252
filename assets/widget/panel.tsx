// The chat itself: a module that the loader imports when it is needed. It draws the state, moves the focus in and
// back, and keeps keys typed in the chat from the page's own shortcuts.

import { render } from "preact";
import type { Panel, PanelContext } from "./contract";
import { adoptStyles } from "./dom";
import { createEffects } from "./effects";
import { css } from "./panel.css";
import type { Event, State } from "./state";
import { PanelView, type Actions } from "./view";

/** Where the panel covers the whole page; the same query stands in `panel.css`. */
const COVERS_PAGE = "(max-width: 480px), (max-height: 480px)";
const FOCUSABLE = "button, a[href], textarea, [tabindex='0']";

export function mountPanel(context: PanelContext): Panel {
  const { root, config, emit, onToggle } = context;
  adoptStyles(root, css);
  const place = document.createElement("div");
  root.append(place);
  const coversPage = matchMedia(COVERS_PAGE);
  const effects = createEffects(context, changed);
  const stop = new AbortController();
  let returnFocusTo: HTMLElement | null = null;

  const actions: Actions = {
    close,
    draft: (text) => effects.dispatch({ kind: "drafted", text }),
    submit: act(effects.submit),
    ask: (text) => act(() => effects.ask(text))(),
    retry: act(effects.retry),
    recall: act(() => effects.dispatch({ kind: "recalled" })),
  };

  function draw(): void {
    const modal = coversPage.matches;
    render(<PanelView state={effects.state()} config={config} actions={actions} modal={modal} />, place);
  }

  function changed(state: State, event: Event): void {
    draw();
    if (event.kind !== "drafted") scrollToNewest(place, state);
  }

  /** A pressed button may vanish with its state (a suggestion, "Try again"): the focus goes on to the field. */
  function act(effect: () => void): () => void {
    return () => {
      const hadFocus = root.activeElement !== null;
      effect();
      if (hadFocus && root.activeElement === null) fieldOf(place)?.focus();
    };
  }

  function open(from: HTMLElement): void {
    if (!effects.state().open) {
      returnFocusTo = from;
      effects.dispatch({ kind: "opened" });
      onToggle(true);
      emit("open", {});
    }
    focusInto(place);
  }

  function close(): void {
    if (!effects.state().open) return;
    const hadFocus = root.activeElement !== null;
    effects.dispatch({ kind: "closed" });
    onToggle(false);
    if (hadFocus) returnFocusTo?.focus();
    emit("close", {});
  }

  const { signal } = stop;
  coversPage.addEventListener("change", draw, { signal });
  for (const type of ["keydown", "keyup", "keypress"]) {
    place.addEventListener(type, (event) => event.stopPropagation(), { signal });
  }
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) close();
    else if (event.key === "Tab" && coversPage.matches) wrapFocus(event, place, root);
  }, { signal });
  draw();

  return {
    open,
    close,
    send: effects.ask,
    destroy() {
      stop.abort();
      effects.destroy();
      render(null, place);
      place.remove();
    },
  };
}

function fieldOf(place: HTMLElement): HTMLTextAreaElement | null {
  return place.querySelector("textarea");
}

/** On touch screens the field would raise the keyboard over the welcome, so the dialog itself takes the focus. */
function focusInto(place: HTMLElement): void {
  const isTouch = matchMedia("(pointer: coarse)").matches;
  (isTouch ? place.querySelector<HTMLElement>("#panel") : fieldOf(place))?.focus();
}

/** Keeps Tab inside while the panel covers the page: what is behind it cannot be seen. */
function wrapFocus(event: KeyboardEvent, place: HTMLElement, root: ShadowRoot): void {
  const stops = Array.from(place.querySelectorAll<HTMLElement>(FOCUSABLE));
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const leaving = event.shiftKey ? first : last;
  const isOutside = !stops.includes(root.activeElement as HTMLElement);
  if (root.activeElement !== leaving && !(event.shiftKey && isOutside)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

/** Shows the end of the thread; of an answer taller than the view, its beginning. Never scrolls the page. */
function scrollToNewest(place: HTMLElement, state: State): void {
  const thread = place.querySelector(".thread");
  if (!thread) return;
  const newest = state.kind === "ready" ? thread.querySelector<HTMLElement>(".turn:last-of-type") : null;
  const end = thread.scrollHeight - thread.clientHeight;
  thread.scrollTop = newest ? Math.min(end, newest.offsetTop - 12) : end;
}
