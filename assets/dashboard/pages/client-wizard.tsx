import { useState } from "react";
import { text } from "texts:clients";
import { fill } from "../../shared/strings";
import { call } from "../api";
import { CLIENT_NAME_CHARS_MAX, type CreatedClient } from "../contract";
import { refresh, useAction } from "../query";
import { Button, ButtonLink } from "../ui/button";
import { Secret } from "../ui/copy";
import { Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner } from "../ui/states";
import { SwitchInput } from "../ui/toggle";

type Step = { readonly kind: "who" } | { readonly kind: "done"; readonly created: CreatedClient; readonly invited: string | null };

/** Creates a client, and shows its key the one time that it can be shown. */
export function ClientWizard({ onClose }: { readonly onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: "who" });
  return (
    <Dialog title={step.kind === "who" ? text.create : fill(text.created_title, { name: step.created.client.name })} onClose={onClose} isDismissable={false}>
      {step.kind === "who" ? <Who onClose={onClose} onCreated={(created, invited) => setStep({ kind: "done", created, invited })} /> : <Done step={step} onClose={onClose} />}
    </Dialog>
  );
}

function Who({ onClose, onCreated }: { readonly onClose: () => void; readonly onCreated: (created: CreatedClient, invited: string | null) => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [isInviting, setInviting] = useState(true);
  const [owner, setOwner] = useState("");
  const { action, run } = useAction();
  const create = async () => {
    const invited = isInviting ? owner.trim() || email.trim() : null;
    const body = { name: name.trim(), email: email.trim(), ...(invited === null ? {} : { owner_email: invited }) };
    const outcome = await run((signal) => call<CreatedClient>("post", "/api/clients", { body, signal }));
    if (outcome.kind !== "ok") return;
    refresh("/api/clients");
    onCreated(outcome.value, invited);
  };
  return (
    <Form action={action} fields={["/name", "/email", "/owner_email"]} onSubmit={() => void create()}>
      <div className="dialog-body">
        <TextInput name="/name" label={text.name} hint={text.name_hint} value={name} onChange={setName} isRequired maxLength={CLIENT_NAME_CHARS_MAX} autoFocus autoComplete="off" />
        <TextInput name="/email" type="email" label={text.email} hint={text.email_hint} value={email} onChange={setEmail} isRequired autoComplete="off" />
        <SwitchInput label={text.invite} hint={text.invite_hint} isOn={isInviting} onChange={setInviting} />
        {isInviting && <TextInput name="/owner_email" type="email" label={text.owner_email} hint={text.owner_hint} value={owner} onChange={setOwner} isRequired={false} placeholder={email} autoComplete="off" />}
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.create_confirm}</Button>
      </DialogFoot>
    </Form>
  );
}

function Done({ step: { created, invited }, onClose }: { readonly step: Extract<Step, { kind: "done" }>; readonly onClose: () => void }) {
  return (
    <>
      <div className="dialog-body">
        <Banner tone="warn"><p>{text.key_once}</p></Banner>
        <Secret value={created.api_key} label={text.key} />
        {invited && <p className="hint">{fill(text.invited, { email: invited })}</p>}
      </div>
      <DialogFoot>
        <Button onPress={onClose}>{text.close}</Button>
        <ButtonLink look="primary" href={`#/clients/${created.client.id}/overview`}>{text.open_client}</ButtonLink>
      </DialogFoot>
    </>
  );
}
