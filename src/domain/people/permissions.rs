//! What a role may do: one table, and the rule that nobody gives what they do not hold. Pure.

use super::{MembershipKind, Role};
use crate::domain::people::Role::{
    AccountManager, Admin, ContentSpecialist, Manager, Member as PlainMember, Owner,
};
use crate::text_enum;
use std::collections::BTreeSet;

text_enum! {
    /// One thing that a person may do.
    pub enum Permission {
        ClientsRead = "clients:read",
        ClientsWrite = "clients:write",
        /// How a client stands, and what happens there.
        ResultsRead = "results:read",
        MembersRead = "members:read",
        MembersWrite = "members:write",
        KnowledgeRead = "knowledge:read",
        KnowledgeWrite = "knowledge:write",
        ConversationsRead = "conversations:read",
        ConversationsWrite = "conversations:write",
        SettingsRead = "settings:read",
        SettingsWrite = "settings:write",
        KeysRead = "keys:read",
        KeysWrite = "keys:write",
        /// To be or make an owner of a client.
        ClientOwn = "client:own",
        /// Keys that open the agency itself to programs.
        AgencyKeysWrite = "agency_keys:write",
        /// The agency's own people.
        StaffRead = "staff:read",
        StaffWrite = "staff:write",
        JobsRead = "jobs:read",
        JobsWrite = "jobs:write",
        MailsRead = "mails:read",
        MailsWrite = "mails:write",
        AuditRead = "audit:read",
        /// To be or make an owner of the agency.
        AgencyOwn = "agency:own",
    }
}

use Permission as P;

/// What belongs to one client.
const OF_A_CLIENT: &[Permission] = &[
    P::ResultsRead,
    P::MembersRead,
    P::MembersWrite,
    P::KnowledgeRead,
    P::KnowledgeWrite,
    P::ConversationsRead,
    P::ConversationsWrite,
    P::SettingsRead,
    P::SettingsWrite,
    P::KeysRead,
    P::KeysWrite,
    P::ClientOwn,
];

/// What a client's own people keep of it where the agency looks after the assistant.
const IN_A_MANAGED_CLIENT: &[Permission] = &[
    P::ResultsRead,
    P::MembersRead,
    P::MembersWrite,
    P::ConversationsRead,
    P::ConversationsWrite,
    P::ClientOwn,
];

/// The matrix: every role with what it may do. Staff of the agency may do it in every client that they reach.
pub const MATRIX: &[(MembershipKind, Role, &[Permission])] = &[
    (MembershipKind::Agency, Owner, Permission::ALL),
    (
        MembershipKind::Agency,
        Admin,
        &[
            P::ClientsRead,
            P::ClientsWrite,
            P::ResultsRead,
            P::MembersRead,
            P::MembersWrite,
            P::KnowledgeRead,
            P::KnowledgeWrite,
            P::ConversationsRead,
            P::ConversationsWrite,
            P::SettingsRead,
            P::SettingsWrite,
            P::KeysRead,
            P::KeysWrite,
            P::ClientOwn,
            P::AgencyKeysWrite,
            P::StaffRead,
            P::StaffWrite,
            P::JobsRead,
            P::JobsWrite,
            P::MailsRead,
            P::MailsWrite,
            P::AuditRead,
        ],
    ),
    (
        MembershipKind::Agency,
        AccountManager,
        &[
            P::ClientsRead,
            P::ClientsWrite,
            P::ResultsRead,
            P::MembersRead,
            P::MembersWrite,
            P::KnowledgeRead,
            P::KnowledgeWrite,
            P::ConversationsRead,
            P::ConversationsWrite,
            P::SettingsRead,
            P::SettingsWrite,
            P::KeysRead,
            P::KeysWrite,
            P::ClientOwn,
            P::StaffRead,
            P::MailsRead,
        ],
    ),
    (
        MembershipKind::Agency,
        ContentSpecialist,
        &[
            P::ClientsRead,
            P::ResultsRead,
            P::KnowledgeRead,
            P::KnowledgeWrite,
            P::ConversationsRead,
            P::SettingsRead,
        ],
    ),
    (MembershipKind::Client, Owner, OF_A_CLIENT),
    (
        MembershipKind::Client,
        Manager,
        &[
            P::ResultsRead,
            P::MembersRead,
            P::MembersWrite,
            P::KnowledgeRead,
            P::KnowledgeWrite,
            P::ConversationsRead,
            P::ConversationsWrite,
            P::SettingsRead,
            P::SettingsWrite,
            P::KeysRead,
        ],
    ),
    (
        MembershipKind::Client,
        PlainMember,
        &[
            P::ResultsRead,
            P::MembersRead,
            P::KnowledgeRead,
            P::ConversationsRead,
            P::ConversationsWrite,
            P::SettingsRead,
        ],
    ),
];

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held(BTreeSet<Permission>);

