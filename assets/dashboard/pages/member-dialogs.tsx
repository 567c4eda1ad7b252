// Inviting somebody, and changing, handing over or taking a place.

import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:members";
import { fill } from "../../shared/strings";
import { call } from "../api";
import type { Member } from "../contract";
import { refresh, useAction } from "../query";
import { useSession } from "../session";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { TextBlock, TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { SelectInput } from "../ui/select";
import { notify } from "../ui/toast";
import { nameOf, roleLabel } from "./member-words";
import { ReachInput } from "./reach-input";

const MESSAGE_CHARS_MAX = 1_000;

/** The agency or a client, as whoever changes its members stands in it. */
export type Place = {
  readonly path: string;
  readonly isAgency: boolean;
  readonly isOwner: boolean;
  readonly roles: readonly string[];
  /** Of a managed client: its people see results only. */
  readonly isManaged: boolean;
  /** Of a demo or test: mails are written and not sent. */
  readonly isSimulated: boolean;
};
export type MemberAct = "ownership" | "off" | "remove" | "revoke";
/** Null: all clients. */
type Reach = readonly string[] | null;

export function InviteDialog({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const { path, roles, isAgency, isSimulated } = place;
  const [email, setEmail] = useState("");
  const [role, setRole] = useState(roles[roles.length - 1] ?? "");
  const [reach, setReach] = useState<Reach>(null);
  const [message, setMessage] = useState("");
  const { action, run } = useAction();
  const send = async () => {
    const body = { email: email.trim(), role, ...(message.trim() === "" ? {} : { message: message.trim() }), ...(isAgency ? { client_ids: reachOf(role, reach) } : {}) };
    const outcome = await run((signal) => call<Member>("post", path, { body, signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(isSimulated ? text.invited_simulated : text.invited, { email: email.trim() }));
    refresh(path);
    onClose();
  };
  return (
    <Dialog title={text.invite} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/email", "/role", "/message"]} onSubmit={() => void send()}>
        <div className="dialog-body">
          <TextInput name="/email" type="email" label={text.email} value={email} onChange={setEmail} isRequired autoFocus autoComplete="off" />
          <RoleInput place={place} value={role} onChange={setRole} />
          {isAgency && role !== "owner" && <ReachInput reach={reach} onChange={setReach} />}
          <TextBlock name="/message" label={text.message} hint={text.message_hint} value={message} onChange={setMessage} isRequired={false} rows={3} maxLength={MESSAGE_CHARS_MAX} />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" icon="send" isBusy={action.kind === "busy"}>{text.send_invitation}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

/** An owner sees every client. */
function reachOf(role: string, reach: Reach): Reach {
  return role === "owner" ? null : reach;
}

function RoleInput({ place: { isAgency, isManaged, roles }, value, onChange }: { readonly place: Place; readonly value: string; readonly onChange: (role: string) => void }) {
  const hints: Readonly<Record<string, string>> = isAgency ? text.agency_role_hints : isManaged ? text.managed_role_hints : text.client_role_hints;
  return <SelectInput name="/role" label={text.role} hint={hints[value]} value={value} onChange={onChange} choices={roles.map((role) => ({ value: role, label: roleLabel(role) }))} />;
}

type MemberProps = { readonly place: Place; readonly member: Member; readonly onClose: () => void };

/** The role, and in the agency the clients that somebody sees. */
export function PlaceDialog({ place, member, onClose }: MemberProps) {
  const { path, isAgency } = place;
  const isOwn = useIsOwn(member);
  const [role, setRole] = useState(member.role);
  const [reach, setReach] = useState<Reach>(member.client_ids);
  const { action, run } = useAction();
  const changed = {
    ...(role === member.role ? {} : { role }),
    ...(!isAgency || sameReach(reachOf(role, reach), member.client_ids) ? {} : { client_ids: reachOf(role, reach) }),
  };
  const save = async () => {
    const outcome = await run((signal) => call<Member>("patch", `${path}/${member.id}`, { body: changed, signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(text.role_changed, { name: nameOf(member), role: roleLabel(role) }));
    refresh(path);
    onClose();
  };
  return (
    <Dialog title={fill(isAgency ? text.place_title : text.role_title, { name: nameOf(member) })} size={isAgency ? "usual" : "narrow"} onClose={onClose}>
      <Form action={action} fields={["/role"]} onSubmit={() => void save()}>
        <div className="dialog-body">
          <RoleInput place={place} value={role} onChange={setRole} />
          {isAgency && role !== "owner" && <ReachInput reach={reach} onChange={setReach} />}
          {member.state === "active" && <p className="hint">{isOwn ? text.ends_own_sessions : text.ends_sessions}</p>}
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={Object.keys(changed).length === 0}>{text.save_role}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

function useIsOwn({ person_id }: Member): boolean {
  const own = useSession().person?.id ?? null;
  return own !== null && own === person_id;
}

function sameReach(one: Reach, other: Reach): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((id) => other.includes(id));
}

export function MemberActDialog({ act, place: { path, isAgency }, member, onClose }: MemberProps & { readonly act: MemberAct }) {
  const isOwn = useIsOwn(member);
  const words = text.acts[act];
  const address = `${path}/${member.id}`;
  const work = (signal: AbortSignal) => {
    switch (act) {
      case "ownership":
        return call<unknown>("post", `${address}/ownership`, { signal });
      case "off":
        return call<unknown>("patch", address, { body: { state: "off" }, signal });
      case "remove":
      case "revoke":
        return call<unknown>("delete", address, { signal });
    }
  };
  return (
    <ConfirmDialog title={fill(words.title, { name: nameOf(member) })} confirm={words.button} tone={act === "ownership" ? "primary" : "danger"}
      done={fill(words.done, { name: nameOf(member) })} work={work} onDone={() => refresh(path)} onClose={onClose}>
      <p>{words.detail}</p>
      {act === "ownership" && <p>{isAgency ? text.ownership_agency : text.ownership_client}</p>}
      {act === "remove" && isOwn && <p><strong>{text.ends_own_sessions}</strong></p>}
    </ConfirmDialog>
  );
}
