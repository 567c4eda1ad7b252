import { useState } from "react";
import { text } from "texts:clients";
import { fill } from "../../shared/strings";
import { call } from "../api";
import { CLIENT_NAME_CHARS_MAX, type CreatedClient, type NewClient, type Purpose, type Service } from "../contract";
import { refresh, useAction } from "../query";
import { Button, ButtonLink } from "../ui/button";
import { Secret } from "../ui/copy";
import { Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner } from "../ui/states";
import { SwitchInput } from "../ui/toggle";
import { PurposeChoice, ServiceChoice } from "./serving-choices";

type Step = { readonly kind: "who" } | { readonly kind: "done"; readonly created: CreatedClient; readonly asked: NewClient };

/** Creates a client, and shows its key the one time that it can be shown. */
export function ClientWizard({ onClose }: { readonly onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: "who" });
  return (
    <Dialog title={step.kind === "who" ? text.create : fill(text.created_title, { name: step.created.client.name })} onClose={onClose} isDismissable={false}>
      {step.kind === "who" ? <Who onClose={onClose} onCreated={(created, asked) => setStep({ kind: "done", created, asked })} /> : <Done step={step} onClose={onClose} />}
    </Dialog>
  );
}

function Who({ onClose, onCreated }: { readonly onClose: () => void; readonly onCreated: (created: CreatedClient, asked: NewClient) => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [service, setService] = useState<Service>("self_serve");
  const [purpose, setPurpose] = useState<Purpose>("live");
  const [isInviting, setInviting] = useState(true);
  const [owner, setOwner] = useState("");
  const [isMailing, setMailing] = useState(false);
  const { action, run } = useAction();
  const create = async () => {
    const body: NewClient = { name: name.trim(), email: email.trim(), service, purpose, mail_key: isMailing, ...(isInviting ? { owner_email: owner.trim() || email.trim() } : {}) };
    const outcome = await run((signal) => call<CreatedClient>("post", "/api/clients", { body, signal }));
    if (outcome.kind !== "ok") return;
    refresh("/api/clients", "/api/agency/figures");
    onCreated(outcome.value, body);
  };
  return (
    <Form action={action} fields={["/name", "/email", "/owner_email"]} onSubmit={() => void create()}>
      <div className="dialog-body">
        <TextInput name="/name" label={text.name} hint={text.name_hint} value={name} onChange={setName} isRequired maxLength={CLIENT_NAME_CHARS_MAX} autoFocus autoComplete="off" />
        <TextInput name="/email" type="email" label={text.email} hint={text.email_hint} value={email} onChange={setEmail} isRequired autoComplete="off" />
        <ServiceChoice value={service} onChange={setService} />
        <PurposeChoice value={purpose} onChange={setPurpose} />
        <SwitchInput label={text.invite} hint={text.invite_hint} isOn={isInviting} onChange={setInviting} />
        {isInviting && <TextInput name="/owner_email" type="email" label={text.owner_email} hint={text.owner_hint} value={owner} onChange={setOwner} isRequired={false} placeholder={email} autoComplete="off" />}
        <SwitchInput label={text.mail_key} hint={text.mail_key_hint} isOn={isMailing} onChange={setMailing} />
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.create_confirm}</Button>
      </DialogFoot>
    </Form>
  );
}

function Done({ step: { created, asked }, onClose }: { readonly step: Extract<Step, { kind: "done" }>; readonly onClose: () => void }) {
  const { client, api_key } = created;
  const isSent = client.purpose === "live";
  return (
    <>
      <div className="dialog-body">
        <Banner tone="warn"><p>{text.key_once}</p></Banner>
        <Secret value={api_key} label={text.key} />
        {asked.owner_email && <p className="hint">{fill(isSent ? text.invited : text.invited_simulated, { email: asked.owner_email })}</p>}
        {asked.mail_key && <p className="hint">{fill(isSent ? text.key_mailed : text.key_mail_simulated, { email: client.email })}</p>}
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{text.close}</Button>
        <ButtonLink look="primary" href={`#/clients/${client.id}/overview`}>{text.open_client}</ButtonLink>
      </DialogFoot>
    </>
  );
}
