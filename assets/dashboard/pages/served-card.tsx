import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:serving";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Client, Purpose, Service } from "../contract";
import { formatDay, formatNumber } from "../format";
import { refresh, useAction } from "../query";
import { useLeaveGuard } from "../router";
import { Button } from "../ui/button";
import { Form } from "../ui/form";
import { later } from "../ui/later";
import { Card } from "../ui/page";
import { Badge, Banner, QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { useClientView } from "./client-view";
import { PurposeChoice, ServiceChoice } from "./serving-choices";

const TakeOnDialog = later(() => import("./client-act-dialog").then((it) => it.TakeOnDialog));

/** Who does the work on a client, and whether it is a real one. */
export function ServedCard({ client }: { readonly client: string }) {
  const { path, query, reload, set } = useClientView(client);
  return (
    <Card title={text.title} lead={text.lead}>
      <QueryView query={query} onRetry={reload}>
        {(value) => (
          <>
            <ServedForm path={path} client={value} etag={query.kind === "ready" ? query.etag : null} onReload={reload} set={set} />
            <Caps client={value} />
            {value.plan !== null && <PlanLine client={value} etag={query.kind === "ready" ? query.etag : null} onReload={reload} />}
          </>
        )}
      </QueryView>
    </Card>
  );
}

type FormProps = { readonly path: string; readonly client: Client; readonly etag: string | null; readonly onReload: () => void; readonly set: (client: Client, etag: string | null) => void };

function ServedForm({ path, client, etag, onReload, set }: FormProps) {
  const [chosen, setChosen] = useState<{ readonly service?: Service; readonly purpose?: Purpose }>({});
  const { action, run, clear } = useAction();
  const { service, purpose } = { ...client, ...chosen };
  const changed = { ...(service === client.service ? {} : { service }), ...(purpose === client.purpose ? {} : { purpose }) };
  const isDirty = Object.keys(changed).length > 0;
  useLeaveGuard(isDirty);
  const save = async () => {
    const outcome = await run((signal) => call<Client>("patch", path, { body: changed, ifMatch: etag, signal }));
    if (outcome.kind !== "ok") return;
    set(outcome.value, outcome.etag);
    setChosen({});
    notify(common.saved);
    refresh("/api/clients?", "/api/agency/figures", `${path}/key-mail`);
  };
  const reload = () => {
    clear();
    onReload();
  };
  return (
    <Form action={action} fields={[]} onSubmit={() => void save()} onReload={reload}>
      <ServiceChoice value={service} onChange={(next) => setChosen((before) => ({ ...before, service: next }))} />
      {service !== client.service && <Banner tone="warn"><p>{text.becomes[service]}</p></Banner>}
      <PurposeChoice value={purpose} onChange={(next) => setChosen((before) => ({ ...before, purpose: next }))} />
      {purpose !== client.purpose && <Banner tone="warn"><p>{text.becomes[purpose === "live" && client.plan !== null ? "live_on_plan" : purpose]}</p></Banner>}
      <div className="form-foot"><Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={!isDirty}>{common.save}</Button></div>
    </Form>
  );
}

/** An account that began with a sign-up: what becomes of it, and how it becomes an ordinary client. */
function PlanLine({ client, etag, onReload }: Pick<FormProps, "client" | "etag" | "onReload">) {
  const { trial_ends_at } = client;
  const [isAsked, setAsked] = useState(false);
  const words = text.plans[standOf(client)];
  return (
    <div className="plan">
      <p><Badge>{words.name}</Badge> {fill(words.means, { day: trial_ends_at === null ? "" : formatDay(trial_ends_at) })}</p>
      <div className="form-foot"><Button onPress={() => setAsked(true)}>{text.take_on}</Button></div>
      {isAsked && <TakeOnDialog client={client} etag={etag} onReload={onReload} onClose={() => setAsked(false)} />}
    </div>
  );
}

/** A trial that has ended suspends the account; who is resumed after it has a trial without an end. */
function standOf({ plan, status, trial_ends_at }: Client): keyof typeof text.plans {
  if (plan === "free") return "free";
  if (trial_ends_at === null) return "over";
  return Date.parse(trial_ends_at) > Date.now() || status === "active" ? "running" : "ended";
}

/** What a client may use that nobody pays for. */
function Caps({ client: { caps, documents } }: { readonly client: Client }) {
  if (caps === null) return null;
  const of = (used: number, most: number) => fill(text.of, { used: formatNumber(used), most: formatNumber(most) });
  return (
    <dl className="facts caps">
      <div>
        <dt>{text.answers_today}</dt>
        <dd>{of(caps.answers_today, caps.answers_per_day)}<progress className="bar" aria-label={text.answers_today} max={caps.answers_per_day} value={Math.min(caps.answers_today, caps.answers_per_day)} /></dd>
      </div>
      <div><dt>{text.documents}</dt><dd>{of(documents, caps.documents)}</dd></div>
    </dl>
  );
}
