// Asking as a visitor would, with the reasons beside the answer.

import { useEffect, useReducer, useRef, useState } from "react";
import { text as explained } from "texts:explanation";
import { text } from "texts:test_chat";
import { createEventParser } from "../../widget/events";
import { clientPath, open, type Failure } from "../api";
import type { Schemas } from "../contract";
import { mintId } from "../ids";
import type { PageProps } from "../routes";
import { Button } from "../ui/button";
import { ExplanationView } from "../ui/explanation";
import { PageHead } from "../ui/page";
import { Banner, Empty } from "../ui/states";
import { AssistantTurn, VisitorTurn } from "../ui/turns";

const MESSAGE_CHARS_MAX = 4_000;

type Answer = {
  readonly text: string;
  readonly citations: readonly Schemas["CitationView"][];
  readonly answeredBy: Schemas["AnsweredBy"] | null;
  readonly ending: Schemas["Ending"] | null;
  readonly explanation: Schemas["Explanation"] | null;
  readonly state: "writing" | "done" | "failed";
  readonly failure: string | null;
};
type Turn = { readonly id: string; readonly question: string; readonly answer: Answer };
type State = { readonly turns: readonly Turn[]; readonly conversation: string | null };
type Step =
  | { readonly kind: "asked"; readonly id: string; readonly question: string }
  | { readonly kind: "event"; readonly id: string; readonly name: string; readonly data: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly id: string; readonly message: string }
  | { readonly kind: "ended"; readonly id: string }
  | { readonly kind: "cleared" };

const EMPTY: Answer = { text: "", citations: [], answeredBy: null, ending: null, explanation: null, state: "writing", failure: null };

function reduce(state: State, step: Step): State {
  const change = (id: string, changed: (answer: Answer) => Answer) => ({ ...state, turns: state.turns.map((turn) => (turn.id === id ? { ...turn, answer: changed(turn.answer) } : turn)) });
  switch (step.kind) {
    case "cleared":
      return { turns: [], conversation: null };
    case "asked":
      return { ...state, turns: [...state.turns, { id: step.id, question: step.question, answer: EMPTY }] };
    case "failed":
      return change(step.id, (answer) => ({ ...answer, state: "failed", failure: step.message }));
    case "ended":
      return change(step.id, (answer) => (answer.state === "writing" ? { ...answer, state: "failed", failure: text.cut } : answer));
    case "event":
      if (step.name === "meta") return { ...state, conversation: String(step.data["conversation_id"] ?? "") || state.conversation };
      return change(step.id, (answer) => withEvent(answer, step.name, step.data));
  }
}

/** The server's events are those of `/api/chat`, and `explanation` at the end. */
function withEvent(answer: Answer, name: string, data: Readonly<Record<string, unknown>>): Answer {
  switch (name) {
    case "delta":
      return { ...answer, text: answer.text + String(data["text"] ?? "") };
    case "citations":
      return { ...answer, citations: (data["citations"] ?? []) as Answer["citations"] };
    case "done":
      return { ...answer, state: "done", text: typeof data["response"] === "string" ? data["response"] : answer.text, answeredBy: (data["answered_by"] ?? null) as Answer["answeredBy"], ending: (data["ending"] ?? null) as Answer["ending"] };
    case "explanation":
      return { ...answer, explanation: data as unknown as Schemas["Explanation"] };
    case "error":
      return { ...answer, state: "failed", failure: String(data["detail"] ?? data["title"] ?? text.cut) };
    default:
      return answer;
  }
}

export function TestChatPage({ client }: PageProps) {
  const [state, step] = useReducer(reduce, { turns: [], conversation: null });
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const running = useRef<AbortController | null>(null);
  const last = state.turns[state.turns.length - 1];
  const isWriting = last?.answer.state === "writing";
  const shown = state.turns.find(({ id }) => id === chosen) ?? last;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [state.turns]);
  const ask = async () => {
    const question = typed.trim();
    if (question === "" || isWriting) return;
    const id = mintId();
    setTyped("");
    setChosen(null);
    step({ kind: "asked", id, question });
    running.current = new AbortController();
    const failure = await stream(client, question, state.conversation, running.current.signal, (name, data) => step({ kind: "event", id, name, data }));
    if (failure) step({ kind: "failed", id, message: failure.message });
    else step({ kind: "ended", id });
  };
  const clear = () => {
    running.current?.abort();
    step({ kind: "cleared" });
  };
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={state.turns.length > 0 && <Button icon="retry" onPress={clear}>{text.start_anew}</Button>} />
      <div className="chat-split">
        <section className="card chat-card" aria-label={text.title}>
          <ol className="turns" aria-live="polite" aria-busy={isWriting}>
            {state.turns.map(({ id, question, answer }) => <TurnView key={id} question={question} answer={answer} isShown={shown?.id === id && state.turns.length > 1} onWhy={() => setChosen(id)} />)}
          </ol>
          {state.turns.length === 0 && <Empty icon="spark" title={text.empty_title}>{text.empty}</Empty>}
          <div ref={end} />
          <form className="composer" onSubmit={(event) => {
            event.preventDefault();
            void ask();
          }}>
            <textarea className="input" rows={2} aria-label={text.question} placeholder={text.placeholder} maxLength={MESSAGE_CHARS_MAX} value={typed} onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                void ask();
              }} />
            {isWriting
              ? <Button icon="stop" onPress={() => running.current?.abort()}>{text.stop}</Button>
              : <Button type="submit" look="primary" icon="send" isDisabled={typed.trim() === ""}>{text.send}</Button>}
          </form>
        </section>
        <section className="card why-card" aria-label={explained.why}>
          <h2>{explained.why}</h2>
          {shown?.answer.explanation ? <ExplanationView explanation={shown.answer.explanation} /> : <p className="hint">{isWriting ? text.why_soon : text.why_later}</p>}
        </section>
      </div>
    </>
  );
}

function TurnView({ question, answer, isShown, onWhy }: { readonly question: string; readonly answer: Answer; readonly isShown: boolean; readonly onWhy: () => void }) {
  return (
    <>
      <VisitorTurn said={question} />
      {answer.text === "" && answer.state === "writing" && <li className="turn assistant"><p className="hint writing">{text.writing}</p></li>}
      {answer.text !== "" && (
        <AssistantTurn said={answer.text} citations={answer.citations} answeredBy={answer.answeredBy} ending={answer.ending} isChosen={isShown}
          foot={answer.explanation && <Button isSmall look="quiet" icon="info" onPress={onWhy}>{explained.why}</Button>} />
      )}
      {answer.failure && <li><Banner tone="danger"><p>{answer.failure}</p></Banner></li>}
    </>
  );
}

/** Posts the question and reads the stream to its end; a stop by the person is no failure. */
async function stream(client: string, message: string, conversation: string | null, signal: AbortSignal, onEvent: (name: string, data: Readonly<Record<string, unknown>>) => void): Promise<Failure | null> {
  const body = { message, ...(conversation === null ? {} : { conversation_id: conversation }) };
  const opened = await open("post", clientPath(client, "/api/test-chat"), { body, accept: "text/event-stream", signal });
  if (opened.kind === "failed") return opened.failure;
  if (opened.kind === "aborted" || !opened.value.body) return null;
  const parse = createEventParser();
  const decoder = new TextDecoder();
  try {
    const reader = opened.value.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return null;
      for (const event of parse(decoder.decode(value, { stream: true }))) onEvent(event.name, JSON.parse(event.data) as Readonly<Record<string, unknown>>);
    }
  } catch {
    return null;
  }
}
