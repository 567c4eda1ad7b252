//! `snip person`: people, for the operator. Links are printed, for whoever cannot get mail.

use super::admin::{self, AdminAnswer, AdminCommand, AdminContext, AdminError, PersonLine, operator};
use super::arguments::PersonCommand;
use crate::config::Loaded;
use crate::domain::access::{invitations, sign_in};
use crate::domain::clients;
use crate::domain::notify;
use crate::domain::people::members::{self, Granter, NewMember, Reach};
use crate::domain::people::{self, InvitationMessage, Membership, Organisation, Role};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::ClientId;
use crate::ground::stored_text::StoredText as _;
use crate::store::DbError;

/// Runs what was typed.
pub(super) fn run(
    load: impl Fn(&super::arguments::NodeArguments) -> anyhow::Result<Loaded>,
    command: PersonCommand,
) -> anyhow::Result<()> {
    match command {
        PersonCommand::Invite { node, email, role, client, json } => {
            admin::call(&load(&node)?, AdminCommand::PersonInvite { email, role, client_id: client }, json)
        }
        PersonCommand::List { node, json } => admin::call(&load(&node)?, AdminCommand::PersonList, json),
        PersonCommand::SignInLink { node, email, json } => {
            admin::call(&load(&node)?, AdminCommand::PersonSignInLink { email }, json)
        }
    }
}

/// A role as it is typed.
pub(super) fn role(text: &str) -> Result<Role, String> {
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    Role::from_stored_text(text).map_err(|_| format!("one of {}", names.join(", ")))
}

fn email_of(text: &str) -> Result<EmailAddress, AdminError> {
    EmailAddress::parse(text).map_err(|error| AdminError::Refused(error.to_string()))
}

pub(super) async fn invite(
    context: &AdminContext,
    email: &str,
    role: Role,
    client_id: Option<ClientId>,
) -> Result<AdminAnswer, AdminError> {
    let email = email_of(email)?;
    let env = context.env.clone();
    context
        .db
        .write(operator().actor().clone(), move |tx| -> Result<_, AdminError> {
            let organisation = match &client_id {
                Some(client_id) => {
                    let scope = operator().client(client_id.clone());
                    clients::get(tx, &scope)?;
                    Organisation::client(&scope)
                }
                None => Organisation::agency(&operator()),
            };
            let new = NewMember {
                email: email.clone(),
                role,
                message: InvitationMessage::empty(),
                reach: Reach::All,
            };
            let member = members::invite(tx, &organisation, &Granter::operator(), &env.caps, &new)?;
            notify::write_invitation(tx, &organisation, &member)?;
            let expires_at = member.expires_at.unwrap_or(tx.now());
            let token = invitations::link_token(&env.signing_key, &member.id, expires_at);
            let site = notify::site(tx, &env.mail_brand)?;
            let url = format!("{site}/app/#/invitation/{}", token.reveal());
            Ok(AdminAnswer::PersonInvited { email: email.as_str().to_owned(), url })
        })
        .await
}

pub(super) async fn list(context: &AdminContext) -> Result<AdminAnswer, AdminError> {
    let found = context.db.read(|tx| -> Result<_, DbError> {
        let people = people::list(tx, &operator())?;
        let lines = people.into_iter().map(|person| {
            let places = people::list_memberships(tx, &person.id)?.iter().map(place).collect();
            Ok(PersonLine {
                person_id: person.id,
                name: person.name.into_string(),
                email: person.email.as_str().to_owned(),
                places,
            })
        });
        lines.collect::<Result<Vec<_>, DbError>>()
    });
    Ok(AdminAnswer::People { items: found.await? })
}

fn place(membership: &Membership) -> String {
    format!("{}: {}", membership.client_name.as_deref().unwrap_or("agency"), membership.role)
}

pub(super) async fn sign_in_link(context: &AdminContext, email: &str) -> Result<AdminAnswer, AdminError> {
    let email = email_of(email)?;
    let env = context.env.clone();
    let made = context.db.write(operator().actor().clone(), move |tx| -> Result<_, DbError> {
        let token = sign_in::make_link(tx, &env.signing_key, &email)?;
        let site = notify::site(tx, &env.mail_brand)?;
        Ok(token.map(|token| format!("{site}/app/#/sign-in/{}", token.reveal())))
    });
    let Some(url) = made.await? else {
        let refused = "Nobody with this address can sign in; invite them with `snip person invite`";
        return Err(AdminError::Refused(refused.to_owned()));
    };
    Ok(AdminAnswer::PersonSignInLink { url })
}
