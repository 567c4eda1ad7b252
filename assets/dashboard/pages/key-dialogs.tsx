import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:keys";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { ApiKey } from "../contract";
import { formatAgo } from "../format";
import { refresh, useAction } from "../query";
import { Button } from "../ui/button";
import { Secret } from "../ui/copy";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { Banner } from "../ui/states";
import { CheckInput } from "../ui/toggle";
import { scopeLabel } from "./key-words";

type NewKey = { readonly api_key: string };

export function NewKeyDialog({ path, scopes: offered, onClose }: { readonly path: string; readonly scopes: readonly string[]; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  // Deleting is given expressly.
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(offered.filter((it) => it !== "conversations_write")));
  const [created, setCreated] = useState<string | null>(null);
  const { action, run } = useAction();
  const create = async () => {
    const outcome = await run((signal) => call<NewKey>("post", path, { body: { name: name.trim(), scopes: [...scopes] }, signal }));
    if (outcome.kind !== "ok") return;
    refresh(path);
    setCreated(outcome.value.api_key);
  };
  if (created !== null) {
    return (
      <Dialog title={fill(text.created_title, { name })} onClose={onClose} isDismissable={false}>
        <div className="dialog-body">
          <Banner tone="warn"><p>{text.once}</p></Banner>
          <Secret value={created} label={text.key} />
        </div>
        <DialogFoot><Button look="primary" onPress={onClose}>{text.kept}</Button></DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog title={text.create} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/name"]} onSubmit={() => void create()}>
        <div className="dialog-body">
          <TextInput name="/name" label={text.name} hint={text.name_hint} value={name} onChange={setName} isRequired maxLength={100} autoFocus autoComplete="off" />
          <fieldset className="checks">
            <legend className="label">{text.scopes}</legend>
            {offered.map((scope) => (
              <CheckInput key={scope} label={scopeLabel(scope)} isOn={scopes.has(scope)} onChange={(isOn) => setScopes(new Set(isOn ? [...scopes, scope] : [...scopes].filter((it) => it !== scope)))} />
            ))}
          </fieldset>
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={scopes.size === 0}>{text.create_confirm}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

export function RevokeKeyDialog({ path, apiKey: { id, name, prefix, last_used_at }, onClose }: { readonly path: string; readonly apiKey: ApiKey; readonly onClose: () => void }) {
  return (
    <ConfirmDialog title={fill(text.revoke_title, { name })} confirm={text.revoke} done={fill(text.revoked, { name })}
      work={(signal) => call<null>("delete", `${path}/${encodeURIComponent(id)}`, { signal })} onDone={() => refresh(path)} onClose={onClose}>
      <p>{fill(text.revoke_detail, { prefix })}</p>
      {last_used_at && <p>{fill(text.revoke_used, { ago: formatAgo(last_used_at) })}</p>}
    </ConfirmDialog>
  );
}
