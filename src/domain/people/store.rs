//! The SQL of people and their places.

mod invitations;
mod members;
mod persons;
mod places;

pub(super) use invitations::{
    find_invitation, find_past_invitation, insert_invitation, set_accepted, set_invitation_expiry,
};
pub(super) use members::{
    count_active_owners, count_members, delete_member, find_member, find_membership_of, has_member_beside,
    has_member_with_key, insert_owner, list_members, update_member,
};
pub(super) use persons::{
    count_access_version, count_access_versions, find_active_by_key, find_person, find_person_by_key,
    insert_person, list_owners, list_people, set_email, set_last_seen, set_name,
};
pub(super) use places::{has_client, insert_assignments, is_assigned, list_memberships};
