// The panel as pure functions of its state. Text becomes text nodes, never markup.

import type { ComponentChildren } from "preact";
import { failure as failureStrings, panel as strings } from "../locales/en.json";
import type { Answer, Citation, Failure, WidgetConfig } from "./contract";
import { ICONS } from "./dom";
import { Prose } from "../shared/prose-view";
import { charsOf, type State, type Turn } from "./state";
import { fill } from "../shared/strings";

/** The counter appears when this share of the limit is left. */
const COUNTER_SHARE = 0.1;

export type Actions = {
  readonly close: () => void;
  readonly draft: (text: string) => void;
  readonly submit: () => void;
  readonly ask: (text: string) => void;
  readonly retry: () => void;
  readonly recall: () => void;
};

type PanelProps = {
  readonly state: State;
  readonly config: WidgetConfig;
  readonly actions: Actions;
  /** True where the panel covers the page, so that what lies behind it is out of reach. */
  readonly modal: boolean;
};

export function PanelView({ state, config, actions, modal }: PanelProps) {
  return (
    <section
      id="panel"
      class="panel"
      role="dialog"
      aria-labelledby="panel-title"
      aria-modal={modal ? "true" : undefined}
      tabIndex={-1}
      hidden={!state.open}
    >
      <Header name={config.name} close={actions.close} />
      <Thread state={state} config={config} actions={actions} />
      <p class="visually-hidden" role="status">{statusText(state, config)}</p>
      <Composer state={state} config={config} actions={actions} />
    </section>
  );
}

function Header({ name, close }: { name: string; close: () => void }) {
  return (
    <div class="header">
      <span class="avatar" aria-hidden="true">{Array.from(name)[0] ?? ""}</span>
      <h2 id="panel-title" class="title">{name}</h2>
      <button type="button" class="icon-button" aria-label={strings.close} onClick={close}>
        <Icon path={ICONS.close} />
      </button>
    </div>
  );
}

function Thread({ state, config, actions }: Omit<PanelProps, "modal">) {
  const isFresh = state.kind === "ready" && state.thread.length === 0;
  return (
    <div class="thread" role="log" aria-label={strings.conversation} aria-live="polite" tabIndex={0}>
      {config.welcome !== "" && <Bubble key="welcome" author="assistant" name={config.name}><Prose text={config.welcome} /></Bubble>}
      {state.thread.map((turn) => <TurnView key={turn.id} turn={turn} name={config.name} />)}
      {state.kind !== "ready" && (
        <Bubble key={state.pending.requestId} author="visitor" name={strings.you}><Prose text={state.pending.text} /></Bubble>
      )}
      {state.kind === "waiting" && <Writing key="writing" />}
      {state.kind === "failed" && <FailureView key="failure" failure={state.failure} config={config} actions={actions} />}
      {isFresh && config.suggestions.length > 0 && <Suggestions key="suggestions" texts={config.suggestions} ask={actions.ask} />}
    </div>
  );
}

function TurnView({ turn, name }: { turn: Turn; name: string }) {
  if (turn.kind === "assistant") {
    return <Bubble author="assistant" name={name}><AnswerView answer={turn.answer} id={turn.id} /></Bubble>;
  }
  return (
    <Bubble author="visitor" name={strings.you}>
      <Prose text={turn.text} />
      {turn.unsent && <p class="note">{strings.unsent}</p>}
    </Bubble>
  );
}

function Bubble({ author, name, children }: { author: "visitor" | "assistant"; name: string; children: ComponentChildren }) {
  return (
    <div class={`turn ${author}`}>
      <span class="visually-hidden">{`${name}: `}</span>
      <div class="bubble">{children}</div>
    </div>
  );
}

function AnswerView({ answer, id }: { answer: Answer; id: string }) {
  return (
    <>
      <Prose text={answer.text} />
      {answer.citations.length > 0 && <Sources citations={answer.citations} labelId={`${id}:sources`} />}
    </>
  );
}

function Sources({ citations, labelId }: { citations: readonly Citation[]; labelId: string }) {
  return (
    <div class="sources">
      <h3 id={labelId} class="sources-title">{strings.sources}</h3>
      <ol class="sources-list" aria-labelledby={labelId}>
        {citations.map((citation, position) => <Source key={position} citation={citation} />)}
      </ol>
    </div>
  );
}

