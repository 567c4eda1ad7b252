import { useEffect, useState } from "react";
import { text } from "texts:serving";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Client, KeyMail } from "../contract";
import { formatMoment } from "../format";
import { refresh, useAction, useQuery } from "../query";
import { useMay } from "../session";
import { Button, ButtonLink } from "../ui/button";
import { FailureBanner } from "../ui/failure-banner";
import { Card } from "../ui/page";
import { Badge, QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { useClientView } from "./client-view";

const POLL_MS = 3_000;
const TONES = { none: "plain", queued: "busy", sent: "plain", delivered: "good", failed: "danger", suppressed: "warn", simulated: "warn", claimed: "good", expired: "warn" } as const;

/** Whether the client has got its key by mail, and a new link where it has not. */
export function KeyMailCard({ client }: { readonly client: string }) {
  const { path: clientPath, query: read } = useClientView(client);
  const path = `${clientPath}/key-mail`;
  const [pollMs, setPollMs] = useState<number | null>(null);
  const { query, reload, set } = useQuery(path, (signal) => call<KeyMail>("get", path, { signal }), pollMs);
  const state = query.kind === "ready" ? query.value.state : null;
  // Where it goes is known within seconds: until then the card looks by itself.
  useEffect(() => setPollMs(state === "queued" ? POLL_MS : null), [state]);
  return (
    <Card title={text.key_mail} lead={text.key_mail_lead}>
      <QueryView query={query} onRetry={reload} lines={2}>
        {(mail) => <State path={path} mail={mail} client={read.kind === "ready" ? read.value : null} set={set} />}
      </QueryView>
    </Card>
  );
}

function State({ path, mail, client, set }: { readonly path: string; readonly mail: KeyMail; readonly client: Client | null; readonly set: (mail: KeyMail) => void }) {
  const may = useMay(null);
  const { action, run } = useAction();
  const word = wordOf(mail);
  const send = async () => {
    const outcome = await run((signal) => call<KeyMail>("post", path, { signal }));
    if (outcome.kind !== "ok") return;
    set(outcome.value);
    notify(fill(outcome.value.state === "simulated" ? text.key_mail_simulated : text.key_mail_asked, { to: outcome.value.to }));
    refresh("/api/mails");
  };
  return (
    <>
      <div role="status" className="key-mail">
        <p><Badge tone={TONES[word]}>{text.key_states[word].name}</Badge> {sentenceOf(mail, word)}</p>
        {mail.last_error && word === "failed" && <p className="error-text">{mail.last_error}</p>}
        {canBeUsed(mail, word) && <p className="hint">{fill(text.link_until, { moment: formatMoment(mail.expires_at ?? "") })}</p>}
      </div>
      {action.kind === "failed" && <FailureBanner failure={action.failure} />}
      {client?.status === "suspended"
        ? <p className="hint">{text.key_mail_suspended}</p>
        : mail.state !== "none" && <p className="hint">{mail.claimed_at ? text.again_claimed : text.again_void}</p>}
      <div className="form-foot">
        <Button icon="send" isBusy={action.kind === "busy"} isDisabled={client?.status === "suspended"} onPress={() => void send()}>{mail.state === "none" ? text.mail_key : text.mail_again}</Button>
        {mail.mail_id !== null && may("mails:read") && <ButtonLink href={`#/agency/mails?mail=${encodeURIComponent(mail.mail_id)}`} icon="mail">{text.open_mail}</ButtonLink>}
      </div>
    </>
  );
}

type Word = keyof typeof TONES;

/** What happened last counts: a link that was used, then one that has run out, then the mail's own way. */
function wordOf({ state, claimed_at, expires_at }: KeyMail): Word {
  if (claimed_at !== null) return "claimed";
  const isOver = expires_at !== null && Date.parse(expires_at) < Date.now();
  return isOver && (state === "sent" || state === "delivered") ? "expired" : state;
}

function sentenceOf({ to, sent_at, claimed_at, expires_at }: KeyMail, word: Word): string {
  const at = word === "claimed" ? claimed_at : word === "expired" ? expires_at : sent_at;
  return fill(text.key_states[word].means, { to, moment: at === null ? "" : formatMoment(at) });
}

function canBeUsed({ expires_at }: KeyMail, word: Word): boolean {
  return expires_at !== null && (word === "queued" || word === "sent" || word === "delivered");
}
