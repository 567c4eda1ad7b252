// What people change of themselves.

import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:person";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Person } from "../contract";
import { useAction } from "../query";
import { setPerson } from "../session";
import { Button } from "../ui/button";
import { Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/toast";

const NAME_CHARS_MAX = 100;
const EMAIL_CHARS_MAX = 254;

type Props = { readonly person: Person; readonly onClose: () => void };

export function NameDialog({ person, onClose }: Props) {
  const [name, setName] = useState(person.name);
  const { action, run } = useAction();
  const save = async () => {
    const outcome = await run((signal) => call<Person>("patch", "/api/person", { body: { name: name.trim() }, signal }));
    if (outcome.kind !== "ok") return;
    setPerson(outcome.value);
    notify(text.name_saved);
    onClose();
  };
  return (
    <Dialog title={text.name_title} size="narrow" onClose={onClose}>
      <Form action={action} fields={["/name"]} onSubmit={() => void save()}>
        <div className="dialog-body">
          <TextInput name="/name" label={text.name} value={name} onChange={setName} isRequired maxLength={NAME_CHARS_MAX} autoFocus autoComplete="name" />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.save_name}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

/** Two steps: the new address shows by a code that its mail is read. */
export function EmailDialog({ person, onClose }: Props) {
  const [email, setEmail] = useState("");
  const [isSent, setSent] = useState(false);
  return (
    <Dialog title={text.email_title} size="narrow" onClose={onClose} isDismissable={!isSent}>
      {isSent
        ? <EmailCode email={email.trim()} onBack={() => setSent(false)} onClose={onClose} />
        : <EmailAddress person={person} email={email} onEmail={setEmail} onSent={() => setSent(true)} onClose={onClose} />}
    </Dialog>
  );
}

function EmailAddress({ person, email, onEmail, onSent, onClose }: Props & { readonly email: string; readonly onEmail: (email: string) => void; readonly onSent: () => void }) {
  const { action, run } = useAction();
  const send = async () => {
    const outcome = await run((signal) => call("post", "/api/person/email", { body: { email: email.trim() }, signal }));
    if (outcome.kind === "ok") onSent();
  };
  return (
    <Form action={action} fields={["/email"]} onSubmit={() => void send()}>
      <div className="dialog-body">
        <p className="hint">{fill(text.email_lead, { email: person.email })}</p>
        <TextInput name="/email" type="email" label={text.new_email} value={email} onChange={onEmail} isRequired maxLength={EMAIL_CHARS_MAX} autoFocus autoComplete="email" />
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{common.cancel}</Button>
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.send_code}</Button>
      </DialogFoot>
    </Form>
  );
}

function EmailCode({ email, onBack, onClose }: { readonly email: string; readonly onBack: () => void; readonly onClose: () => void }) {
  const [code, setCode] = useState("");
  const { action, run } = useAction();
  const confirm = async () => {
    const outcome = await run((signal) => call<Person>("post", "/api/person/email/confirm", { body: { code: code.trim() }, signal }));
    if (outcome.kind !== "ok") return;
    setPerson(outcome.value);
    notify(fill(text.email_saved, { email: outcome.value.email }));
    onClose();
  };
  return (
    <Form action={action} fields={["/code"]} onSubmit={() => void confirm()}>
      <div className="dialog-body">
        <p className="hint">{fill(text.code_lead, { email })}</p>
        <TextInput name="/code" label={text.code} hint={text.code_hint} value={code} onChange={setCode} isRequired inputMode="numeric" autoComplete="one-time-code" isMono autoFocus />
      </div>
      <DialogFoot>
        <Button onPress={onBack}>{text.other_email}</Button>
        <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={code.trim() === ""}>{text.confirm_email}</Button>
      </DialogFoot>
    </Form>
  );
}