impl Held {
    /// The operator's at the command line, and the setup link's.
    pub fn everything() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// What a role may do; None for a role that its place does not have.
    pub fn of_role(kind: MembershipKind, role: Role) -> Option<Self> {
        let row = MATRIX.iter().find(|(of_kind, of_role, _)| *of_kind == kind && *of_role == role);
        row.map(|(_, _, permissions)| permissions.iter().copied().collect())
    }

    /// What is left of it for staff who see assigned clients only: what belongs to a client, and the list of them.
    #[must_use]
    pub fn limited(self) -> Self {
        let stays = |it: &Permission| OF_A_CLIENT.contains(it) || *it == P::ClientsRead;
        self.0.into_iter().filter(stays).collect()
    }

    /// What is left of it for a client's people where the agency looks after the assistant: to see what comes of it,
    /// to answer for it, and to say who else may.
    #[must_use]
    pub fn of_managed(self) -> Self {
        self.0.into_iter().filter(|it| IN_A_MANAGED_CLIENT.contains(it)).collect()
    }

    pub fn contains(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// Whether whoever holds this may give, change and take away what `other` is: nobody grants what they do not
    /// hold.
    pub fn covers(&self, other: &Held) -> bool {
        other.0.is_subset(&self.0)
    }

    pub fn list(&self) -> Vec<Permission> {
        self.0.iter().copied().collect()
    }
}

impl FromIterator<Permission> for Held {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::MembershipKind::{Agency, Client};

    fn held(kind: MembershipKind, role: Role) -> Held {
        Held::of_role(kind, role).unwrap()
    }

    // ACC-1
    #[test]
    fn every_role_stands_in_the_matrix_once_and_in_its_place_only() {
        let of = |kind| {
            let rows = MATRIX.iter().filter(move |(of_kind, _, _)| *of_kind == kind);
            rows.map(|(_, role, _)| *role).collect::<Vec<_>>()
        };

        assert_eq!(of(Agency), [Owner, Admin, AccountManager, ContentSpecialist]);
        assert_eq!(of(Client), [Owner, Manager, PlainMember]);
        assert_eq!(Held::of_role(Client, Admin), None);
        assert_eq!(Held::of_role(Agency, PlainMember), None);
    }

    // ACC-1
    #[test]
    fn nobody_covers_a_role_that_holds_more_than_their_own() {
        let may_grant = [
            ((Agency, Owner), vec![(Agency, Owner), (Agency, Admin), (Client, Owner)]),
            ((Agency, Admin), vec![(Agency, Admin), (Agency, ContentSpecialist), (Client, Owner)]),
            ((Agency, AccountManager), vec![(Agency, AccountManager), (Client, Owner), (Client, Manager)]),
            ((Client, Owner), vec![(Client, Owner), (Client, Manager), (Client, PlainMember)]),
            ((Client, Manager), vec![(Client, Manager), (Client, PlainMember)]),
        ];
        for ((kind, role), granted) in may_grant {
            for (other_kind, other) in granted {
                assert!(held(kind, role).covers(&held(other_kind, other)), "{role} grants {other}");
            }
        }
        for ((kind, role), (other_kind, other)) in [
            ((Agency, Admin), (Agency, Owner)),
            ((Agency, AccountManager), (Agency, Admin)),
            ((Agency, ContentSpecialist), (Client, PlainMember)),
            ((Client, Manager), (Client, Owner)),
            ((Client, PlainMember), (Client, Manager)),
            ((Client, Owner), (Agency, ContentSpecialist)),
        ] {
            assert!(!held(kind, role).covers(&held(other_kind, other)), "{role} does not grant {other}");
        }
    }

    // ACC-8
    #[test]
    fn in_a_managed_client_every_role_sees_results_and_changes_nothing_of_the_assistant() {
        for role in [Owner, Manager, PlainMember] {
            let managed = held(Client, role).of_managed();

            assert!(managed.contains(P::ResultsRead) && managed.contains(P::ConversationsRead), "{role}");
            for permission in [
                P::KnowledgeRead,
                P::KnowledgeWrite,
                P::SettingsRead,
                P::SettingsWrite,
                P::KeysRead,
                P::KeysWrite,
            ] {
                assert!(!managed.contains(permission), "{role}: {permission}");
            }
            assert!(held(Client, role).covers(&managed), "{role}: nothing is gained");
        }
    }

    // ACC-1
    #[test]
    fn limited_staff_holds_nothing_of_the_node() {
        let limited = held(Agency, Admin).limited();

        assert!(limited.contains(P::KnowledgeWrite) && limited.contains(P::ClientsRead));
        for permission in
            [P::ClientsWrite, P::StaffRead, P::StaffWrite, P::JobsRead, P::MailsRead, P::AuditRead]
        {
            assert!(!limited.contains(permission), "{permission}");
        }
    }
}
