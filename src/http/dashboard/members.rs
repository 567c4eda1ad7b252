//! Members: the agency's own people, and those of a client. The same handlers serve both places.

use super::clients::ClientPath;
use crate::domain::access::agency_keys;
use crate::domain::access::sending;
use crate::domain::clients::settings::BoundedList;
use crate::domain::notify;
use crate::domain::people::members::{self, Granter, Member, MemberPatch, NewMember, Reach};
use crate::domain::people::permissions::Permission;
use crate::domain::people::{InvitationMessage, MemberState, Organisation, PeopleError, Role};
use crate::ground::crypto::MacKey;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, MembershipId, PersonId};
use crate::ground::limits::ASSIGNED_CLIENTS_MAX;
use crate::ground::scope::Actor;
use crate::ground::time::Timestamp;
use crate::http::api::views::{ListView, PageQuery};
use crate::http::room_problems::InvitationFailure;
use crate::http::{
    Accepted, Agency, AgencyStaff, Call, ClientMember, Code, Created, HttpState, Json, Limit,
    Member as MemberRule, NoContent, NoPath, NoQuery, Problem, Route, delete, get, operation, patch, post,
};
use crate::store::{PageRequest, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

const TAG: &str = "Members";
const PROBLEMS: &[Code] = &[Code::NotFound, Code::WrongState, Code::Forbidden, Code::QuotaReached];

pub(super) fn routes() -> Vec<Route> {
    let mut rows = of_agency();
    rows.extend(of_client());
    rows
}

fn of_agency() -> Vec<Route> {
    let (read, write) = (Agency(Permission::StaffRead), Agency(Permission::StaffWrite));
    let (reads, writes) = (Limit::Session, Limit::SessionWrite);
    let says = |id, text| operation(id, TAG, text);
    vec![
        get(
            "/api/members",
            says("listStaff", "List the agency's people, newest first."),
            read,
            reads,
            list_staff,
        ),
        post(
            "/api/members",
            says("inviteStaff", "Invite somebody into the agency."),
            write,
            writes,
            invite_staff,
        )
        .may_answer(PROBLEMS),
        patch(
            "/api/members/{id}",
            says(
                "changeStaff",
                "Change role, state or clients of somebody of the agency; their sessions end.",
            ),
            write,
            writes,
            change_staff,
        )
        .may_answer(PROBLEMS),
        delete(
            "/api/members/{id}",
            says("removeStaff", "Remove somebody from the agency, or take an invitation back."),
            write,
            writes,
            remove_staff,
        )
        .may_answer(PROBLEMS),
        post(
            "/api/members/{id}/resend",
            says("inviteStaffAgain", "Send an invitation again; the former link is void."),
            write,
            writes,
            resend_staff,
        )
        .may_answer(PROBLEMS),
        post(
            "/api/members/{id}/ownership",
            says("handAgencyOver", "Make somebody the agency's owner in your place."),
            Agency(Permission::AgencyOwn),
            writes,
            hand_agency_over,
        )
        .may_answer(PROBLEMS),
    ]
}

fn of_client() -> Vec<Route> {
    let (read, write) = (MemberRule(Permission::MembersRead), MemberRule(Permission::MembersWrite));
    let (reads, writes) = (Limit::Session, Limit::SessionWrite);
    let says = |id, text| operation(id, TAG, text);
    vec![
        get(
            "/api/clients/{client}/members",
            says("listClientMembers", "List a client's people, newest first."),
            read,
            reads,
            list_members,
        ),
        post(
            "/api/clients/{client}/members",
            says("inviteMember", "Invite somebody into a client."),
            write,
            writes,
            invite_member,
        )
        .may_answer(PROBLEMS),
        patch(
            "/api/clients/{client}/members/{id}",
            says("changeMember", "Change role or state of somebody of a client; their sessions end."),
            write,
            writes,
            change_member,
        )
        .may_answer(PROBLEMS),
        delete(
            "/api/clients/{client}/members/{id}",
            says("removeMember", "Remove somebody from a client, or take an invitation back."),
            write,
            writes,
            remove_member,
        )
        .may_answer(PROBLEMS),
        post(
            "/api/clients/{client}/members/{id}/resend",
            says("inviteMemberAgain", "Send an invitation again; the former link is void."),
            write,
            writes,
            resend_member,
        )
        .may_answer(PROBLEMS),
        post(
            "/api/clients/{client}/members/{id}/ownership",
            says("handClientOver", "Make somebody the client's owner in your place."),
            MemberRule(Permission::ClientOwn),
            writes,
            hand_client_over,
        )
        .may_answer(PROBLEMS),
    ]
}

/// Where it is done, and by whom.
struct Desk {
    organisation: Organisation,
    by: Granter,
    actor: Actor,
}

impl From<&AgencyStaff> for Desk {
    fn from(staff: &AgencyStaff) -> Self {
        Self {
            organisation: Organisation::agency(&staff.right.scope),
            by: staff.right.granter(),
            actor: staff.right.scope.actor().clone(),
        }
    }
}

impl From<&ClientMember> for Desk {
    fn from(member: &ClientMember) -> Self {
        Self {
            organisation: Organisation::client(&member.right.scope),
            by: member.right.granter(),
            actor: member.right.scope.actor().clone(),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct StaffPath {
    id: MembershipId,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct MemberPath {
    #[expect(dead_code, reason = "the frame has made the caller's scope of it")]
    client: ClientId,
    id: MembershipId,
}

/// Somebody of the agency or of a client.
#[derive(Debug, Serialize, JsonSchema)]
struct MemberView {
    id: MembershipId,
    /// Null while they are invited, like the name.
    person_id: Option<PersonId>,
    name: Option<String>,
    email: String,
    role: Role,
    state: MemberState,
    invited_at: Timestamp,
    /// Of the invitation; null once it was accepted.
    expires_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    /// The clients that somebody of the agency sees; null: all of them.
    client_ids: Option<Vec<ClientId>>,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            id: member.id,
            person_id: member.person_id,
            name: member.name.map(|name| name.into_string()),
            email: member.email.as_str().to_owned(),
            role: member.role,
            state: member.state,
            invited_at: member.invited_at,
            expires_at: member.expires_at,
            last_seen_at: member.last_seen_at,
            client_ids: match member.reach {
                Reach::All => None,
                Reach::Only(clients) => Some(clients),
            },
        }
    }
}

type ClientIds = BoundedList<ClientId, ASSIGNED_CLIENTS_MAX>;

fn reach_of(client_ids: Option<ClientIds>) -> Reach {
    client_ids.map_or(Reach::All, |clients| Reach::Only(clients.as_slice().to_vec()))
}

/// Somebody who is to be invited into the agency.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StaffRequest {
    #[schemars(with = "String")]
    email: EmailAddress,
    role: Role,
    message: Option<InvitationMessage>,
    /// The clients that they see; null or left out: all of them.
    client_ids: Option<ClientIds>,
}

/// Somebody who is to be invited into a client.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MemberRequest {
    #[schemars(with = "String")]
    email: EmailAddress,
    role: Role,
    message: Option<InvitationMessage>,
}

/// A change of somebody of the agency; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StaffChange {
    role: Option<Role>,
    /// `active` or `off`.
    state: Option<MemberState>,
    /// The clients that they see; null: all of them.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<ClientIds>")]
    client_ids: Option<Option<ClientIds>>,
}

