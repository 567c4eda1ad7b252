import { useState } from "react";
import { text } from "texts:gaps";
import { fill } from "../../shared/strings";
import { callClient, clientPath } from "../api";
import type { Schemas } from "../contract";
import { formatAgo, formatNumber } from "../format";
import { refresh, usePages } from "../query";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { later } from "../ui/later";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { Segments } from "../ui/segments";
import { Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify, notifyFailure } from "../ui/toast";

const FaqDialog = later(() => import("./faq-dialog").then((it) => it.FaqDialog));

type Gap = Schemas["GapView"];
const STATES: readonly Gap["status"][] = ["open", "resolved", "dismissed"];

/** Questions that nothing answered. Answering one writes an FAQ and resolves it. */
export function GapsPage({ client }: PageProps) {
  const path = clientPath(client, "/api/gaps");
  const [status, setStatus] = useState<Gap["status"]>("open");
  const [answered, setAnswered] = useState<Gap | null>(null);
  const mayWrite = useMay(client)("knowledge:write");
  const pages = usePages<Gap>(`${path}?status=${status}`, (cursor, signal) => callClient(client, "get", "/api/gaps", { query: { status, cursor }, signal }));
  const set = async (gap: Gap, next: Gap["status"], isUndo = false) => {
    const outcome = await callClient(client, "patch", "/api/gaps/{id}", { path: { id: gap.id }, body: { status: next } });
    if (outcome.kind === "failed") return notifyFailure(outcome.failure.message);
    refresh(path, clientPath(client, "/api/overview"));
    if (!isUndo) notify(text.marked[next], () => void set(gap, gap.status, true));
  };
  const columns: readonly Column<Gap>[] = [
    { id: "question", head: text.question, isBare: true, width: "grow", cell: ({ question }) => <strong>{question ?? text.erased}</strong> },
    { id: "times", head: text.times, align: "end", cell: ({ times_asked }) => formatNumber(times_asked) },
    { id: "last", head: text.last_asked, cell: ({ last_asked_at }) => formatAgo(last_asked_at) },
    {
      id: "act", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (gap) => mayWrite && (
        <div className="row-actions">
          {gap.status === "open" && gap.question && <Button isSmall icon="edit" aria-label={`${text.answer}: ${gap.question}`} onPress={() => setAnswered(gap)}>{text.answer}</Button>}
          <ActionMenu label={fill(text.actions_for, { question: gap.question ?? text.erased })} actions={[
            gap.status !== "resolved" && { id: "resolved", label: text.resolve, icon: "check", act: () => void set(gap, "resolved") },
            gap.status !== "dismissed" && { id: "dismissed", label: text.dismiss, icon: "close", act: () => void set(gap, "dismissed") },
            gap.status !== "open" && { id: "open", label: text.reopen, icon: "retry", act: () => void set(gap, "open") },
          ]} />
        </div>
      ),
    },
  ];
  return (
    <>
      <PageHead title={text.title} lead={text.lead} />
      <Segments label={text.shown} value={status} onChange={setStatus} choices={STATES.map((value) => ({ value, label: text.states[value] }))} />
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(gaps) => gaps.length === 0 ? <Empty icon="check" title={text.empty[status]} /> : <Table label={text.title} columns={columns} rows={gaps} />}
      </QueryView>
      <More pages={pages} />
      {answered && <FaqDialog client={client} start={null} question={answered.question ?? ""} onSaved={() => void set(answered, "resolved")} onClose={() => setAnswered(null)} />}
    </>
  );
}
