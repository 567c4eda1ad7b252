import { useState } from "react";
import { text } from "texts:operations";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Mail, Page } from "../contract";
import { formatAgo, formatCode } from "../format";
import { usePages } from "../query";
import { navigate, usePlace } from "../router";
import { Button } from "../ui/button";
import { later } from "../ui/later";
import { PageHead } from "../ui/page";
import { Segments } from "../ui/segments";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { MAILS_PATH, MAIL_TONES, subjectOf } from "./mail-words";

const MailDialog = later(() => import("./mail-dialog").then((it) => it.MailDialog));

const FILTERS = ["failed", "queued", "sent", "simulated"] as const;

export function MailsPage() {
  const opened = usePlace().query.get("mail");
  const [shown, setShown] = useState<Mail["state"] | "all">("all");
  const state = shown === "all" ? null : shown;
  const pages = usePages<Mail>(`${MAILS_PATH}?state=${shown}`, (cursor, signal) => call<Page<Mail>>("get", MAILS_PATH, { query: { cursor, state }, signal }));
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
    { id: "state", head: text.state, cell: ({ state }) => <Badge tone={MAIL_TONES[state]}>{text.mail_states[state]}</Badge> },
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
