//! The SQL of clients and their settings; that of billing contacts stands in a file of its own.

pub(super) mod contacts;

use super::logo::Logo;
use super::looks::{BoundedNumber, Looks};
use super::settings::ClientSettings;
use super::{Client, ClientCounts, ClientFilter};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, PersonId};
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::ground::time::Timestamp;
use crate::params;
use crate::store::error::Bug;
use crate::store::value::{Row, Value, to_json};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

pub(super) fn insert(tx: &WriteTx<'_>, client: &Client) -> Result<(), DbError> {
    tx.execute(
        "insert into clients (id, name, email, status, service, purpose, plan, trial_ends_at, sign_up_email_key,
                              created_at, updated_at, version)
         values (:id, :name, :email, :status, :service, :purpose, :plan, :trial_ends_at, :sign_up_email_key,
                 :now, :now, 1)",
        params! {
            ":id" => client.id,
            ":name" => client.name,
            ":email" => client.email,
            ":status" => client.status,
            ":service" => client.service,
            ":purpose" => client.purpose,
            ":plan" => client.plan,
            ":trial_ends_at" => client.trial_ends_at,
            ":sign_up_email_key" => client.plan.map(|_| client.email.key()),
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

const CLIENT_COLUMNS: &str = "id, name, email, status, service, purpose, plan, trial_ends_at, deactivated_at,
    erasing_at, created_at, version";

pub(super) fn find(tx: &ReadTx<'_>, id: &ClientId) -> Result<Option<Client>, DbError> {
    tx.find(
        &format!("select {CLIENT_COLUMNS} from clients where id = :id"),
        params! { ":id" => id },
        from_row,
    )
}

// LIMIT: the search reads every client of the agency; an index of words serves more than some ten thousand
pub(super) fn list(
    tx: &ReadTx<'_>,
    filter: &ClientFilter,
    page: &PageRequest,
) -> Result<Vec<Client>, DbError> {
    let escaped: String = filter
        .query
        .chars()
        .flat_map(|c| ['%', '_', '!'].contains(&c).then_some('!').into_iter().chain([c]))
        .collect();
    tx.list_page(
        &format!(
            "select {CLIENT_COLUMNS}
         from clients
         where (created_at, id) < (:before_at, :before_id)
           and erasing_at is null
           and (name like :pattern escape '!' or email like :pattern escape '!')
           and (:assigned_to is null or exists (
               select 1 from client_assignments
               where client_assignments.client_id = clients.id
                 and client_assignments.person_id = :assigned_to))
         order by created_at desc, id desc
         limit :limit"
        ),
        params! { ":pattern" => format!("%{escaped}%"), ":assigned_to" => filter.assigned_to },
        page,
        from_row,
    )
}

pub(super) fn has_signed_up(tx: &ReadTx<'_>, email: &EmailAddress) -> Result<bool, DbError> {
    tx.get(
        "select exists (
             select 1 from clients where sign_up_email_key = :email_key) as has_signed_up",
        params! { ":email_key" => email.key() },
        |row| row.get("has_signed_up"),
    )
}

pub(super) fn list_ended_trials(
    tx: &ReadTx<'_>,
    by: Timestamp,
    limit: u32,
) -> Result<Vec<ClientId>, DbError> {
    tx.list(
        "select id from clients
         where trial_ends_at <= :by and status = 'active'
         order by trial_ends_at, id
         limit :limit",
        params! { ":by" => by, ":limit" => limit },
        |row| row.get("id"),
    )
}

pub(super) fn list_untold_trials(
    tx: &ReadTx<'_>,
    by: Timestamp,
    limit: u32,
) -> Result<Vec<ClientId>, DbError> {
    tx.list(
        "select id from clients
         where trial_ends_at <= :by and status = 'active' and trial_told_at is null
         order by trial_ends_at, id
         limit :limit",
        params! { ":by" => by, ":limit" => limit },
        |row| row.get("id"),
    )
}

pub(super) fn set_trial_told(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute(
        "update clients
         set trial_told_at = :now, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => scope.client_id(), ":now" => tx.now() },
    )?;
    Ok(())
}

