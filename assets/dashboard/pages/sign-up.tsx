// Making an account by oneself, where the agency allows it: a form, a mail with a link, and a button that makes it.
// The form's answer is always the same, so that nobody learns from it which addresses are known.

import { useState } from "react";
import { text } from "texts:sign_up";
import { fill } from "../../shared/strings";
import { call, type Failure } from "../api";
import { CLIENT_NAME_CHARS_MAX, type NewSignUp, type Session, type SignUp, type SignUpOffer } from "../contract";
import { formatCount } from "../format";
import { refresh, useAction, useQuery } from "../query";
import { navigate } from "../router";
import { clientMemberships, startSession } from "../session";
import { Button, ButtonLink } from "../ui/button";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner, QueryView } from "../ui/states";
import { Door } from "./door";

const PATH = "/api/sign-up";
const NAME_CHARS_MAX = 100;

export function SignUpPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { query, reload } = useQuery(PATH, (signal) => call<SignUp>("get", PATH, { signal, isDoor: true }));
  if (sentTo !== null) return <Sent email={sentTo} onBack={() => setSentTo(null)} />;
  return (
    <Door title={text.title}>
      <QueryView query={query} onRetry={reload}>{(offer) => (offer.is_open ? <Ask offer={offer} onSent={setSentTo} /> : <p className="lead">{fill(text.closed, { agency: offer.agency_name || text.agency })}</p>)}</QueryView>
      <p className="door-other"><ButtonLink look="quiet" href="#/sign-in" icon="back">{text.to_sign_in}</ButtonLink></p>
    </Door>
  );
}

function Ask({ offer, onSent }: { readonly offer: SignUp; readonly onSent: (email: string) => void }) {
  const [business, setBusiness] = useState("");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const { action, run } = useAction();
  const send = async () => {
    const body: NewSignUp = { email: email.trim(), name: name.trim(), business: business.trim() };
    const outcome = await run((signal) => call("post", PATH, { body, signal, isDoor: true }));
    if (outcome.kind === "ok") onSent(body.email);
    // It was closed in the meantime: the page says so instead of the form.
    else if (outcome.kind === "failed" && outcome.failure.status === 403) refresh(PATH);
  };
  return (
    <>
      <p className="lead">{planLine(offer.trial_days)}</p>
      <Form action={action} fields={["/business", "/name", "/email"]} onSubmit={() => void send()}>
        <TextInput name="/business" label={text.business} hint={text.business_hint} value={business} onChange={setBusiness} isRequired maxLength={CLIENT_NAME_CHARS_MAX} autoFocus autoComplete="organization" />
        <TextInput name="/name" label={text.name} value={name} onChange={setName} isRequired maxLength={NAME_CHARS_MAX} autoComplete="name" />
        <TextInput name="/email" type="email" label={text.email} hint={text.email_hint} value={email} onChange={setEmail} isRequired autoComplete="email" />
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.send}</Button>
      </Form>
    </>
  );
}

function planLine(trialDays: number | null): string {
  return trialDays === null ? text.free : formatCount(trialDays, text.trial_one, text.trial_many);
}

function Sent({ email, onBack }: { readonly email: string; readonly onBack: () => void }) {
  return (
    <Door title={text.sent_title}>
      <p className="lead" role="status">{fill(text.sent, { email })}</p>
      <p className="hint">{text.no_mail}</p>
      <p className="door-other"><Button look="quiet" icon="back" onPress={onBack} autoFocus>{text.other_email}</Button></p>
    </Door>
  );
}

/** The page of the mail's link. */
export function SignUpLinkPage({ token }: { readonly token: string }) {
  const path = `${PATH}/${encodeURIComponent(token)}`;
  const [ended, setEnded] = useState<LinkEnd | null>(null);
  const { query, reload } = useQuery(path, (signal) => call<SignUpOffer>("get", path, { signal, isDoor: true }));
  const end = ended ?? (query.kind === "failed" ? endOf(query.failure) : null);
  if (end === "closed") return <Door title={text.closed_title}><p className="lead">{text.closed_link}</p><ButtonLink look="primary" href="#/sign-in">{text.to_sign_in}</ButtonLink></Door>;
  if (end === "gone") {
    return (
      <Door title={text.gone_title}>
        <p className="lead">{text.gone}</p>
        <ButtonLink look="primary" href="#/sign-up">{text.again}</ButtonLink>
        <p className="door-other"><ButtonLink look="quiet" href="#/sign-in">{text.to_sign_in}</ButtonLink></p>
      </Door>
    );
  }
  return (
    <Door title={query.kind === "ready" ? fill(text.offer_title, { business: query.value.business }) : text.title}>
      <QueryView query={query} onRetry={reload}>{(offer) => <Offer path={path} offer={offer} onEnd={setEnded} />}</QueryView>
    </Door>
  );
}

type LinkEnd = "gone" | "closed";

/** Why a link opens nothing any more: it is no longer good, or the agency makes accounts itself now. */
function endOf({ code }: Failure): LinkEnd | null {
  if (code === "link_invalid") return "gone";
  return code === "forbidden" ? "closed" : null;
}

function Offer({ path, offer, onEnd }: { readonly path: string; readonly offer: SignUpOffer; readonly onEnd: (end: LinkEnd) => void }) {
  const { action, run } = useAction();
  const make = async () => {
    const outcome = await run((signal) => call<Session>("post", path, { signal, isDoor: true }));
    const end = outcome.kind === "failed" ? endOf(outcome.failure) : null;
    if (end) return onEnd(end);
    if (outcome.kind !== "ok") return;
    startSession(outcome.value);
    const made = clientMemberships(outcome.value).findLast(({ client_name }) => client_name === offer.business);
    navigate(made?.client_id ? `/clients/${made.client_id}/overview` : "/", "replace");
  };
  return (
    <Form action={action} fields={[]} onSubmit={() => void make()}>
      <p className="lead">{fill(text.offer, { name: offer.name, email: offer.email, agency: offer.agency_name || text.agency })}</p>
      <Banner tone="info"><p>{planLine(offer.trial_days)}</p></Banner>
      <Button type="submit" look="primary" autoFocus isBusy={action.kind === "busy"}>{text.make}</Button>
    </Form>
  );
}
