// A conversation's messages as the owner reads them: in the conversations and in the test chat.

import type { ReactNode } from "react";
import { text } from "texts:explanation";
import { fill } from "../../shared/strings";
import type { Schemas } from "../contract";
import { Badge } from "./states";
import { Prose } from "./prose";

type Citation = Schemas["CitationView"];

export function VisitorTurn({ said, foot }: { readonly said: string; readonly foot?: ReactNode }) {
  return (
    <li className="turn visitor">
      <p className="turn-who">{text.visitor}</p>
      <div className="turn-bubble">{said}</div>
      {foot && <p className="turn-foot">{foot}</p>}
    </li>
  );
}

export function AssistantTurn({ said, citations, answeredBy, ending, foot, isChosen = false }: {
  readonly said: string;
  readonly citations: readonly Citation[];
  readonly answeredBy: Schemas["AnsweredBy"] | null;
  readonly ending: Schemas["Ending"] | null;
  readonly foot?: ReactNode;
  readonly isChosen?: boolean;
}) {
  return (
    <li className={isChosen ? "turn assistant chosen" : "turn assistant"}>
      <p className="turn-who">
        {text.assistant} {answeredBy && <Badge tone={answeredBy === "none" ? "warn" : "plain"}>{text.answered_by[answeredBy]}</Badge>}
        {ending && ending !== "whole" && <Badge tone="warn">{text.endings[ending]}</Badge>}
      </p>
      <div className="turn-bubble"><Prose text={said} /></div>
      {citations.length > 0 && <Citations citations={citations} />}
      {foot && <div className="turn-foot">{foot}</div>}
    </li>
  );
}

function Citations({ citations }: { readonly citations: readonly Citation[] }) {
  return (
    <ol className="citations" aria-label={text.sources}>
      {citations.map(({ number, title, heading, page, quote, url }) => (
        <li key={number}>
          <span className="citation-number">{number}</span>
          <div>
            <a href={url} target="_blank" rel="noopener">{title}<span className="visually-hidden"> {text.new_tab}</span></a>
            {(heading ?? page) && <span className="hint"> {[heading, page && fill(text.page, { page })].filter(Boolean).join(" · ")}</span>}
            <p className="citation-quote">“{quote}”</p>
          </div>
        </li>
      ))}
    </ol>
  );
}
