// The people of the agency, and of a client: the same page over two resources.

import { useState } from "react";
import { text as common } from "texts:common";
import { text } from "texts:members";
import { fill } from "../../shared/strings";
import { call, clientPath } from "../api";
import type { AgencyRole, ClientRole, Member, Page } from "../contract";
import { formatAgo, formatCode, formatDay } from "../format";
import { refresh, useAction, usePages } from "../query";
import type { PageProps } from "../routes";
import { useMay, useSession } from "../session";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog, DialogFoot } from "../ui/dialog";
import { SelectInput, TextBlock, TextInput } from "../ui/field";
import { Form } from "../ui/form";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { Badge, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify, notifyFailure } from "../ui/toast";

const AGENCY_ROLES: readonly AgencyRole[] = ["owner", "admin", "account_manager", "content_specialist"];
const CLIENT_ROLES: readonly ClientRole[] = ["owner", "manager", "member"];
const STATE_TONES = { invited: "busy", active: "good", off: "plain" } as const;

type Shown = { readonly kind: "nothing" } | { readonly kind: "invite" } | { readonly kind: "role" | "remove" | "off"; readonly member: Member };

export function MembersPage({ client }: PageProps) {
  const path = client === "" ? "/api/members" : clientPath(client, "/api/members");
  const roles = client === "" ? AGENCY_ROLES : CLIENT_ROLES;
  const may = useMay(client === "" ? null : client);
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const close = () => setShown({ kind: "nothing" });
  const pages = usePages<Member>(path, (cursor, signal) => call<Page<Member>>("get", path, { query: { cursor }, signal }));
  const invite = may("members:write") && <Button look="primary" icon="plus" onPress={() => setShown({ kind: "invite" })}>{text.invite}</Button>;
  return (
    <>
      <PageHead title={text.title} lead={client === "" ? text.lead_agency : text.lead_client} actions={invite} />
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(members) => members.length === 0
          ? <Empty icon="people" title={text.empty_title} action={invite}>{text.empty}</Empty>
          : <MemberTable members={members} path={path} mayWrite={may("members:write")} onShow={setShown} />}
      </QueryView>
      <More pages={pages} />
      {shown.kind === "invite" && <InviteDialog path={path} roles={roles} onClose={close} />}
      {shown.kind === "role" && <RoleDialog path={path} roles={roles} member={shown.member} onClose={close} />}
      {shown.kind === "off" && (
        <ConfirmDialog title={fill(text.off_title, { name: nameOf(shown.member) })} confirm={text.off} done={text.off_done}
          work={(signal) => call<Member>("patch", `${path}/${shown.member.id}`, { body: { state: "off" }, signal })} onDone={() => refresh(path)} onClose={close}>
          <p>{text.off_detail}</p>
        </ConfirmDialog>
      )}
      {shown.kind === "remove" && (
        <ConfirmDialog title={fill(shown.member.state === "invited" ? text.revoke_title : text.remove_title, { name: nameOf(shown.member) })}
          confirm={shown.member.state === "invited" ? text.revoke : text.remove} done={shown.member.state === "invited" ? text.revoke_done : text.remove_done}
          work={(signal) => call<null>("delete", `${path}/${shown.member.id}`, { signal })} onDone={() => refresh(path)} onClose={close}>
          <p>{shown.member.state === "invited" ? text.revoke_detail : text.remove_detail}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function nameOf({ name, email }: Member): string {
  return name || email;
}

export function roleLabel(role: string): string {
  return (common.roles as Readonly<Record<string, string>>)[role] ?? formatCode(role);
}

function MemberTable({ members, path, mayWrite, onShow }: { readonly members: readonly Member[]; readonly path: string; readonly mayWrite: boolean; readonly onShow: (shown: Shown) => void }) {
  const own = useSession().person?.id ?? null;
  const act = async (verb: "resend" | "on", member: Member) => {
    const outcome = verb === "resend"
      ? await call("post", `${path}/${member.id}/resend`)
      : await call("patch", `${path}/${member.id}`, { body: { state: "active" } });
    if (outcome.kind === "failed") return notifyFailure(outcome.failure.message);
    notify(verb === "resend" ? fill(text.resent, { email: member.email }) : fill(text.on_done, { name: nameOf(member) }));
    refresh(path);
  };
  const columns: readonly Column<Member>[] = [
    {
      id: "name", head: text.person, isBare: true, width: "grow",
      cell: (member) => (
        <>
          <strong>{nameOf(member)}</strong> {member.person_id !== null && member.person_id === own && <Badge>{text.you}</Badge>}
          {member.name && <p className="hint">{member.email}</p>}
        </>
      ),
    },
    { id: "role", head: text.role, cell: ({ role }) => roleLabel(role) },
    { id: "state", head: text.state, cell: ({ state }) => <Badge tone={STATE_TONES[state]}>{text.states[state]}</Badge> },
    {
      id: "seen", head: text.last_seen,
      cell: ({ state, last_seen_at, invited_at, expires_at }) => state === "invited"
        ? <span className="hint">{expires_at ? fill(text.invited_until, { day: formatDay(expires_at) }) : fill(text.invited_ago, { ago: formatAgo(invited_at) })}</span>
        : last_seen_at ? formatAgo(last_seen_at) : text.never,
    },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (member) => mayWrite && (
        <ActionMenu label={fill(text.actions_for, { name: nameOf(member) })} actions={[
          member.state === "invited" && { id: "resend", label: text.resend, icon: "mail", act: () => void act("resend", member) },
          { id: "role", label: text.change_role, icon: "edit", act: () => onShow({ kind: "role", member }) },
          member.state === "active" && member.person_id !== own && { id: "off", label: text.off, icon: "stop", act: () => onShow({ kind: "off", member }) },
          member.state === "off" && { id: "on", label: text.on, icon: "retry", act: () => void act("on", member) },
          { id: "remove", label: member.state === "invited" ? text.revoke : text.remove, icon: "trash", isDanger: true, act: () => onShow({ kind: "remove", member }) },
        ]} />
      ),
    },
  ];
  return <Table label={text.title} columns={columns} rows={members} isMarked={({ state }) => state === "off"} />;
}

function InviteDialog({ path, roles, onClose }: { readonly path: string; readonly roles: readonly string[]; readonly onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState(roles[roles.length - 1] ?? "");
  const [message, setMessage] = useState("");
  const { action, run } = useAction();
  const send = async () => {
    const body = { email: email.trim(), role, ...(message.trim() === "" ? {} : { message: message.trim() }) };
    const outcome = await run((signal) => call<Member>("post", path, { body, signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(text.invited, { email: email.trim() }));
    refresh(path);
    onClose();
  };
  return (
    <Dialog title={text.invite} onClose={onClose} isDismissable={false}>
      <Form action={action} fields={["/email", "/role", "/message"]} onSubmit={() => void send()}>
        <div className="dialog-body">
          <TextInput name="/email" type="email" label={text.email} value={email} onChange={setEmail} isRequired autoFocus autoComplete="off" />
          <RoleInput roles={roles} value={role} onChange={setRole} />
          <TextBlock name="/message" label={text.message} hint={text.message_hint} value={message} onChange={setMessage} isRequired={false} rows={3} maxLength={1000} />
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" icon="send" isBusy={action.kind === "busy"}>{text.send_invitation}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}

function RoleInput({ roles, value, onChange }: { readonly roles: readonly string[]; readonly value: string; readonly onChange: (role: string) => void }) {
  const hints: Readonly<Record<string, string>> = roles.includes("admin") ? text.agency_role_hints : text.client_role_hints;
  return <SelectInput name="/role" label={text.role} hint={hints[value]} value={value} onChange={onChange} choices={roles.map((role) => ({ value: role, label: roleLabel(role) }))} />;
}

function RoleDialog({ path, roles, member, onClose }: { readonly path: string; readonly roles: readonly string[]; readonly member: Member; readonly onClose: () => void }) {
  const [role, setRole] = useState(member.role);
  const { action, run } = useAction();
  const save = async () => {
    const outcome = await run((signal) => call<Member>("patch", `${path}/${member.id}`, { body: { role }, signal }));
    if (outcome.kind !== "ok") return;
    notify(fill(text.role_changed, { name: nameOf(member), role: roleLabel(role) }));
    refresh(path);
    onClose();
  };
  return (
    <Dialog title={fill(text.role_title, { name: nameOf(member) })} size="narrow" onClose={onClose}>
      <Form action={action} fields={[]} onSubmit={() => void save()}>
        <div className="dialog-body">
          <RoleInput roles={roles.includes(role) ? roles : [role, ...roles]} value={role} onChange={setRole} />
          <p className="hint">{text.role_ends_sessions}</p>
        </div>
        <DialogFoot>
          <Button onPress={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" isBusy={action.kind === "busy"} isDisabled={role === member.role}>{text.save_role}</Button>
        </DialogFoot>
      </Form>
    </Dialog>
  );
}
