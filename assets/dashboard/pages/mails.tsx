import { useState } from "react";
import { text } from "texts:operations";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Mail, Page, WholeMail } from "../contract";
import { formatAgo, formatCode, formatMoment } from "../format";
import { refresh, useAction, usePages, useQuery } from "../query";
import { navigate, usePlace } from "../router";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";
import { FailureBanner } from "../ui/failure-banner";
import { HtmlFrame } from "../ui/html-frame";
import { PageHead } from "../ui/page";
import { Segments } from "../ui/segments";
import { Badge, Banner, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify } from "../ui/toast";

const PATH = "/api/mails";
const TONES = { queued: "busy", sent: "plain", delivered: "good", failed: "danger", suppressed: "warn", simulated: "warn" } as const;
const FILTERS = ["failed", "queued", "sent", "simulated"] as const;

export function MailsPage() {
  const opened = usePlace().query.get("mail");
  const [shown, setShown] = useState<Mail["state"] | "all">("all");
  const state = shown === "all" ? null : shown;
  const pages = usePages<Mail>(`${PATH}?state=${shown}`, (cursor, signal) => call<Page<Mail>>("get", PATH, { query: { cursor, state }, signal }));
  const columns: readonly Column<Mail>[] = [
    {
      id: "subject", head: text.mail, isBare: true, width: "grow",
      cell: (mail) => (
        <>
          <Button look="quiet" isSmall onPress={() => open(mail.id)}>{subjectOf(mail)}</Button>
          {mail.to !== "" && <p className="hint">{fill(text.mail_to, { to: mail.to })}</p>}
          {mail.last_error && mail.state !== "simulated" && <p className="error-text">{mail.last_error}</p>}
        </>
      ),
    },
    { id: "purpose", head: text.purpose, cell: ({ purpose }) => formatCode(purpose) },
    { id: "state", head: text.state, cell: ({ state }) => <Badge tone={TONES[state]}>{text.mail_states[state]}</Badge> },
    { id: "created", head: text.created, cell: ({ created_at }) => formatAgo(created_at) },
  ];
  return (
    <>
      <PageHead title={text.mails} lead={text.mails_lead} />
      <Segments label={text.mail_state} value={shown} onChange={setShown}
        choices={[{ value: "all", label: text.all_mails }, ...FILTERS.map((value) => ({ value, label: text.mail_states[value] }))]} />
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(mails) => mails.length === 0 ? state !== null ? <Empty icon="mail" title={text.no_such_mails} /> : <Empty icon="mail" title={text.no_mails}>{text.no_mails_detail}</Empty> : <Table label={text.mails} columns={columns} rows={mails} />}
      </QueryView>
      <More pages={pages} />
      {opened && <MailDialog key={opened} id={opened} known={pages.query.kind === "ready" ? pages.query.value.find(({ id }) => id === opened) : undefined} onClose={() => navigate("/agency/mails", "replace")} />}
    </>
  );
}

/** The address names the letter, so that other pages can lead to it. */
function open(id: string): void {
  navigate(`/agency/mails?mail=${encodeURIComponent(id)}`, "replace");
}

function subjectOf({ subject, purpose }: Mail): string {
  return subject || fill(text.erased, { purpose: formatCode(purpose) });
}

/** One on its way is not sent again, and of an erased one nothing is left to send. */
function canResend({ state, to }: Mail): boolean {
  return state !== "queued" && to !== "";
}

/** `known`: as the list has it, until the whole letter is read. */
function MailDialog({ id, known, onClose }: { readonly id: string; readonly known: Mail | undefined; readonly onClose: () => void }) {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const { query, reload } = useQuery(path, (signal) => call<WholeMail>("get", path, { signal }));
  const mail = query.kind === "ready" ? query.value : known;
  const may = useMay(null);
  const { action, run } = useAction();
  const resend = async () => {
    const outcome = await run((signal) => call<Mail>("post", `${path}/resend`, { signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(outcome.value.state === "simulated" ? text.mail_simulated_again : text.mail_resent, { to: outcome.value.to }));
    refresh(PATH);
    onClose();
  };
  return (
    <Dialog title={mail ? subjectOf(mail) : text.mail} size="wide" onClose={onClose}>
      <div className="dialog-body">
        {mail && <MailFacts mail={mail} />}
        {action.kind === "failed" && <FailureBanner failure={action.failure} />}
        <QueryView query={query} onRetry={reload}>{(whole) => <Letter mail={whole} />}</QueryView>
      </div>
      {mail && may("mails:write") && canResend(mail) && (
        <DialogFoot>
          <Button icon="send" isBusy={action.kind === "busy"} onPress={() => void resend()}>{text.mail_resend}</Button>
        </DialogFoot>
      )}
    </Dialog>
  );
}

function MailFacts({ mail }: { readonly mail: Mail }) {
  return (
    <>
      <dl className="facts">
        <div><dt>{text.to}</dt><dd>{mail.to || "–"}</dd></div>
        <div><dt>{text.created}</dt><dd>{formatMoment(mail.created_at)}</dd></div>
        <div><dt>{text.state}</dt><dd><Badge tone={TONES[mail.state]}>{text.mail_states[mail.state]}</Badge></dd></div>
      </dl>
      {mail.state === "simulated" && <Banner tone="info"><p>{text.mail_simulated}</p></Banner>}
      {mail.last_error && mail.state !== "simulated" && <Banner tone="danger"><p>{mail.last_error}</p></Banner>}
    </>
  );
}

function Letter({ mail }: { readonly mail: WholeMail }) {
  const { html, text: plain } = mail;
  const [form, setForm] = useState<"html" | "text">("html");
  return (
    <>
      {html !== "" && <Segments label={text.shown_as} value={form} onChange={setForm} choices={[{ value: "html", label: text.as_html }, { value: "text", label: text.as_text }]} />}
      {html !== "" && form === "html" ? <HtmlFrame html={html} title={subjectOf(mail)} /> : <pre className="reading" tabIndex={0}>{plain || text.mail_erased}</pre>}
    </>
  );
}
