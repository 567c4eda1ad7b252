import { useState } from "react";
import { text } from "texts:operations";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Mail, WholeMail } from "../contract";
import { formatMoment } from "../format";
import { refresh, useAction, useQuery } from "../query";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";
import { FailureBanner } from "../ui/failure-banner";
import { HtmlFrame } from "../ui/html-frame";
import { Segments } from "../ui/segments";
import { Badge, Banner, QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { MAILS_PATH, MAIL_TONES, subjectOf } from "./mail-words";

/** One on its way is not sent again, and of an erased one nothing is left to send. */
function canResend({ state, to }: Mail): boolean {
  return state !== "queued" && to !== "";
}

/** `known`: as the list has it, until the whole letter is read. */
export function MailDialog({ id, known, onClose }: { readonly id: string; readonly known: Mail | undefined; readonly onClose: () => void }) {
  const path = `${MAILS_PATH}/${encodeURIComponent(id)}`;
  const { query, reload } = useQuery(path, (signal) => call<WholeMail>("get", path, { signal }));
  const mail = query.kind === "ready" ? query.value : known;
  const may = useMay(null);
  const { action, run } = useAction();
  const resend = async () => {
    const outcome = await run((signal) => call<Mail>("post", `${path}/resend`, { signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(outcome.value.state === "simulated" ? text.mail_simulated_again : text.mail_resent, { to: outcome.value.to }));
    refresh(MAILS_PATH);
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
        <div><dt>{text.state}</dt><dd><Badge tone={MAIL_TONES[mail.state]}>{text.mail_states[mail.state]}</Badge></dd></div>
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