/// A change of somebody of a client; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MemberChange {
    role: Option<Role>,
    /// `active` or `off`.
    state: Option<MemberState>,
}

/// Tells null from a field that was left out.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

// ── what is done, in either place ───────────────────────────────────────────────────────────────────────────

async fn list(
    state: &HttpState,
    desk: Desk,
    page: PageRequest,
) -> Result<Json<ListView<MemberView>>, Problem> {
    let found = state.env.db.read(move |tx| members::list(tx, &desk.organisation, &page)).await?;
    Ok(Json(ListView::of(found, MemberView::from)))
}

async fn invite(state: &HttpState, desk: Desk, new: NewMember) -> Result<MemberView, Problem> {
    let Desk { organisation, by, actor } = desk;
    let (key, caps) = (state.env.signing_key.clone(), state.env.caps);
    let invited = state.env.db.write(actor, move |tx| -> Result<_, InvitationFailure> {
        let member = members::invite(tx, &organisation, &by, &caps, &new)?;
        send(tx, &key, &organisation, &member)?;
        Ok(member)
    });
    Ok(invited.await?.into())
}

/// Writes the mail of an invitation, within the limits of sending.
pub(super) fn send(
    tx: &WriteTx<'_>,
    key: &MacKey,
    organisation: &Organisation,
    member: &Member,
) -> Result<(), InvitationFailure> {
    sending::count_invitation(tx, key, organisation, &member.email)?;
    notify::write_invitation(tx, organisation, member)?;
    Ok(())
}

async fn resend(state: &HttpState, desk: Desk, id: MembershipId) -> Result<Accepted<MemberView>, Problem> {
    let Desk { organisation, by, actor } = desk;
    let key = state.env.signing_key.clone();
    let renewed = state.env.db.write(actor, move |tx| -> Result<_, InvitationFailure> {
        let member = members::renew_invitation(tx, &organisation, &by, &id)?;
        send(tx, &key, &organisation, &member)?;
        Ok(member)
    });
    Ok(Accepted(renewed.await?.into()))
}

