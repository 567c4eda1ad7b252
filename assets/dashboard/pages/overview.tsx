import { text } from "texts:overview";
import { fill } from "../../shared/strings";
import { call, callClient, clientPath } from "../api";
import type { ChecklistId, Overview, Permission } from "../contract";
import { formatBytes, formatCount, formatDay, formatNumber } from "../format";
import { useLive, usePolling } from "../live";
import { useQuery } from "../query";
import type { PageProps } from "../routes";
import { agencyMembership, isServedIn, useMay, useSession } from "../session";
import { useClientName } from "../shell/client-switcher";
import { ButtonLink } from "../ui/button";
import { Icon, type IconName } from "../ui/icons";
import { Card, PageHead } from "../ui/page";
import { QueryView } from "../ui/states";
import { AccountStrip } from "./account-strip";
import { useClientView } from "./client-view";

const POLL_MS = 30_000;
const STEPS: Readonly<Record<ChecklistId, { readonly page: string; readonly needs: Permission }>> = {
  document: { page: "documents", needs: "knowledge:write" },
  faq: { page: "faqs", needs: "knowledge:write" },
  look: { page: "widget", needs: "settings:write" },
  domain: { page: "widget", needs: "settings:write" },
  seen: { page: "install", needs: "settings:read" },
  asked: { page: "test-chat", needs: "knowledge:read" },
  colleague: { page: "members", needs: "members:write" },
};

export function OverviewPage({ client }: PageProps) {
  const may = useMay(client);
  const session = useSession();
  const name = useClientName(session, client);
  const isServed = isServedIn(session, client);
  // The agency has it on the client's page.
  const isOwn = agencyMembership(session) === null;
  const account = useClientView(client, isOwn);
  useLive("conversation", account.reload);
  const path = clientPath(client, "/api/overview");
  const { query, reload } = useQuery(path, (signal) => call<Overview>("get", path, { signal }), usePolling(POLL_MS));
  return (
    <>
      <PageHead title={name || text.title} lead={isServed ? text.lead_served : text.lead} />
      {isOwn && <AccountStrip isServed={isServed} account={account.query.kind === "ready" ? account.query.value : null} onDayOver={account.reload} />}
      <QueryView query={isOwn && account.query.kind === "loading" ? account.query : query} onRetry={reload} lines={8}>
        {(overview) => (
          <>
            <Numbers overview={overview} client={client} />
            {!isServed && (
              <div className="columns">
                <Needs overview={overview} client={client} />
                <Checklist overview={overview} client={client} />
              </div>
            )}
            {may("conversations:read") && <Month client={client} />}
          </>
        )}
      </QueryView>
    </>
  );
}

function Numbers({ overview, client }: { readonly overview: Overview; readonly client: string }) {
  const may = useMay(client);
  const { ready, processing, failed } = overview.documents;
  const items: readonly (readonly [string, string, string, Permission])[] = [
    [wordOf(overview.conversations_7d, text.conversations_7d_one, text.conversations_7d), formatNumber(overview.conversations_7d), "conversations", "conversations:read"],
    [wordOf(overview.messages_7d, text.messages_7d_one, text.messages_7d), formatNumber(overview.messages_7d), "conversations", "conversations:read"],
    [wordOf(overview.unanswered_open, text.unanswered_one, text.unanswered), formatNumber(overview.unanswered_open), "gaps", "knowledge:read"],
    [text.documents, fill(text.documents_of, { ready: formatNumber(ready), total: formatNumber(ready + processing + failed) }), "documents", "knowledge:read"],
  ];
  return (
    <ul className="numbers">
      {items.map(([label, value, page, needs]) => (
        <li key={label}>
          {may(needs) ? <a href={`#/clients/${client}/${page}`}><span className="number">{value}</span><span>{label}</span></a> : <p><span className="number">{value}</span><span>{label}</span></p>}
        </li>
      ))}
    </ul>
  );
}