function Source({ citation }: { citation: Citation }) {
  const place = citation.page === null ? null : fill(strings.source_page, { page: citation.page });
  const name = [citation.title, citation.heading, place].filter((part) => part).join(" › ");
  return (
    <li class="source">
      {citation.url === null ? (
        <span class="source-name">{name}</span>
      ) : (
        <a class="source-name" href={citation.url} target="_blank" rel="noopener">
          {name}
          <span class="visually-hidden">{` ${strings.new_tab}`}</span>
        </a>
      )}
      {citation.quote !== "" && <blockquote class="quote">{citation.quote}</blockquote>}
    </li>
  );
}

function Writing() {
  return <div class="turn assistant" aria-hidden="true"><div class="bubble writing"><i /><i /><i /></div></div>;
}

function FailureView({ failure, config, actions }: { failure: Failure; config: WidgetConfig; actions: Actions }) {
  return (
    <div class="failure">
      <p>{failureText(failure, config.language)}</p>
      <div class="failure-actions">
        {canRetry(failure) && <button type="button" class="text-button" onClick={actions.retry}>{strings.retry}</button>}
        <button type="button" class="text-button" onClick={actions.recall}>{strings.edit}</button>
      </div>
    </div>
  );
}

function Suggestions({ texts, ask }: { texts: readonly string[]; ask: (text: string) => void }) {
  return (
    <ul class="suggestions" aria-label={strings.suggestions}>
      {texts.map((text) => (
        <li key={text}><button type="button" class="suggestion" onClick={() => ask(text)}>{text}</button></li>
      ))}
    </ul>
  );
}

function Composer({ state, config, actions }: Omit<PanelProps, "modal">) {
  const left = config.messageCharsMax - charsOf(state.draft.trim());
  const isCounted = left <= config.messageCharsMax * COUNTER_SHARE;
  const canSend = state.kind !== "waiting" && state.draft.trim() !== "" && left >= 0;
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); actions.submit(); }}>
      <textarea
        class="field"
        rows={1}
        aria-label={strings.message_label}
        aria-describedby="counter"
        aria-invalid={left < 0 ? "true" : undefined}
        placeholder={config.placeholder || strings.placeholder}
        value={state.draft}
        onInput={(event) => actions.draft(event.currentTarget.value)}
        onKeyDown={(event) => sendOnEnter(event, actions.submit)}
      />
      <button type="submit" class="send" aria-label={strings.send} aria-disabled={canSend ? undefined : "true"}>
        <Icon path={ICONS.send} />
      </button>
      <p id="counter" class={left < 0 ? "counter over" : "counter"}>{isCounted ? counterText(left, config.language) : ""}</p>
    </form>
  );
}

/** Enter sends; Shift+Enter makes a line; Enter that ends a composition of an input method does neither. */
function sendOnEnter(event: KeyboardEvent, submit: () => void): void {
  // Safari ends the composition before the key event and tells it by key code 229 only.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
}

function Icon({ path }: { path: string }) {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg>;
}

function statusText(state: State, config: WidgetConfig): string {
  if (state.kind === "waiting") return fill(strings.writing, { name: config.name });
  const over = charsOf(state.draft.trim()) - config.messageCharsMax;
  return over > 0 ? fill(strings.characters_over, { count: over }) : "";
}

function counterText(left: number, language: string): string {
  const count = new Intl.NumberFormat(language).format(Math.abs(left));
  return fill(left < 0 ? strings.characters_over : strings.characters_left, { count });
}

function canRetry(failure: Failure): boolean {
  return failure.kind !== "refused" && failure.kind !== "rejected";
}

export function failureText(failure: Failure, language: string): string {
  if (failure.kind !== "rate_limited") return failureStrings[failure.kind];
  if (failure.waitSeconds === null) return failureStrings.rate_limited_soon;
  return fill(failureStrings.rate_limited, { wait: durationText(failure.waitSeconds, language) });
}

/** "20 seconds", "3 minutes", "2 hours": rounded up, so that waiting that long is always enough. */
function durationText(seconds: number, language: string): string {
  const [value, unit] = seconds < 90 ? [seconds, "second"] : seconds < 5_400 ? [Math.ceil(seconds / 60), "minute"] : [Math.ceil(seconds / 3_600), "hour"];
  return new Intl.NumberFormat(language, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(Number(value));
}
