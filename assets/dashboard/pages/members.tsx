// The people of the agency, and of a client: the same page over two resources.

import { useState } from "react";
import { text } from "texts:members";
import { fill } from "../../shared/strings";
import { call, clientPath } from "../api";
import type { Client, Member, Page, Permission } from "../contract";
import { formatAgo, formatCount, formatDay, formatNumber } from "../format";
import { refresh, usePages, useQuery } from "../query";
import type { PageProps } from "../routes";
import { isServedIn, useMay, useSession } from "../session";
import { Button } from "../ui/button";
import { later } from "../ui/later";
import { ActionMenu } from "../ui/menu";
import { PageHead } from "../ui/page";
import { Badge, Banner, Empty, More, QueryView } from "../ui/states";
import { Table, type Column } from "../ui/table";
import { notify, notifyFailure } from "../ui/toast";
import { BillingContactsCard } from "./billing-contacts";
import type { MemberAct, Place } from "./member-dialogs";
import { nameOf, roleLabel } from "./member-words";

const InviteDialog = later(() => import("./member-dialogs").then((it) => it.InviteDialog));
const PlaceDialog = later(() => import("./member-dialogs").then((it) => it.PlaceDialog));
const MemberActDialog = later(() => import("./member-dialogs").then((it) => it.MemberActDialog));

const STATE_TONES = { invited: "busy", active: "good", off: "plain" } as const;

type Shown = { readonly kind: "nothing" } | { readonly kind: "invite" } | { readonly kind: "place" | MemberAct; readonly member: Member };

/** Nobody gives or changes what they do not hold: owners are for owners. */
function placeOf(client: string, may: (permission: Permission) => boolean, served: Pick<Place, "isManaged" | "isSimulated">): Place {
  const isAgency = client === "";
  const isOwner = may(isAgency ? "agency:own" : "client:own");
  const roles = isAgency ? ["owner", "admin", "account_manager", "content_specialist"] : ["owner", "manager", "member"];
  return { path: isAgency ? "/api/members" : clientPath(client, "/api/members"), isAgency, isOwner, roles: isOwner ? roles : roles.slice(1), ...served };
}

/** How the client is served: the agency's people read it of the client, its own people of their place and of the client. */
function useServed(client: string): Pick<Place, "isManaged" | "isSimulated"> & { readonly seats: number | null } {
  const session = useSession();
  const path = `/api/clients/${encodeURIComponent(client)}`;
  const mayRead = useMay(client)("results:read");
  const { query } = useQuery<Client>(client !== "" && mayRead ? path : null, (signal) => call<Client>("get", path, { signal }));
  const read = query.kind === "ready" ? query.value : null;
  return { isManaged: isServedIn(session, client) || read?.service === "managed", isSimulated: read !== null && read.purpose !== "live", seats: read?.caps?.members ?? null };
}

export function MembersPage({ client }: PageProps) {
  const may = useMay(client === "" ? null : client);
  const { seats, ...served } = useServed(client);
  const place = placeOf(client, may, served);
  const { path, isAgency } = place;
  const mayWrite = may(isAgency ? "staff:write" : "members:write");
  const [shown, setShown] = useState<Shown>({ kind: "nothing" });
  const close = () => setShown({ kind: "nothing" });
  const pages = usePages<Member>(path, (cursor, signal) => call<Page<Member>>("get", path, { query: { cursor }, signal }));
  const invite = mayWrite && <Button look="primary" icon="plus" onPress={() => setShown({ kind: "invite" })}>{text.invite}</Button>;
  return (
    <>
      <PageHead title={text.title} lead={isAgency ? text.lead_agency : place.isManaged ? text.lead_managed : text.lead_client} actions={invite} />
      {place.isSimulated && mayWrite && <div className="page-note"><Banner tone="info"><p>{text.simulated}</p></Banner></div>}
      <QueryView query={pages.query} onRetry={pages.reload}>
        {(members) => members.length === 0
          ? <Empty icon="people" title={text.empty_title} action={invite}>{mayWrite ? text.empty : undefined}</Empty>
          : (
            <>
              {seats !== null && <p className="hint page-note">{fill(text.seats, { used: formatNumber(members.length), seats: formatNumber(seats) })}</p>}
              <MemberTable members={members} place={place} mayWrite={mayWrite} onShow={setShown} />
            </>
          )}
      </QueryView>
      <More pages={pages} />
      {!isAgency && <div className="after-list"><BillingContactsCard client={client} mayWrite={mayWrite} /></div>}
      {shown.kind === "invite" && <InviteDialog place={place} onClose={close} />}
      {shown.kind === "place" && <PlaceDialog place={place} member={shown.member} onClose={close} />}
      {shown.kind !== "nothing" && shown.kind !== "invite" && shown.kind !== "place" && <MemberActDialog act={shown.kind} place={place} member={shown.member} onClose={close} />}
    </>
  );
}

