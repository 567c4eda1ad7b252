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
import { ConfirmDialog } from "../ui/dialog";
import { Form } from "../ui/form";
import { Card } from "../ui/page";
import { Banner, QueryView } from "../ui/states";
import { notify } from "../ui/toast";
import { useClientView } from "./client-view";
import { PurposeChoice, ServiceChoice } from "./serving-choices";

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
            {value.plan !== null && <TakeOn path={path} name={value.name} onDone={reload} />}
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
      {purpose !== client.purpose && <Banner tone="warn"><p>{text.becomes[purpose]}</p></Banner>}
      <div className="form-foot"><Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={!isDirty}>{common.save}</Button></div>
    </Form>
  );
}

/** An account that began with a sign-up becomes an ordinary client. */
function TakeOn({ path, name, onDone }: { readonly path: string; readonly name: string; readonly onDone: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const done = () => {
    onDone();
    refresh("/api/clients?");
  };
  return (
    <div className="form-foot">
      <Button onPress={() => setAsked(true)}>{text.take_on}</Button>
      {isAsked && (
        <ConfirmDialog title={fill(text.take_on_title, { name })} confirm={text.take_on} tone="primary" done={fill(text.taken_on, { name })}
          work={(signal) => call<Client>("patch", path, { body: { take_on: true }, signal })} onDone={done} onClose={() => setAsked(false)}>
          <p>{text.take_on_detail}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** What a demo or a test may use, and the plan of a client that signed up by itself. */
function Caps({ client: { caps, documents, plan, trial_ends_at } }: { readonly client: Client }) {
  if (caps === null && plan === null) return null;
  const of = (used: number, most: number) => fill(text.of, { used: formatNumber(used), most: formatNumber(most) });
  return (
    <dl className="facts caps">
      {caps && (
        <>
          <div>
            <dt>{text.answers_today}</dt>
            <dd>{of(caps.answers_today, caps.answers_per_day)}<progress className="bar" aria-label={text.answers_today} max={caps.answers_per_day} value={Math.min(caps.answers_today, caps.answers_per_day)} /></dd>
          </div>
          <div><dt>{text.documents}</dt><dd>{of(documents, caps.documents)}</dd></div>
        </>
      )}
      {plan && <div><dt>{text.plan}</dt><dd>{plan === "trial" && trial_ends_at ? fill(text.trial_until, { day: formatDay(trial_ends_at) }) : text.plans[plan]}</dd></div>}
    </dl>
  );
}