/** What stands below a number. */
function wordOf(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

type Need = { readonly icon: IconName; readonly title: string; readonly detail: string; readonly page: string; readonly act: string; readonly needs: Permission };

function Needs({ overview, client }: { readonly overview: Overview; readonly client: string }) {
  const may = useMay(client);
  const { documents, unanswered_open, meaning, checklist } = overview;
  const isDone = (id: ChecklistId) => checklist.find((step) => step.id === id)?.is_done ?? true;
  const all: readonly (Need | false)[] = [
    documents.failed > 0 && { icon: "alert", title: formatCount(documents.failed, text.failed_one, text.failed_many), detail: text.failed_detail, page: "documents", act: text.failed_act, needs: "knowledge:write" },
    unanswered_open > 0 && { icon: "gap", title: formatCount(unanswered_open, text.gaps_one, text.gaps_many), detail: text.gaps_detail, page: "gaps", act: may("knowledge:write") ? text.gaps_act : text.gaps_look, needs: "knowledge:read" },
    documents.processing > 0 && { icon: "jobs", title: formatCount(documents.processing, text.processing_one, text.processing_many), detail: text.processing_detail, page: "documents", act: text.processing_act, needs: "knowledge:read" },
    meaning.state === "building" && { icon: "spark", title: text.meaning, detail: fill(text.meaning_detail, { done: formatNumber(meaning.done), total: formatNumber(meaning.total) }), page: "documents", act: text.processing_act, needs: "knowledge:read" },
    !isDone("domain") && { icon: "shield", title: text.any_domain, detail: text.any_domain_detail, page: "widget", act: text.any_domain_act, needs: "settings:write" },
  ];
  const needs = all.filter((need) => need !== false).filter((need) => may(need.needs));
  return (
    <Card title={text.needs_title}>
      {needs.length === 0 ? <p className="quiet-good"><Icon name="check" />{text.needs_nothing}</p> : (
        <ul className="rows">
          {needs.map(({ icon, title, detail, page, act }) => (
            <li key={title}>
              <Icon name={icon} />
              <div className="grow"><strong>{title}</strong><p className="hint">{detail}</p></div>
              <ButtonLink href={`#/clients/${client}/${page}`}>{act}</ButtonLink>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Checklist({ overview, client }: { readonly overview: Overview; readonly client: string }) {
  const may = useMay(client);
  const { checklist } = overview;
  const done = checklist.filter(({ is_done }) => is_done).length;
  if (done === checklist.length) return null;
  return (
    <Card title={text.checklist_title} lead={fill(text.checklist_lead, { done, total: checklist.length })}>
      <progress className="bar" aria-label={text.checklist_title} max={checklist.length} value={done} />
      <ol className="checklist">
        {checklist.map(({ id, is_done }) => (
          <li key={id} className={is_done ? "done" : undefined}>
            <span className="checkmark">{is_done && <Icon name="check" />}</span>
            <div className="grow">
              <strong>{text.steps[id]}</strong>
              {is_done ? <span className="visually-hidden"> {text.step_done}</span> : <p className="hint">{text.step_hints[id]}</p>}
            </div>
            {!is_done && may(STEPS[id].needs) && <a className="step-link" href={`#/clients/${client}/${STEPS[id].page}`}>{text.step_acts[id]}</a>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** What is stored, and what was said since the month began. */
function Month({ client }: { readonly client: string }) {
  const { query, reload } = useQuery(clientPath(client, "/api/usage"), (signal) => callClient(client, "get", "/api/usage", { signal }));
  return (
    <Card title={text.month_title} {...(query.kind === "ready" ? { lead: fill(text.month_lead, { day: formatDay(query.value.period_started_at) }) } : {})}>
      <QueryView query={query} onRetry={reload} lines={2}>
        {(usage) => (
          <dl className="facts wide">
            <div><dt>{text.conversations}</dt><dd>{formatNumber(usage.conversations)}</dd></div>
            <div><dt>{text.questions}</dt><dd>{formatNumber(usage.visitor_messages)}</dd></div>
            <div><dt>{text.answers}</dt><dd>{formatNumber(usage.assistant_messages)}</dd></div>
            <div><dt>{text.faqs}</dt><dd>{formatNumber(usage.faqs)}</dd></div>
            <div><dt>{text.passages}</dt><dd>{formatNumber(usage.chunks)}</dd></div>
            <div><dt>{text.stored}</dt><dd>{formatBytes(usage.document_bytes)}</dd></div>
          </dl>
        )}
      </QueryView>
    </Card>
  );
}