function MemberTable({ members, place, mayWrite, onShow }: { readonly members: readonly Member[]; readonly place: Place; readonly mayWrite: boolean; readonly onShow: (shown: Shown) => void }) {
  const { path, isAgency, isOwner, isSimulated } = place;
  const own = useSession().person?.id ?? null;
  const act = async (verb: "resend" | "on", member: Member) => {
    const outcome = verb === "resend"
      ? await call("post", `${path}/${member.id}/resend`)
      : await call("patch", `${path}/${member.id}`, { body: { state: "active" } });
    if (outcome.kind === "failed") return notifyFailure(outcome.failure.message);
    notify(verb === "resend" ? fill(isSimulated ? text.resent_simulated : text.resent, { email: member.email }) : fill(text.on_done, { name: nameOf(member) }));
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
    {
      id: "role", head: text.role,
      cell: ({ role, client_ids }) => (
        <>
          {roleLabel(role)}
          {isAgency && <p className="hint">{client_ids === null ? text.all_clients : formatCount(client_ids.length, text.clients_one, text.clients_many)}</p>}
        </>
      ),
    },
    { id: "state", head: text.state, cell: ({ state }) => <Badge tone={STATE_TONES[state]}>{text.states[state]}</Badge> },
    {
      id: "seen", head: text.last_seen,
      cell: ({ state, last_seen_at, invited_at, expires_at }) => state === "invited"
        ? <span className="hint">{expires_at ? fill(text.invited_until, { day: formatDay(expires_at) }) : fill(text.invited_ago, { ago: formatAgo(invited_at) })}</span>
        : last_seen_at ? formatAgo(last_seen_at) : text.never,
    },
    {
      id: "menu", head: <span className="visually-hidden">{text.actions}</span>, isBare: true, width: "fit",
      cell: (member) => mayWrite && (isOwner || member.role !== "owner") && (
        <ActionMenu label={fill(text.actions_for, { name: nameOf(member) })} actions={[
          member.state === "invited" && { id: "resend", label: text.resend, icon: "mail", act: () => void act("resend", member) },
          { id: "place", label: isAgency ? text.change_place : text.change_role, icon: "edit", act: () => onShow({ kind: "place", member }) },
          isOwner && member.state === "active" && member.role !== "owner" && { id: "ownership", label: text.ownership, icon: "key", act: () => onShow({ kind: "ownership", member }) },
          member.state === "active" && member.person_id !== own && { id: "off", label: text.off, icon: "stop", act: () => onShow({ kind: "off", member }) },
          member.state === "off" && { id: "on", label: text.on, icon: "retry", act: () => void act("on", member) },
          { id: "remove", label: member.state === "invited" ? text.revoke : text.remove, icon: "trash", isDanger: true, act: () => onShow({ kind: member.state === "invited" ? "revoke" : "remove", member }) },
        ]} />
      ),
    },
  ];
  return <Table label={text.title} columns={columns} rows={members} isMarked={({ state }) => state === "off"} />;
}
