import { useState } from "react";
import { text } from "texts:operations";
import { call } from "../api";
import type { Job, JobState, Page } from "../contract";
import { formatAgo, formatCode, formatNumber } from "../format";
import { refresh, usePages } from "../query";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { PageHead } from "../ui/page";
import { Segments } from "../ui/segments";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify, notifyFailure } from "../ui/toast";
import { BackupsCard } from "./backups-card";

const PATH = "/api/jobs";
const POLL_MS = 10_000;
const STATES: readonly JobState[] = ["failed", "waiting", "running", "done", "cancelled"];
const TONES = { failed: "danger", waiting: "plain", running: "busy", done: "good", cancelled: "plain" } as const;

export function JobsPage() {
  const [state, setState] = useState<JobState>("failed");
  const pages = usePages<Job>(`${PATH}?state=${state}`, (cursor, signal) => call<Page<Job>>("get", PATH, { query: { state, cursor }, signal }), POLL_MS);
  const may = useMay(null);
  return (
    <>
      <PageHead title={text.jobs} lead={text.jobs_lead} />
      <Segments label={text.job_state} value={state} onChange={setState} choices={STATES.map((value) => ({ value, label: text.job_states[value] }))} />
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(jobs) => jobs.length === 0
          ? <Empty icon="check" title={text.no_jobs[state]} />
          : <Table label={text.jobs} columns={columns(may("jobs:write") && state === "failed")} rows={jobs} />}
      </QueryView>
      <More pages={pages} />
      <BackupsCard />
    </>
  );
}

function columns(mayRetry: boolean): readonly Column<Job>[] {
  const base: readonly Column<Job>[] = [
    {
      id: "kind", head: text.job, isBare: true, width: "grow",
      cell: ({ kind, last_error, client_id }) => (
        <>
          <strong>{formatCode(kind)}</strong>
          {client_id && <p className="hint"><a href={`#/clients/${client_id}/overview`}>{text.of_client}</a></p>}
          {last_error && <p className="error-text">{last_error}</p>}
        </>
      ),
    },
    { id: "state", head: text.state, cell: ({ state }) => <Badge tone={TONES[state]}>{text.job_states[state]}</Badge> },
    { id: "attempts", head: text.attempts, align: "end", cell: ({ attempts }) => formatNumber(attempts) },
    { id: "run", head: text.run_at, cell: ({ run_at }) => formatAgo(run_at) },
  ];
  return mayRetry ? [...base, { id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit", cell: (job) => <RetryButton job={job} /> }] : base;
}

function RetryButton({ job }: { readonly job: Job }) {
  const [isBusy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    const outcome = await call<Job>("post", `${PATH}/${encodeURIComponent(job.id)}/retry`);
    setBusy(false);
    if (outcome.kind === "failed") return notifyFailure(outcome.failure.message);
    notify(text.job_retried);
    refresh(PATH);
  };
  return <Button isSmall icon="retry" isBusy={isBusy} onPress={() => void retry()} aria-label={`${text.retry}: ${formatCode(job.kind)}`}>{text.retry}</Button>;
}
