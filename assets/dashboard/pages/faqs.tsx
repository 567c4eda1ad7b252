import { useMemo, useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:faqs";
import { fill } from "../../shared/strings";
import { callClient, clientPath, type Outcome } from "../api";
import type { Page, Schemas } from "../contract";
import { formatCount, formatNumber } from "../format";
import { refresh, useAction, useQuery } from "../query";
import type { PageProps } from "../routes";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { FailureBanner } from "../ui/failure-banner";
import { later } from "../ui/later";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { SearchInput } from "../ui/search";
import { Segments } from "../ui/segments";
import { Badge, Empty, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify, notifyFailure } from "../ui/toast";
import { CheckInput, SwitchInput } from "../ui/toggle";

const FaqDialog = later(() => import("./faq-dialog").then((it) => it.FaqDialog));
const DeleteFaqDialog = later(() => import("./faq-delete-dialogs").then((it) => it.DeleteFaqDialog));
const DeleteFaqsDialog = later(() => import("./faq-delete-dialogs").then((it) => it.DeleteFaqsDialog));

export type Faq = Schemas["FaqView"];
type Filter = "all" | "draft" | "off";
type Shown = { readonly kind: "nothing" | "new" | "delete_chosen" } | { readonly kind: "edit" | "delete"; readonly faq: Faq };

const PAGE_ITEMS = 100;
/** Searched here, since the server's list has no search: so many are read at most. */
const PAGES_MAX = 20;

/** Every FAQ; the list is the owner's own writing, and short. */
async function readAll(client: string, signal: AbortSignal): Promise<Outcome<Page<Faq>>> {
  const items: Faq[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const outcome: Outcome<Page<Faq>> = await callClient(client, "get", "/api/faqs", { query: { limit: PAGE_ITEMS, cursor }, signal });
    if (outcome.kind !== "ok") return outcome;
    items.push(...outcome.value.items);
    cursor = outcome.value.next_cursor;
    if (cursor === null) break;
  }
  return { kind: "ok", value: { items, next_cursor: cursor }, etag: null };
}

function matches({ question, answer, phrasings, category }: Faq, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  return wanted === "" || [question, answer, category ?? "", ...phrasings].some((it) => it.toLowerCase().includes(wanted));
}

export function FaqsPage({ client }: PageProps) {
  const path = clientPath(client, "/api/faqs");
  const mayWrite = useMay(client)("knowledge:write");
  const [words, setWords] = useState("");
  const [filter, setFilter] = useState<Filter>("all");
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { query, reload } = useQuery(path, (signal) => readAll(client, signal));
  const all = useMemo(() => (query.kind === "ready" ? query.value.items : []), [query]);
  const drafts = all.filter(({ status }) => status === "draft");
  const kept = filter === "draft" ? drafts : filter === "off" ? all.filter(({ enabled, status }) => !enabled && status === "ready") : all;
  const rows = kept.filter((faq) => matches(faq, words));
  const selected = rows.filter(({ id }) => chosen.has(id));
  const close = () => setShown({ kind: "nothing" });
  const create = mayWrite && <Button look="primary" icon="plus" onPress={() => setShown({ kind: "new" })}>{text.create}</Button>;
  return (
    <>
      <PageHead title={text.title} lead={text.lead} actions={create} />
      <div className="toolbar">
        <SearchInput label={text.search} value={words} onChange={setWords} />
        <Segments label={text.shown} value={filter} onChange={setFilter} choices={[
          { value: "all", label: text.filters.all },
          { value: "draft", label: drafts.length > 0 ? `${text.filters.draft} (${drafts.length})` : text.filters.draft },
          { value: "off", label: text.filters.off },
        ]} />
      </div>
      {mayWrite && selected.length > 0 && <BulkBar client={client} selected={selected} onClear={() => setChosen(new Set())} onDelete={() => setShown({ kind: "delete_chosen" })} />}
      <QueryView query={query} onRetry={reload} lines={6}>
        {({ items, next_cursor }) => (
          <>
            {rows.length > 0 && <FaqTable client={client} faqs={rows} mayWrite={mayWrite} chosen={chosen} onChoose={setChosen} onShow={setShown} />}
            {rows.length === 0 && items.length === 0 && <Empty icon="book" title={text.empty_title} action={create}>{text.empty}</Empty>}
            {rows.length === 0 && items.length > 0 && <Empty icon="search" title={words === "" ? text.none_here : fill(text.none_found, { words })} />}
            {next_cursor !== null && <p className="hint">{fill(text.only_first, { count: formatNumber(items.length) })}</p>}
          </>
        )}
      </QueryView>
      {shown.kind === "new" && <FaqDialog client={client} start={null} onClose={close} />}
      {shown.kind === "edit" && <FaqDialog client={client} start={shown.faq} onClose={close} />}
      {shown.kind === "delete" && <DeleteFaqDialog client={client} faq={shown.faq} onClose={close} />}
      {shown.kind === "delete_chosen" && <DeleteFaqsDialog client={client} faqs={selected} onDeleted={() => setChosen(new Set())} onClose={close} />}
    </>
  );
}

function BulkBar({ client, selected, onClear, onDelete }: { readonly client: string; readonly selected: readonly Faq[]; readonly onClear: () => void; readonly onDelete: () => void }) {
  const { action, run } = useAction();
  const act = async (verb: "enable" | "disable") => {
    const outcome = await run((signal) => callClient(client, "post", "/api/faqs/bulk", { body: { ids: selected.map(({ id }) => id), action: verb, category: null }, signal }));
    if (outcome.kind !== "ok") return;
    notify(formatCount(outcome.value.done, text.changed_one, text.changed_many));
    onClear();
    refresh(clientPath(client, "/api/faqs"));
  };
  return (
    <div className="bulk" role="region" aria-label={text.chosen}>
      <strong>{formatCount(selected.length, text.chosen_one, text.chosen_many)}</strong>
      <Button isSmall isDisabled={action.kind === "busy"} onPress={() => void act("enable")}>{text.enable}</Button>
      <Button isSmall isDisabled={action.kind === "busy"} onPress={() => void act("disable")}>{text.disable}</Button>
      <Button isSmall look="danger" icon="trash" onPress={onDelete}>{text.delete}</Button>
      <Button isSmall look="quiet" onPress={onClear}>{common.clear}</Button>
      {action.kind === "failed" && <FailureBanner failure={action.failure} />}
    </div>
  );
}

function FaqTable({ client, faqs, mayWrite, chosen, onChoose, onShow }: {
  readonly client: string;
  readonly faqs: readonly Faq[];
  readonly mayWrite: boolean;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onShow: (shown: Shown) => void;
}) {
  const count = faqs.filter(({ id }) => chosen.has(id)).length;
  const choose = (id: string, isOn: boolean) => onChoose(new Set(isOn ? [...chosen, id] : [...chosen].filter((it) => it !== id)));
  const toggle = async (faq: Faq, enabled: boolean) => {
    const outcome = await callClient(client, "patch", "/api/faqs/{id}", { path: { id: faq.id }, body: { enabled } as Schemas["FaqPatch"] });
    if (outcome.kind === "failed") notifyFailure(outcome.failure.message);
    refresh(clientPath(client, "/api/faqs"));
  };
  const choice: Column<Faq> = {
    id: "choose", isBare: true, width: "fit",
    head: <CheckInput label={<span className="visually-hidden wide-only">{text.choose_all}</span>} isOn={count === faqs.length} isMixed={count > 0 && count < faqs.length} onChange={(isOn) => onChoose(new Set(isOn ? faqs.map(({ id }) => id) : []))} />,
    cell: ({ id, question }) => <CheckInput label={fill(text.choose, { question })} isLabelHidden isOn={chosen.has(id)} onChange={(isOn) => choose(id, isOn)} />,
  };
  const columns: readonly Column<Faq>[] = [
    ...(mayWrite ? [choice] : []),
    {
      id: "question", head: text.question, isBare: true, width: "grow",
      cell: (faq) => (
        <>
          <Button look="quiet" isSmall onPress={() => onShow({ kind: "edit", faq })}>{faq.question}</Button>
          <p className="hint clamp">{faq.answer || text.no_answer_yet}</p>
        </>
      ),
    },
    { id: "category", head: text.category, cell: ({ category, phrasings }) => <>{category ?? "–"}{phrasings.length > 0 && <p className="hint">{formatCount(phrasings.length, text.phrasing_one, text.phrasing_many)}</p>}</> },
    { id: "uses", head: text.uses, align: "end", cell: ({ uses }) => formatNumber(uses) },
    {
      id: "enabled", head: text.in_use, width: "fit",
      cell: (faq) => faq.status === "draft"
        ? <Badge tone="warn">{text.draft}</Badge>
        : mayWrite
          ? <SwitchInput label={fill(text.use, { question: faq.question })} isLabelHidden isOn={faq.enabled} onChange={(isOn) => void toggle(faq, isOn)} />
          : <Badge tone={faq.enabled ? "good" : "plain"}>{faq.enabled ? text.is_on : text.is_off}</Badge>,
    },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (faq) => mayWrite && (
        <ActionMenu label={fill(text.actions_for, { question: faq.question })} actions={[
          { id: "edit", label: faq.status === "draft" ? text.review : text.edit, icon: "edit", act: () => onShow({ kind: "edit", faq }) },
          { id: "delete", label: faq.status === "draft" ? text.dismiss : text.delete, icon: "trash", isDanger: true, act: () => onShow({ kind: "delete", faq }) },
        ]} />
      ),
    },
  ];
  return <Table label={text.title} columns={columns} rows={faqs} isMarked={({ enabled, status }) => !enabled && status === "ready"} />;
}
