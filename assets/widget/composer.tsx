// The field and its button: sends, or stops the answer that is on its way.

import { panel as strings } from "../locales/en.json";
import { fill } from "../shared/strings";
import type { WidgetConfig } from "./contract";
import { Icon } from "./icons";
import { charsOf, type State } from "./state";
import type { Actions } from "./view";

/** The counter appears when this share of the limit is left. */
const COUNTER_SHARE = 0.1;

export function Composer({ state, config, actions }: { state: State; config: WidgetConfig; actions: Actions }) {
  const left = config.messageCharsMax - charsOf(state.draft.trim());
  const isCounted = left <= config.messageCharsMax * COUNTER_SHARE;
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); actions.submit(); }}>
      <textarea
        class="field"
        rows={1}
        dir="auto"
        enterkeyhint="send"
        aria-label={strings.message_label}
        aria-describedby="counter"
        aria-invalid={left < 0 ? "true" : undefined}
        placeholder={config.placeholder || strings.placeholder}
        value={state.draft}
        onInput={(event) => actions.draft(event.currentTarget.value)}
        onKeyDown={(event) => sendOnEnter(event, actions.submit)}
      />
      <ActionButton state={state} left={left} actions={actions} />
      <p id="counter" class={left < 0 ? "counter over" : "counter"}>{isCounted ? counterText(left, config.language) : ""}</p>
    </form>
  );
}

/** One button in one place, so that the focus stays where it is when an answer begins or ends. */
function ActionButton({ state, left, actions }: { state: State; left: number; actions: Actions }) {
  if (state.kind === "waiting") {
    const label = state.stopping ? strings.stopping : strings.stop;
    return (
      <button key="action" type="button" class="send stop" aria-label={label} aria-disabled={state.stopping ? "true" : undefined} onClick={actions.stop}>
        <Icon name="stop" />
      </button>
    );
  }
  const canSend = state.draft.trim() !== "" && left >= 0;
  return (
    <button key="action" type="submit" class="send" aria-label={strings.send} aria-disabled={canSend ? undefined : "true"}>
      <Icon name="send" />
    </button>
  );
}

/** Enter sends; Shift+Enter makes a line; Enter that ends a composition of an input method does neither. */
function sendOnEnter(event: KeyboardEvent, submit: () => void): void {
  // Safari ends the composition before the key event and tells it by key code 229 only.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
}

export function counterText(left: number, language: string): string {
  const count = new Intl.NumberFormat(language).format(Math.abs(left));
  return fill(left < 0 ? strings.characters_over : strings.characters_left, { count });
}
