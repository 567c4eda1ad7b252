import { useState } from "react";
import { text } from "texts:billing_contacts";
import { text as common } from "texts:common";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { BillingContact } from "../contract";
import { refresh, useAction } from "../query";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { notify } from "../ui/toast";

export function AddDialog({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const { action, run } = useAction();
  const add = async () => {
    const body = { name: name.trim(), email: email.trim() };
    const outcome = await run((signal) => call<BillingContact>("post", path, { body, signal }));
    if (outcome.kind !== "ok") return;
    refresh(path);
    notify(fill(text.added, { email: body.email }));
    onClose();
  };
  return (
    <Dialog title={text.add} onClose={onClose}>
      <Form action={action} fields={["/name", "/email"]} onSubmit={() => void add()}>
        <div className="dialog-body">
          <TextInput name="/name" label={text.name} value={name} onChange={setName} isRequired maxLength={100} autoFocus autoComplete="off" />
          <TextInput name="/email" type="email" label={text.email} hint={text.email_hint} value={email} onChange={setEmail} isRequired autoComplete="off" />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"}>{text.add_confirm}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

export function RemoveDialog({ path, contact: { id, name, email }, onClose }: { readonly path: string; readonly contact: BillingContact; readonly onClose: () => void }) {
  return (
    <ConfirmDialog title={fill(text.remove_title, { name })} confirm={text.remove} done={fill(text.removed, { name })}
      work={(signal) => call<null>("delete", `${path}/${encodeURIComponent(id)}`, { signal })} onDone={() => refresh(path)} onClose={onClose}>
      <p>{fill(text.remove_detail, { email })}</p>
    </ConfirmDialog>
  );
}
