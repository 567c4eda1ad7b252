// The chat itself: a module that the loader imports when it is needed. It draws the state, moves the focus in and
// back, and keeps keys typed in the chat from the page's own shortcuts.

import { render } from "preact";
import { panel as strings } from "../locales/en.json";
import { createAnnouncer } from "./announcer";
import { copyText } from "./clipboard";
import { parseConfig } from "./config";
import type { Panel, PanelContext } from "./contract";
import { adoptStyles, nextTask } from "./dom";
import { createEffects } from "./effects";
import { fieldOf, focusInto, focusThread, keepFocusIn } from "./focus";
import { css } from "./panel.css";
import { createScroll } from "./scroll";
import type { Event, State } from "./state";
import { themeRules } from "./theme";
import { PanelView, type Actions } from "./view";

/** Where the panel covers the whole page; the same query stands in `panel.css`. */
const COVERS_PAGE = "(max-width: 480px), (max-height: 480px)";
const COPIED_SHOWN_MS = 2_000;

/** In several tasks, so that a page which loads it ahead of its use is not held up. */
export async function mountPanel(context: PanelContext): Promise<Panel> {
  const { root, mode, emit } = context;
  const config = parseConfig(context.config, context.clientId);
  const { looks } = config;
  const size = `:host{--width:${looks.widthPx / 16}em!important;--height:${looks.heightPx / 16}em!important}`;
  // The client's own sheet comes last, so that it wins where it says as much.
  const dropStyles = adoptStyles(root, css, themeRules(looks), size, looks.customCss);
  const place = document.createElement("div");
  place.className = "place";
  const announcer = createAnnouncer(config);
  root.append(place);
  const coversPage = matchMedia(COVERS_PAGE);
  const scroll = createScroll(place);
  const stop = new AbortController();
  let returnFocusTo: HTMLElement | null = null;
  let [unread, logoUrl] = [0, looks.logoUrl];
  let before: State | null = null;
  await nextTask();
  const effects = createEffects(context, config, changed);

  const actions: Actions = {
    close,
    draft: (text) => effects.dispatch({ kind: "drafted", text }),
    submit: act(effects.submit),
    ask: (text) => act(() => effects.ask(text))(),
    retry: act(effects.retry),
    recall: act(() => effects.dispatch({ kind: "recalled" })),
    stop: effects.stop,
    copy: (id, text) => void copy(id, text),
    loadEarlier: effects.loadEarlier,
    logoFailed() {
      logoUrl = null;
      draw();
    },
  };

  /** Within the panel: what stands outside a modal dialog is not heard. */
  function announcements(parent: HTMLElement | null): void {
    parent?.append(announcer.region);
  }

  function draw(): void {
    const modal = mode === "bubble" && coversPage.matches;
    render(<PanelView state={effects.state()} config={config} actions={actions} mode={mode} modal={modal} logoUrl={logoUrl} announcements={announcements} />, place);
  }

  function changed(state: State, event: Event): void {
    const hadFocus = root.activeElement !== null;
    scroll.measure(event);
    draw();
    if (before) announcer.follow(before, state);
    before = state;
    if (event.kind !== "drafted" && event.kind !== "copied") scroll.follow(event);
    // The button that loaded the last of them is gone.
    if (event.kind === "earlier_read" && hadFocus && root.activeElement === null) focusThread(place);
    if (event.kind === "answered" && !state.open) setUnread(unread + 1);
  }

  function setUnread(count: number): void {
    unread = count;
    context.onUnread(count);
  }

  async function copy(id: string, text: string): Promise<void> {
    if (!(await copyText(text, root))) return;
    effects.dispatch({ kind: "copied", id });
    announcer.say(strings.copied);
    setTimeout(() => effects.state().copied === id && effects.dispatch({ kind: "copied", id: null }), COPIED_SHOWN_MS);
  }

  /** A pressed button may vanish with its state (a suggestion, "Try again"): the focus goes on to the field. */
  function act(effect: () => void): () => void {
    return () => {
      const hadFocus = root.activeElement !== null;
      effect();
      if (hadFocus && root.activeElement === null) fieldOf(place)?.focus();
    };
  }

  function show(): void {
    if (effects.state().open) return;
    effects.dispatch({ kind: "opened" });
    setUnread(0);
    context.onToggle(true);
    emit("open", {});
  }

  function open(from: HTMLElement): void {
    if (!effects.state().open) returnFocusTo = from;
    show();
    focusInto(place);
  }

  function close(): void {
    if (!effects.state().open || mode !== "bubble") return;
    const hadFocus = root.activeElement !== null;
    effects.dispatch({ kind: "closed" });
    context.onToggle(false);
    if (hadFocus) returnFocusTo?.focus();
    emit("close", {});
  }

  const { signal } = stop;
  await nextTask();
  before = effects.state();
  coversPage.addEventListener("change", draw, { signal });
  for (const type of ["keydown", "keyup", "keypress"]) {
    place.addEventListener(type, (event) => event.stopPropagation(), { signal });
  }
  // Scrolling is heard on the way down only. After a failure the visitor says when to try again.
  place.addEventListener("scroll", () => effects.state().earlier.kind === "more" && scroll.isNearTop() && effects.loadEarlier(), { signal, capture: true, passive: true });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) close();
    else if (event.key === "Tab" && mode === "bubble" && coversPage.matches) keepFocusIn(event, place, root);
  }, { signal });
  draw();
  if (mode !== "bubble") show();

  return {
    open,
    close,
    send: effects.ask,
    setStoragePolicy: effects.setStoragePolicy,
    destroy() {
      stop.abort();
      effects.destroy();
      render(null, place);
      place.remove();
      dropStyles();
    },
  };
}
