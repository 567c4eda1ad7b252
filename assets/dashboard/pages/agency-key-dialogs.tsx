// Making a key of the agency, which is shown once, and revoking it.

import { useState } from "react";
import { text } from "texts:agency_keys";
import { text as common } from "texts:common";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { AgencyKey, CreatedAgencyKey, NewAgencyKey, Permission } from "../contract";
import { formatAgo } from "../format";
import { refresh, useAction } from "../query";
import { useMay } from "../session";
import { Button } from "../ui/button";
import { Secret } from "../ui/copy";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { SelectInput } from "../ui/select";
import { Banner } from "../ui/states";
import { CheckInput } from "../ui/toggle";

// What owns the agency, makes further keys or lets people in is for people.
const GROUPS: Readonly<Record<keyof typeof text.groups, readonly Permission[]>> = {
  clients: ["clients:read", "clients:write", "client:own"],
  results: ["results:read", "conversations:read", "conversations:write"],
  assistant: ["knowledge:read", "knowledge:write", "settings:read", "settings:write"],
  access: ["members:read", "members:write", "keys:read", "keys:write"],
  agency: ["staff:read", "jobs:read", "jobs:write", "mails:read", "mails:write", "audit:read"],
};
/** What a sign-up form or a CRM needs. */
const USUAL: readonly Permission[] = ["clients:read", "clients:write"];
const DAYS = ["never", "30", "90", "365"] as const;

type NewProps = { readonly path: string; readonly onClose: () => void };

export function NewAgencyKeyDialog({ path, onClose }: NewProps) {
  const [created, setCreated] = useState<{ readonly name: string; readonly key: string } | null>(null);
  if (created === null) return <Ask path={path} onClose={onClose} onCreated={(name, key) => setCreated({ name, key })} />;
  return (
    <Dialog title={fill(text.created_title, { name: created.name })} onClose={onClose} isDismissable={false}>
      <div className="dialog-body">
        <Banner tone="warn"><p>{text.once}</p></Banner>
        <Secret value={created.key} label={text.key} />
        <p className="hint">{text.how}</p>
      </div>
      <DialogFoot><Button look="primary" onPress={onClose}>{text.kept}</Button></DialogFoot>
    </Dialog>
  );
}

function Ask({ path, onClose, onCreated }: NewProps & { readonly onCreated: (name: string, key: string) => void }) {
  const may = useMay(null);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<Permission>>(new Set(USUAL.filter(may)));
  const [days, setDays] = useState<string>("never");
  const { action, run } = useAction();
  const create = async () => {
    const body: NewAgencyKey = { name: name.trim(), permissions: [...chosen], expires_in_days: days === "never" ? null : Number(days) };
    const outcome = await run((signal) => call<CreatedAgencyKey>("post", path, { body, signal }));
    if (outcome.kind !== "ok") return;
    refresh(path);
    onCreated(body.name, outcome.value.api_key);
  };
  return (
    <Dialog title={text.create} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/name", "/expires_in_days"]} onSubmit={() => void create()}>
        <div className="dialog-body">
          <TextInput name="/name" label={text.name} hint={text.name_hint} value={name} onChange={setName} isRequired maxLength={100} autoFocus autoComplete="off" />
          <PermissionChecks chosen={chosen} onChange={setChosen} />
          <SelectInput name="/expires_in_days" label={text.ends} hint={text.ends_hint} value={days} onChange={setDays} choices={DAYS.map((value) => ({ value, label: text.spans[value] }))} />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={chosen.size === 0}>{text.create_confirm}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

/** Nobody gives a key what they may not do themselves. */
function PermissionChecks({ chosen, onChange }: { readonly chosen: ReadonlySet<Permission>; readonly onChange: (chosen: ReadonlySet<Permission>) => void }) {
  const may = useMay(null);
  const set = (permission: Permission, isOn: boolean) => onChange(new Set(isOn ? [...chosen, permission] : [...chosen].filter((it) => it !== permission)));
  const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => ({ group, held: GROUPS[group].filter(may) })).filter(({ held }) => held.length > 0);
  return (
    <div className="permission-groups">
      {groups.map(({ group, held }) => (
        <fieldset key={group} className="checks">
          <legend className="label">{text.groups[group]}</legend>
          {held.map((permission) => <CheckInput key={permission} label={text.names[permission]} isOn={chosen.has(permission)} onChange={(isOn) => set(permission, isOn)} />)}
        </fieldset>
      ))}
    </div>
  );
}

export function RevokeAgencyKeyDialog({ path, agencyKey, onClose }: NewProps & { readonly agencyKey: AgencyKey }) {
  const { id, name, prefix, permissions, last_used_at } = agencyKey;
  return (
    <ConfirmDialog title={fill(text.revoke_title, { name })} confirm={text.revoke} done={fill(text.revoked, { name })}
      work={(signal) => call<null>("delete", `${path}/${encodeURIComponent(id)}`, { signal })} onDone={() => refresh(path)} onClose={onClose}>
      <p>{fill(permissions.length === 0 ? text.revoke_dead : text.revoke_detail, { prefix })}</p>
      <ul>{permissions.map((permission) => <li key={permission}>{text.names[permission]}</li>)}</ul>
      <p>{last_used_at === null ? text.revoke_unused : fill(text.revoke_used, { ago: formatAgo(last_used_at) })}</p>
    </ConfirmDialog>
  );
}
