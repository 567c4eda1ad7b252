import { text } from "texts:clients";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Figures } from "../contract";
import { formatCount, formatNumber } from "../format";
import { useQuery } from "../query";
import { Button } from "../ui/button";
import { Banner, Loading } from "../ui/states";

const PATH = "/api/agency/figures";
const lists = new Intl.ListFormat(undefined, { type: "conjunction" });

/** How the agency's clients do together. */
export function AgencyFigures() {
  const { query, reload } = useQuery(PATH, (signal) => call<Figures>("get", PATH, { signal }));
  switch (query.kind) {
    case "loading":
      return <div className="figures"><Loading lines={2} /></div>;
    case "failed":
      return <div className="figures"><Banner tone="warn"><p>{fill(text.figures_failed, { reason: query.failure.message })}</p><p><Button isSmall icon="retry" onPress={reload}>{text.figures_retry}</Button></p></Banner></div>;
    case "ready":
      return <Strip figures={query.value} />;
  }
}

function Strip({ figures: { clients, conversations_30d, messages_30d, unanswered_open } }: { readonly figures: Figures }) {
  const { live, demo, test, suspended } = clients;
  if (live + demo + test + suspended === 0) return null;
  const numbers: readonly (readonly [number, string, string])[] = [
    [live, text.live_one, text.live_many],
    [conversations_30d, text.conversations_one, text.conversations_many],
    [messages_30d, text.messages_one, text.messages_many],
    [unanswered_open, text.unanswered_one, text.unanswered_many],
  ];
  const apart = [demo > 0 && formatCount(demo, text.demo_one, text.demo_many), test > 0 && formatCount(test, text.test_one, text.test_many)].filter((it) => it !== false);
  return (
    <section className="figures" aria-label={text.figures}>
      <ul className="numbers">
        {numbers.map(([value, one, many]) => <li key={many}><p><span className="number">{formatNumber(value)}</span><span>{value === 1 ? one : many}</span></p></li>)}
      </ul>
      {apart.length > 0 && <p className="hint">{fill(text.not_counted, { clients: lists.format(apart) })}</p>}
      {suspended > 0 && <p className="hint">{formatCount(suspended, text.suspended_one, text.suspended_many)}</p>}
    </section>
  );
}
