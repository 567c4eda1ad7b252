// Why an answer is as it is: what was found, what was decided, how long it took, what the model was sent.

import type { ReactNode } from "react";
import { text } from "texts:explanation";
import { fill } from "../../shared/strings";
import type { Schemas } from "../contract";
import { formatCode, formatCount, formatMs, formatNanoUsd, formatNumber } from "../format";
import { Badge } from "./states";

type Explanation = Schemas["Explanation"];

const FOUND_SHOWN = 5;

export function ExplanationView({ explanation }: { readonly explanation: Explanation }) {
  const { query, passages, faqs, decisions, prompt, provider, model, usage, timings, tries } = explanation;
  return (
    <div className="explanation">
      <section>
        <h3>{text.looked_for}</h3>
        <p className="quote">{query}</p>
      </section>
      <section>
        <h3>{text.found}</h3>
        <FoundList rows={[
          ...faqs.map((faq) => <FoundView key={faq.faq_id} kind={text.faq} title={faq.question} detail="" found={faq} />),
          ...passages.map((passage) => <FoundView key={passage.chunk_id} kind={text.passage} title={passage.title} detail={placeOf(passage)} found={passage} />),
        ]} />
      </section>
      <section>
        <h3>{text.decided}</h3>
        <ol className="decisions">
          {decisions.map(({ about, decided, why }, position) => (
            <li key={position}>
              <span className="decision-about">{(text.about as Readonly<Record<string, string>>)[about] ?? formatCode(about)}</span>
              <span>{formatCode(decided)}{why && <span className="hint"> {why}</span>}</span>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h3>{text.timings_and_cost}</h3>
        <dl className="facts">
          <div><dt>{text.prepare}</dt><dd>{formatMs(timings.prepare_ms)}</dd></div>
          <div><dt>{text.first_text}</dt><dd>{formatMs(timings.first_text_ms)}</dd></div>
          <div><dt>{text.generate}</dt><dd>{formatMs(timings.generate_ms)}</dd></div>
          <div><dt>{text.whole}</dt><dd>{formatMs(timings.answer_ms)}</dd></div>
          {model && <div><dt>{text.model}</dt><dd>{provider ? `${provider} · ${model}` : model}</dd></div>}
          {usage && <div><dt>{text.tokens}</dt><dd>{formatNumber(usage.input_tokens)} → {formatNumber(usage.output_tokens)}</dd></div>}
          <div><dt>{text.cost}</dt><dd>{costOf(explanation)}</dd></div>
          {tries > 1 && <div><dt>{text.tries}</dt><dd>{tries}</dd></div>}
        </dl>
      </section>
      <section>
        <h3>{text.prompt}</h3>
        {prompt === null ? <p className="hint">{text.no_prompt}</p> : <PromptView prompt={prompt} />}
      </section>
    </div>
  );
}

/** What is not known is not shown as nothing. */
function costOf({ prompt, usage, cost_nano_usd: cost }: Explanation): string {
  if (prompt === null) return text.cost_nothing;
  if (cost != null) return formatNanoUsd(cost);
  return usage === null ? text.cost_unknown : text.cost_unpriced;
}

function placeOf({ headings, page }: Explanation["passages"][number]): string {
  const place = headings.join(" › ");
  return page == null ? place : [fill(text.page, { page: formatNumber(page) }), place].filter(Boolean).join(" · ");
}

/** The best stand in view, the rest behind a line: a search finds a dozen passages. */
function FoundList({ rows }: { readonly rows: readonly ReactNode[] }) {
  const rest = rows.slice(FOUND_SHOWN);
  return (
    <>
      {rows.length === 0 && <p className="hint">{text.found_nothing}</p>}
      <ul className="found">{rows.slice(0, FOUND_SHOWN)}</ul>
      {rest.length > 0 && (
        <details className="prompt">
          <summary>{formatCount(rest.length, text.found_one_more, text.found_more)}</summary>
          <ul className="found">{rest}</ul>
        </details>
      )}
    </>
  );
}

type Found = { readonly score: number; readonly similarity: number | null; readonly confidence: number; readonly is_cited: boolean };

function FoundView({ kind, title, detail, found }: { readonly kind: string; readonly title: string; readonly detail: string; readonly found: Found }) {
  const percent = Math.round(found.confidence * 100);
  return (
    <li>
      <div className="found-head">
        <span><strong>{title}</strong> <span className="hint">{kind}</span></span>
        {found.is_cited && <Badge tone="good">{text.cited}</Badge>}
      </div>
      {detail && <p className="hint">{detail}</p>}
      <div className="found-scores">
        <meter className="meter" min={0} max={100} value={percent} aria-label={`${text.confidence}: ${title}`} />
        <span className="tabular">{text.confidence} {percent} %</span>
        <span className="hint tabular">{text.keywords} {found.score.toFixed(2)}</span>
        {found.similarity !== null && <span className="hint tabular">{text.meaning} {found.similarity.toFixed(2)}</span>}
      </div>
    </li>
  );
}

function PromptView({ prompt }: { readonly prompt: NonNullable<Explanation["prompt"]> }) {
  return (
    <details className="prompt">
      <summary>{text.show_prompt}</summary>
      {prompt.is_cut && <p className="hint">{text.prompt_cut}</p>}
      <h4>{text.system}</h4>
      <pre className="reading" tabIndex={0}>{prompt.system}</pre>
      {prompt.messages.map((message, position) => (
        <div key={position}>
          <h4>{formatCode(message.role)}</h4>
          <pre className="reading" tabIndex={0}>{message.text}</pre>
        </div>
      ))}
    </details>
  );
}