async fn change(
    state: &HttpState,
    desk: Desk,
    id: MembershipId,
    patch: MemberPatch,
) -> Result<Json<MemberView>, Problem> {
    let Desk { organisation, by, actor } = desk;
    let changed = state.env.db.write(actor, move |tx| members::change(tx, &organisation, &by, &id, &patch));
    Ok(Json(changed.await?.into()))
}

async fn remove(state: &HttpState, desk: Desk, id: MembershipId) -> Result<NoContent, Problem> {
    let Desk { organisation, by, actor } = desk;
    let removed = state.env.db.write(actor, move |tx| -> Result<_, PeopleError> {
        let removed = members::remove(tx, &organisation, &by, &id)?;
        agency_keys::end_with(tx, &organisation, &removed)?;
        notify::write_member_removed(tx, &organisation, &removed, by.person_id.as_ref())?;
        Ok(())
    });
    removed.await?;
    Ok(NoContent)
}

async fn hand_over(state: &HttpState, desk: Desk, id: MembershipId) -> Result<Json<MemberView>, Problem> {
    let Desk { organisation, by, actor } = desk;
    let handed =
        state.env.db.write(actor, move |tx| members::transfer_ownership(tx, &organisation, &by, &id));
    Ok(Json(handed.await?.into()))
}

// ── in the agency ───────────────────────────────────────────────────────────────────────────────────────────

async fn list_staff(
    call: Call<AgencyStaff, NoPath, PageQuery>,
) -> Result<Json<ListView<MemberView>>, Problem> {
    list(&call.state, Desk::from(&call.caller), call.query.request()?).await
}

async fn invite_staff(
    call: Call<AgencyStaff, NoPath, NoQuery, Json<StaffRequest>>,
) -> Result<Created<MemberView>, Problem> {
    let Json(request) = call.body;
    let new = NewMember {
        email: request.email,
        role: request.role,
        message: request.message.unwrap_or_else(InvitationMessage::empty),
        reach: reach_of(request.client_ids),
    };
    let body = invite(&call.state, Desk::from(&call.caller), new).await?;
    Ok(Created { location: "/api/members".to_owned(), body })
}

async fn resend_staff(call: Call<AgencyStaff, StaffPath>) -> Result<Accepted<MemberView>, Problem> {
    resend(&call.state, Desk::from(&call.caller), call.path.id).await
}

async fn change_staff(
    call: Call<AgencyStaff, StaffPath, NoQuery, Json<StaffChange>>,
) -> Result<Json<MemberView>, Problem> {
    let Json(request) = call.body;
    let patch =
        MemberPatch { role: request.role, state: request.state, reach: request.client_ids.map(reach_of) };
    change(&call.state, Desk::from(&call.caller), call.path.id, patch).await
}

async fn remove_staff(call: Call<AgencyStaff, StaffPath>) -> Result<NoContent, Problem> {
    remove(&call.state, Desk::from(&call.caller), call.path.id).await
}

async fn hand_agency_over(call: Call<AgencyStaff, StaffPath>) -> Result<Json<MemberView>, Problem> {
    hand_over(&call.state, Desk::from(&call.caller), call.path.id).await
}

// ── in a client ─────────────────────────────────────────────────────────────────────────────────────────────

async fn list_members(
    call: Call<ClientMember, ClientPath, PageQuery>,
) -> Result<Json<ListView<MemberView>>, Problem> {
    list(&call.state, Desk::from(&call.caller), call.query.request()?).await
}

async fn invite_member(
    call: Call<ClientMember, ClientPath, NoQuery, Json<MemberRequest>>,
) -> Result<Created<MemberView>, Problem> {
    let Json(request) = call.body;
    let new = NewMember {
        email: request.email,
        role: request.role,
        message: request.message.unwrap_or_else(InvitationMessage::empty),
        reach: Reach::All,
    };
    let location = format!("/api/clients/{}/members", call.caller.right.scope.client_id());
    let body = invite(&call.state, Desk::from(&call.caller), new).await?;
    Ok(Created { location, body })
}

async fn resend_member(call: Call<ClientMember, MemberPath>) -> Result<Accepted<MemberView>, Problem> {
    resend(&call.state, Desk::from(&call.caller), call.path.id).await
}

async fn change_member(
    call: Call<ClientMember, MemberPath, NoQuery, Json<MemberChange>>,
) -> Result<Json<MemberView>, Problem> {
    let Json(request) = call.body;
    let patch = MemberPatch { role: request.role, state: request.state, reach: None };
    change(&call.state, Desk::from(&call.caller), call.path.id, patch).await
}

async fn remove_member(call: Call<ClientMember, MemberPath>) -> Result<NoContent, Problem> {
    remove(&call.state, Desk::from(&call.caller), call.path.id).await
}

async fn hand_client_over(call: Call<ClientMember, MemberPath>) -> Result<Json<MemberView>, Problem> {
    hand_over(&call.state, Desk::from(&call.caller), call.path.id).await
}
