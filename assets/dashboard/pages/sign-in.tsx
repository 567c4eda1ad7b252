// Ways in: a mail with a link and a code, or an API key. The link's page acts on its button only, since programs that
// check mails open every link.

import { useEffect, useState } from "react";
import { text } from "texts:sign_in";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Session, SignUp } from "../contract";
import { useAction, useQuery } from "../query";
import { navigate, usePlace } from "../router";
import { startSession } from "../session";
import { Button, ButtonLink } from "../ui/button";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner } from "../ui/states";
import { Door } from "./door";

const RESEND_AFTER_SECONDS = 45;

type Step = { readonly kind: "email" } | { readonly kind: "code" } | { readonly kind: "key" };

export function SignInPage({ why }: { readonly why: "never" | "ended" | "left" }) {
  const [step, setStep] = useState<Step>({ kind: "email" });
  const { path, query } = usePlace();
  const [email, setEmail] = useState(query.get("email") ?? "");
  // Who was on a page comes back to it.
  useEffect(() => {
    if (path !== "/sign-in" && path !== "/") navigate(why === "left" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`, "replace");
  }, [path, why]);
  return (
    <Door title={step.kind === "code" ? text.code_title : text.title}>
      {why === "ended" && step.kind === "email" && <Banner tone="info"><p>{text.ended}</p></Banner>}
      {why === "left" && step.kind === "email" && <Banner tone="good"><p>{text.left}</p></Banner>}
      {step.kind === "email" && <EmailStep email={email} onEmail={setEmail} onSent={() => setStep({ kind: "code" })} onKey={() => setStep({ kind: "key" })} />}
      {step.kind === "code" && <CodeStep email={email} onBack={() => setStep({ kind: "email" })} />}
      {step.kind === "key" && <KeyStep onBack={() => setStep({ kind: "email" })} />}
    </Door>
  );
}

function EmailStep({ email, onEmail, onSent, onKey }: { readonly email: string; readonly onEmail: (email: string) => void; readonly onSent: () => void; readonly onKey: () => void }) {
  const { action, run } = useAction();
  const send = async () => {
    const outcome = await run((signal) => call("post", "/api/sign-in", { body: { email: email.trim() }, signal }));
    if (outcome.kind === "ok") onSent();
  };
  return (
    <>
      <p className="lead">{text.lead}</p>
      <Form action={action} fields={["/email"]} onSubmit={() => void send()}>
        <TextInput name="/email" type="email" label={text.email} value={email} onChange={onEmail} isRequired autoComplete="username" autoFocus />
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.send}</Button>
      </Form>
      <p className="door-other"><Button look="quiet" icon="key" onPress={onKey}>{text.use_key}</Button></p>
      <SignUpLine />
    </>
  );
}

/** Nothing until it is known that the agency lets people make accounts. */
function SignUpLine() {
  const { query } = useQuery("/api/sign-up", (signal) => call<SignUp>("get", "/api/sign-up", { signal, isDoor: true }));
  if (query.kind !== "ready" || !query.value.is_open) return null;
  return <p className="door-new">{text.no_account} <a href="#/sign-up">{text.sign_up}</a></p>;
}

function CodeStep({ email, onBack }: { readonly email: string; readonly onBack: () => void }) {
  const [code, setCode] = useState("");
  const { action, run } = useAction();
  const enter = async (digits: string) => {
    const outcome = await run((signal) => call<Session>("post", "/api/sign-in/code", { body: { email: email.trim(), code: digits }, signal }));
    if (outcome.kind === "ok") startSession(outcome.value);
  };
  const type = (value: string) => {
    const digits = value.replace(/\D/g, "").slice(0, 6);
    setCode(digits);
    // Pasted or filled in whole: nothing is left to decide.
    if (digits.length === 6 && digits !== code) void enter(digits);
  };
  return (
    <>
      <p className="lead">{fill(text.code_lead, { email: email.trim() })}</p>
      <Form action={action} fields={["/code"]} onSubmit={() => void enter(code)}>
        <TextInput name="/code" label={text.code} value={code} onChange={type} isRequired inputMode="numeric" autoComplete="one-time-code" isMono autoFocus hint={text.code_hint} />
        <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={code.length < 6}>{text.enter}</Button>
      </Form>
      <Resend email={email} />
      <p className="door-other"><Button look="quiet" icon="back" onPress={onBack}>{text.other_email}</Button></p>
    </>
  );
}

function Resend({ email }: { readonly email: string }) {
  const [left, setLeft] = useState(RESEND_AFTER_SECONDS);
  const [isSent, setSent] = useState(false);
  const { action, run } = useAction();
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  const send = async () => {
    const outcome = await run((signal) => call("post", "/api/sign-in", { body: { email: email.trim() }, signal }));
    if (outcome.kind === "failed" && outcome.failure.retryAfterSeconds) setLeft(outcome.failure.retryAfterSeconds);
    if (outcome.kind !== "ok") return;
    setSent(true);
    setLeft(RESEND_AFTER_SECONDS);
  };
  return (
    <div className="door-resend">
      <p className="hint">{text.no_mail}</p>
      {action.kind === "failed" && <p className="field-error" role="alert">{action.failure.message}</p>}
      <Button isSmall isDisabled={left > 0} isBusy={action.kind === "busy"} onPress={() => void send()}>
        {left > 0 ? fill(text.resend_in, { seconds: left }) : text.resend}
      </Button>
      <span role="status" className="hint">{isSent ? ` ${text.sent_again}` : ""}</span>
    </div>
  );
}

function KeyStep({ onBack }: { readonly onBack: () => void }) {
  const [key, setKey] = useState("");
  const { action, run } = useAction();
  const enter = async () => {
    const outcome = await run((signal) => call<Session>("post", "/api/sign-in/key", { body: { api_key: key.trim() }, signal }));
    if (outcome.kind === "ok") startSession(outcome.value);
  };
  return (
    <>
      <p className="lead">{text.key_lead}</p>
      <Form action={action} fields={["/api_key"]} onSubmit={() => void enter()}>
        <TextInput name="/api_key" type="password" label={text.key} value={key} onChange={setKey} isRequired autoComplete="off" isMono autoFocus />
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.enter_key}</Button>
      </Form>
      <p className="door-other"><Button look="quiet" icon="back" onPress={onBack}>{text.use_email}</Button></p>
    </>
  );
}

export function LinkPage({ token }: { readonly token: string }) {
  const { action, run } = useAction();
  const enter = async () => {
    const outcome = await run((signal) => call<Session>("post", "/api/sign-in/link", { body: { token }, signal }));
    if (outcome.kind !== "ok") return;
    startSession(outcome.value);
    navigate("/", "replace");
  };
  const isInvalid = action.kind === "failed" && action.failure.status === 401;
  return (
    <Door title={isInvalid ? text.link_invalid_title : text.link_title}>
      {isInvalid ? (
        <>
          <p className="lead">{text.link_invalid}</p>
          <ButtonLink look="primary" href="#/sign-in">{text.link_new}</ButtonLink>
        </>
      ) : (
        <Form action={action} fields={[]} onSubmit={() => void enter()}>
          <p className="lead">{text.link_lead}</p>
          <Button type="submit" look="primary" autoFocus isBusy={action.kind === "busy"}>{text.link_enter}</Button>
        </Form>
      )}
    </Door>
  );
}
