// Where a widget stands on the page, through everything that a page does to itself: scripts that come late, bodies
// that are swapped, parts that come and go.

import type { Mode } from "./contract";

export type Place = {
  readonly mode: Mode;
  /** A selector of the element that an inline widget goes into. */
  readonly target: string | null;
  /** The element that asked for the widget. */
  readonly script: HTMLScriptElement;
};

/**
 * Keeps `host` on the page. Where its place vanishes with a part of the page, it waits for the place to come again
 * as long as its script stays in the document. Where the host alone was removed, or the script went with it, that
 * is the page's word, and `gone` is called. Returns a function that stops watching.
 */
export function keepOnPage(host: HTMLElement, place: Place, gone: () => void): () => void {
  let parent: Element | null = null;
  const observer = new MutationObserver(look);
  watch();
  look();

  function watch(): void {
    observer.disconnect();
    const isDeep = place.mode === "inline";
    observer.observe(document, { childList: true, subtree: isDeep });
    for (const node of isDeep ? [] : [document.documentElement, document.body]) {
      if (node) observer.observe(node, { childList: true });
    }
  }

  function look(): void {
    if (host.isConnected) return;
    const found = parentFor(place);
    if (parent && (found === parent || !place.script.isConnected)) {
      observer.disconnect();
      return gone();
    }
    if (!found) return;
    parent = found;
    if (found === place.script.parentElement && place.mode === "inline" && !place.target) place.script.after(host);
    else found.append(host);
    watch();
  }

  return () => observer.disconnect();
}

function parentFor({ mode, target, script }: Place): Element | null {
  if (mode !== "inline") return document.body;
  if (target === null) return document.body?.contains(script) ? script.parentElement : null;
  try {
    return document.querySelector(target);
  } catch {
    return null;
  }
}
