// The panel as pure functions of its state. Text becomes text nodes, never markup.

import type { ComponentChildren, VNode } from "preact";
import { panel as strings } from "../locales/en.json";
import { Prose } from "../shared/prose-view";
import { fill } from "../shared/strings";
import { Composer } from "./composer";
import type { Answer, Citation, Failure, Mode, WidgetConfig } from "./contract";
import { canRetry, failureText } from "./failure-text";
import { Icon } from "./icons";
import type { Earlier, State, Turn } from "./state";

export type Actions = {
  readonly close: () => void;
  readonly draft: (text: string) => void;
  readonly submit: () => void;
  readonly ask: (text: string) => void;
  readonly retry: () => void;
  readonly recall: () => void;
  readonly stop: () => void;
  readonly copy: (id: string, text: string) => void;
  readonly loadEarlier: () => void;
  /** The logo could not be shown. */
  readonly logoFailed: () => void;
};

export type PanelProps = {
  readonly state: State;
  readonly config: WidgetConfig;
  readonly actions: Actions;
  readonly mode: Mode;
  /** True where the panel covers the page, so that what lies behind it is out of reach. */
  readonly modal: boolean;
  /** Null where there is none, or where it did not load. */
  readonly logoUrl: string | null;
  /** Gets the element that screen readers listen to. */
  readonly announcements: (parent: HTMLElement | null) => void;
};

export function PanelView(props: PanelProps) {
  const { state, config, actions, mode, modal } = props;
  const isBubble = mode === "bubble";
  return (
    <section
      id="panel"
      class="panel"
      role={isBubble ? "dialog" : "region"}
      aria-labelledby="panel-title"
      aria-modal={modal ? "true" : undefined}
      tabIndex={-1}
      hidden={!state.open}
    >
      <Header name={config.name} logoUrl={props.logoUrl} actions={actions} closable={isBubble} />
      <Thread {...props} />
      <div ref={props.announcements} />
      <Composer state={state} config={config} actions={actions} />
    </section>
  );
}

