// What screen readers hear: a polite live region that gets whole sentences of an answer as they arrive, then how it
// ended. It is apart from the conversation, which would otherwise be read anew with every piece.

import { panel as strings } from "../locales/en.json";
import { fill } from "../shared/strings";
import type { WidgetConfig } from "./contract";
import { failureText } from "./failure-text";
import { nextPiece } from "./speech";
import { charsOf, type State } from "./state";

/** What was said is taken away after this time, so that nobody finds it twice when reading the panel. */
const KEPT_MS = 20_000;

export type Announcer = { readonly region: HTMLElement; follow(before: State, state: State): void; say(text: string): void };

export function createAnnouncer(config: WidgetConfig): Announcer {
  const region = document.createElement("div");
  region.className = "visually-hidden";
  region.setAttribute("role", "status");
  let saidUpTo = 0;

  function say(text: string): void {
    if (text === "") return;
    const line = document.createElement("p");
    line.textContent = text;
    region.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }

  function sayOf(text: string, isWhole: boolean): void {
    const { piece, next } = nextPiece(text, Math.min(saidUpTo, text.length), isWhole);
    saidUpTo = next;
    say(piece);
  }

  function follow(before: State, state: State): void {
    if (state.kind === "waiting" && before.kind !== "waiting") {
      saidUpTo = 0;
      say(fill(strings.writing, { name: config.name }));
    }
    if (state.kind === "waiting") {
      sayOf(state.partial.text, false);
      if (before.kind === "waiting" && before.connected && !state.connected) say(strings.reconnecting);
    }
    if (before.kind === "waiting" && state.kind === "failed") say(failureText(state.failure, config.language));
    if (before.kind === "waiting" && state.kind === "ready") sayEnd(state);
    followEarlier(before, state);
    const over = (of: State) => charsOf(of.draft.trim()) - config.messageCharsMax;
    if (over(state) > 0 && over(before) <= 0) say(fill(strings.characters_over, { count: over(state) }));
  }

  function followEarlier({ earlier: was, thread }: State, state: State): void {
    const { kind } = state.earlier;
    if (was.kind === kind) return;
    if (kind === "loading") say(strings.earlier_loading);
    else if (kind === "failed") say(strings.earlier_failed);
    else if (was.kind === "loading") say(fill(strings.earlier_loaded, { count: state.thread.length - thread.length }));
  }

  function sayEnd(state: State): void {
    const last = state.thread[state.thread.length - 1];
    if (last?.kind !== "assistant") return;
    sayOf(last.answer.text, true);
    if (last.answer.ending !== "whole") say(strings[last.answer.ending]);
    if (last.answer.citations.length > 0) say(fill(strings.answer_sources, { count: last.answer.citations.length }));
  }

  return { region, follow, say };
}