pub(super) fn count(tx: &ReadTx<'_>, assigned_to: Option<&PersonId>) -> Result<ClientCounts, DbError> {
    tx.get(
        "select count(*) filter (where status = 'active' and purpose = 'live') as live,
                count(*) filter (where status = 'active' and purpose = 'demo') as demo,
                count(*) filter (where status = 'active' and purpose = 'test') as test,
                count(*) filter (where status = 'suspended' and purpose = 'live') as suspended
         from clients
         where erasing_at is null
           and (:assigned_to is null or exists (
               select 1 from client_assignments
               where client_assignments.client_id = clients.id
                 and client_assignments.person_id = :assigned_to))",
        params! { ":assigned_to" => assigned_to.cloned() },
        |row| {
            Ok(ClientCounts {
                live: row.get("live")?,
                demo: row.get("demo")?,
                test: row.get("test")?,
                suspended: row.get("suspended")?,
            })
        },
    )
}

pub(super) fn update(tx: &WriteTx<'_>, scope: &ClientScope, client: &Client) -> Result<(), DbError> {
    tx.execute(
        "update clients
         set name = :name, email = :email, service = :service, purpose = :purpose, plan = :plan,
             trial_ends_at = :trial_ends_at, updated_at = :now, version = version + 1
         where id = :id",
        params! {
            ":id" => scope.client_id(),
            ":name" => client.name,
            ":email" => client.email,
            ":service" => client.service,
            ":purpose" => client.purpose,
            ":plan" => client.plan,
            ":trial_ends_at" => client.trial_ends_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn set_stand(tx: &WriteTx<'_>, scope: &ClientScope, client: &Client) -> Result<(), DbError> {
    tx.execute(
        "update clients
         set status = :status, trial_ends_at = :trial_ends_at, deactivated_at = :deactivated_at, updated_at = :now,
             version = version + 1
         where id = :id",
        params! {
            ":id" => scope.client_id(),
            ":status" => client.status,
            ":trial_ends_at" => client.trial_ends_at,
            ":deactivated_at" => client.deactivated_at,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn set_erasing(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute(
        "update clients
         set erasing_at = :now, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => scope.client_id(), ":now" => tx.now() },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Client, DbError> {
    Ok(Client {
        id: row.get("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        status: row.get("status")?,
        service: row.get("service")?,
        purpose: row.get("purpose")?,
        plan: row.get("plan")?,
        trial_ends_at: row.get("trial_ends_at")?,
        deactivated_at: row.get("deactivated_at")?,
        is_erasing: row.get::<Option<Timestamp>>("erasing_at")?.is_some(),
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}

/// Notes that the widget was asked for now.
pub(super) fn put_sighting(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute(
        "insert into widget_sightings (client_id, last_seen_at, created_at, updated_at, version)
         values (:client_id, :now, :now, :now, 1)
         on conflict (client_id) do update set last_seen_at = :now, updated_at = :now, version = version + 1",
        params! { ":client_id" => scope.client_id(), ":now" => tx.now() },
    )?;
    Ok(())
}

pub(super) fn find_sighting(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Option<Timestamp>, DbError> {
    tx.find(
        "select last_seen_at from widget_sightings where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| row.get("last_seen_at"),
    )
}

pub(super) fn insert_settings(
    tx: &WriteTx<'_>,
    id: &ClientId,
    settings: &ClientSettings,
) -> Result<(), DbError> {
    tx.execute(
        "insert into client_settings (client_id, widget_name, welcome, placeholder, suggestions, language,
                                      allowed_domains, theme, accent_color, background_color, text_color,
                                      bubble_color, position, width_px, height_px, custom_css, logo_url, logo_hash,
                                      keep_visit_details, created_at, updated_at, version)
         values (:client_id, :widget_name, :welcome, :placeholder, :suggestions, :language,
                 :allowed_domains, :theme, :accent_color, :background_color, :text_color,
                 :bubble_color, :position, :width_px, :height_px, :custom_css, :logo_url, :logo_hash,
                 :keep_visit_details, :now, :now, 1)",
        &settings_params(tx, id, settings)?,
    )?;
    Ok(())
}

pub(super) fn find_settings(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Option<(ClientSettings, u32)>, DbError> {
    tx.find(
        "select widget_name, welcome, placeholder, suggestions, language, allowed_domains, theme, accent_color,
                background_color, text_color, bubble_color, position, width_px, height_px, custom_css, logo_url,
                logo_hash, keep_visit_details, version
         from client_settings
         where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
        |row| {
            let language: String = row.get("language")?;
            let settings = ClientSettings {
                widget_name: row.get("widget_name")?,
                welcome: row.get("welcome")?,
                placeholder: row.get("placeholder")?,
                suggestions: row.get_json("suggestions")?,
                looks: looks_of(row)?,
                language: Language::from_tag(&language),
                allowed_domains: row.get_json("allowed_domains")?,
                keep_visit_details: row.get::<Option<bool>>("keep_visit_details")?.unwrap_or(true),
            };
            Ok((settings, row.get("version")?))
        },
    )
}

pub(super) fn update_settings(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    settings: &ClientSettings,
) -> Result<(), DbError> {
    let touched = tx.execute(
        "update client_settings
         set widget_name = :widget_name, welcome = :welcome, placeholder = :placeholder,
             suggestions = :suggestions, language = :language, allowed_domains = :allowed_domains, theme = :theme,
             accent_color = :accent_color, background_color = :background_color, text_color = :text_color,
             bubble_color = :bubble_color, position = :position, width_px = :width_px, height_px = :height_px,
             custom_css = :custom_css, logo_url = :logo_url, logo_hash = :logo_hash,
             keep_visit_details = :keep_visit_details, updated_at = :now, version = version + 1
         where client_id = :client_id",
        &settings_params(tx, scope.client_id(), settings)?,
    )?;
    if touched == 1 { Ok(()) } else { Err(Bug::invariant("a client without settings").into()) }
}

fn settings_params(
    tx: &WriteTx<'_>,
    id: &ClientId,
    settings: &ClientSettings,
) -> Result<Vec<(&'static str, Value)>, DbError> {
    let looks = &settings.looks;
    Ok(params! {
        ":client_id" => id,
        ":widget_name" => settings.widget_name,
        ":welcome" => settings.welcome,
        ":placeholder" => settings.placeholder,
        ":suggestions" => to_json(&settings.suggestions)?,
        ":language" => settings.language.as_tag(),
        ":allowed_domains" => to_json(&settings.allowed_domains)?,
        ":theme" => looks.theme,
        ":accent_color" => looks.accent_color,
        ":background_color" => looks.background_color,
        ":text_color" => looks.text_color,
        ":bubble_color" => looks.bubble_color,
        ":position" => looks.position,
        ":width_px" => looks.width_px.get(),
        ":height_px" => looks.height_px.get(),
        ":custom_css" => looks.custom_css,
        ":logo_url" => looks.logo_url,
        ":logo_hash" => looks.logo_hash,
        ":keep_visit_details" => settings.keep_visit_details,
        ":now" => tx.now(),
    }
    .to_vec())
}

fn looks_of(row: &Row<'_>) -> Result<Looks, DbError> {
    Ok(Looks {
        theme: row.get("theme")?,
        accent_color: row.get("accent_color")?,
        background_color: row.get("background_color")?,
        text_color: row.get("text_color")?,
        bubble_color: row.get("bubble_color")?,
        position: row.get("position")?,
        width_px: BoundedNumber::parse(row.get("width_px")?).map_err(Bug::invariant)?,
        height_px: BoundedNumber::parse(row.get("height_px")?).map_err(Bug::invariant)?,
        custom_css: row.get("custom_css")?,
        logo_url: row.get("logo_url")?,
        logo_hash: row.get("logo_hash")?,
    })
}

pub(super) fn insert_logo(tx: &WriteTx<'_>, scope: &ClientScope, logo: &Logo) -> Result<(), DbError> {
    tx.execute(
        "insert into client_logos (client_id, content_hash, media_type, bytes, created_at)
         values (:client_id, :content_hash, :media_type, :bytes, :now)",
        params! {
            ":client_id" => scope.client_id(),
            ":content_hash" => logo.content_hash,
            ":media_type" => logo.media_type,
            ":bytes" => logo.bytes,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn delete_logo(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(), DbError> {
    tx.execute(
        "delete from client_logos where client_id = :client_id",
        params! { ":client_id" => scope.client_id() },
    )?;
    Ok(())
}

pub(super) fn find_logo(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    content_hash: &str,
) -> Result<Option<Logo>, DbError> {
    tx.find(
        "select media_type, bytes, content_hash
         from client_logos
         where client_id = :client_id
           and content_hash = :content_hash",
        params! { ":client_id" => scope.client_id(), ":content_hash" => content_hash },
        |row| {
            Ok(Logo {
                media_type: row.get("media_type")?,
                bytes: row.get("bytes")?,
                content_hash: row.get("content_hash")?,
            })
        },
    )
}