function Header({ name, logoUrl, actions, closable }: { name: string; logoUrl: string | null; actions: Actions; closable: boolean }) {
  return (
    <div class="header">
      <span class={logoUrl ? "avatar logo" : "avatar"} aria-hidden="true">
        {logoUrl ? <img src={logoUrl} alt="" referrerpolicy="no-referrer" onError={actions.logoFailed} /> : (Array.from(name)[0] ?? "")}
      </span>
      <h2 id="panel-title" class="title" dir="auto">{name}</h2>
      {closable && (
        <button type="button" class="icon-button" aria-label={strings.close} onClick={actions.close}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

function Thread({ state, config, actions }: PanelProps) {
  const { name, welcome, suggestions } = config;
  const isFresh = state.kind === "ready" && state.thread.length === 0;
  const { earlier } = state;
  const isWhole = earlier.kind === "none" || earlier.kind === "unknown";
  // Not live itself: what is said of it comes from `announcer.ts`, sentence by sentence.
  return (
    <div class="thread" role="log" aria-label={strings.conversation} aria-live="off" tabIndex={0}>
      {!isWhole && <EarlierView key="earlier" earlier={earlier} load={actions.loadEarlier} />}
      {isWhole && welcome !== "" && <Bubble key="welcome" author="assistant" name={name}><Prose text={welcome} /></Bubble>}
      {state.thread.map((turn) => turnNode({ turn, name, actions, isCopied: state.copied === turn.id }))}
      {state.kind !== "ready" && (
        <Bubble key={state.pending.requestId} author="visitor" name={strings.you}><Prose text={state.pending.text} /></Bubble>
      )}
      {state.kind === "waiting" && <Growing key="growing" state={state} name={name} />}
      {state.kind === "failed" && <FailureView key="failure" failure={state.failure} config={config} actions={actions} />}
      {isFresh && suggestions.length > 0 && <Suggestions key="suggestions" texts={suggestions} ask={actions.ask} />}
    </div>
  );
}

/** Stays in its place, so that the focus on its button does. */
function EarlierView({ earlier, load }: { earlier: Earlier; load: () => void }) {
  if (earlier.kind === "too_many") return <p class="earlier">{strings.earlier_too_many}</p>;
  const label = { loading: strings.earlier_loading, failed: strings.retry, more: strings.earlier }[earlier.kind as "more"];
  return (
    <div class="earlier">
      {earlier.kind === "failed" && <p>{strings.earlier_failed}</p>}
      <button key="load" type="button" class="text-button" aria-disabled={earlier.kind === "loading" ? "true" : undefined} onClick={load}>{label}</button>
    </div>
  );
}

type TurnProps = { turn: Turn; name: string; actions: Actions; isCopied: boolean };

const drawn = new WeakMap<Turn, { readonly isCopied: boolean; readonly node: VNode }>();

/** A turn that has not changed is the same node, which is not compared again: a long thread costs a growing answer
 *  nothing. */
function turnNode(props: TurnProps): VNode {
  const { turn, isCopied } = props;
  const known = drawn.get(turn);
  if (known?.isCopied === isCopied) return known.node;
  const node = <TurnView key={turn.id} {...props} />;
  drawn.set(turn, { isCopied, node });
  return node;
}

function TurnView({ turn, name, actions, isCopied }: TurnProps) {
  if (turn.kind === "assistant") {
    const { answer, id } = turn;
    return (
      <Bubble author="assistant" name={name} after={<CopyButton id={id} text={answer.text} isCopied={isCopied} copy={actions.copy} />}>
        <AnswerView answer={answer} id={id} />
      </Bubble>
    );
  }
  return (
    <Bubble author="visitor" name={strings.you}>
      <Prose text={turn.text} />
      {turn.unsent && <p class="note">{strings.unsent}</p>}
    </Bubble>
  );
}

type BubbleProps = { author: "visitor" | "assistant"; name: string; children: ComponentChildren; after?: ComponentChildren };

function Bubble({ author, name, children, after }: BubbleProps) {
  return (
    <div class={`turn ${author}`}>
      <span class="visually-hidden">{`${name}: `}</span>
      <div class="bubble" dir="auto">{children}</div>
      {after}
    </div>
  );
}

function CopyButton({ id, text, isCopied, copy }: { id: string; text: string; isCopied: boolean; copy: Actions["copy"] }) {
  return (
    <button type="button" class="copy" aria-label={isCopied ? strings.copied : strings.copy} onClick={() => copy(id, text)}>
      <Icon name={isCopied ? "done" : "copy"} />
    </button>
  );
}

/** Answers in the client's own words, in which a number in brackets is a word like others. */
const WORD_FOR_WORD: ReadonlySet<string> = new Set(["faq", "extractive", "none"]);

function AnswerView({ answer, id }: { answer: Answer; id: string }) {
  const references = answer.citations.map(({ number, title, url }) => ({ number, href: url, label: fill(strings.source, { number, title }) }));
  return (
    <>
      <Prose text={answer.text} numbers={WORD_FOR_WORD.has(answer.answeredBy) ? "words" : references} />
      {answer.ending !== "whole" && <p class="note">{strings[answer.ending]}</p>}
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
    <li class="source" data-number={citation.number}>
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

/** The answer on its way: dots until its first word is there. */
function Growing({ state, name }: { state: State & { kind: "waiting" }; name: string }) {
  const { text } = state.partial;
  return (
    <>
      {text === "" ? (
        <div class="turn assistant" aria-hidden="true"><div class="bubble writing"><i /><i /><i /></div></div>
      ) : (
        <Bubble author="assistant" name={name}><Prose text={text} numbers="coming" /></Bubble>
      )}
      {!state.connected && <p class="connection">{navigator.onLine ? strings.reconnecting : strings.waiting_for_network}</p>}
    </>
  );
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
        <li key={text}><button type="button" class="suggestion" dir="auto" onClick={() => ask(text)}>{text}</button></li>
      ))}
    </ul>
  );
}
