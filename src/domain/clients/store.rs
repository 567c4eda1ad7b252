//! The SQL of clients and their settings.

use super::settings::ClientSettings;
use super::{Client, ClientStatus};
use crate::ground::ids::ClientId;
use crate::ground::scope::ClientScope;
use crate::ground::text::Language;
use crate::params;
use crate::store::error::Bug;
use crate::store::value::{Row, to_json};
use crate::store::{DbError, PageRequest, ReadTx, WriteTx};

pub(super) fn insert(tx: &WriteTx<'_>, client: &Client) -> Result<(), DbError> {
    tx.execute(
        "insert into clients (id, name, email, status, created_at, updated_at, version)
         values (:id, :name, :email, :status, :now, :now, 1)",
        params! {
            ":id" => client.id,
            ":name" => client.name,
            ":email" => client.email,
            ":status" => client.status,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find(tx: &ReadTx<'_>, id: &ClientId) -> Result<Option<Client>, DbError> {
    tx.find(
        "select id, name, email, status, created_at from clients where id = :id",
        params! { ":id" => id },
        from_row,
    )
}

pub(super) fn list(tx: &ReadTx<'_>, page: &PageRequest) -> Result<Vec<Client>, DbError> {
    tx.list_page(
        "select id, name, email, status, created_at
         from clients
         where (created_at, id) < (:before_at, :before_id)
         order by created_at desc, id desc
         limit :limit",
        &[],
        page,
        from_row,
    )
}

pub(super) fn set_status(tx: &WriteTx<'_>, scope: &ClientScope, status: ClientStatus) -> Result<(), DbError> {
    tx.execute(
        "update clients
         set status = :status, updated_at = :now, version = version + 1
         where id = :id",
        params! { ":id" => scope.client_id(), ":status" => status, ":now" => tx.now() },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Client, DbError> {
    Ok(Client {
        id: row.get("id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        status: row.get("status")?,
        created_at: row.get("created_at")?,
    })
}

pub(super) fn insert_settings(
    tx: &WriteTx<'_>,
    id: &ClientId,
    settings: &ClientSettings,
) -> Result<(), DbError> {
    tx.execute(
        "insert into client_settings (client_id, widget_name, welcome, placeholder, suggestions, accent_color,
                                      language, allowed_domains, keep_visit_details, created_at, updated_at,
                                      version)
         values (:client_id, :widget_name, :welcome, :placeholder, :suggestions, :accent_color,
                 :language, :allowed_domains, :keep_visit_details, :now, :now, 1)",
        params! {
            ":client_id" => id,
            ":widget_name" => settings.widget_name,
            ":welcome" => settings.welcome,
            ":placeholder" => settings.placeholder,
            ":suggestions" => to_json(&settings.suggestions)?,
            ":accent_color" => settings.accent_color,
            ":language" => settings.language.as_tag(),
            ":allowed_domains" => to_json(&settings.allowed_domains)?,
            ":keep_visit_details" => settings.keep_visit_details,
            ":now" => tx.now(),
        },
    )?;
    Ok(())
}

pub(super) fn find_settings(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Option<(ClientSettings, u32)>, DbError> {
    tx.find(
        "select widget_name, welcome, placeholder, suggestions, accent_color, language, allowed_domains,
                keep_visit_details, version
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
                accent_color: row.get("accent_color")?,
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
             suggestions = :suggestions, accent_color = :accent_color, language = :language,
             allowed_domains = :allowed_domains, keep_visit_details = :keep_visit_details, updated_at = :now, version = version + 1
         where client_id = :client_id",
        params! {
            ":client_id" => scope.client_id(),
            ":widget_name" => settings.widget_name,
            ":welcome" => settings.welcome,
            ":placeholder" => settings.placeholder,
            ":suggestions" => to_json(&settings.suggestions)?,
            ":accent_color" => settings.accent_color,
            ":language" => settings.language.as_tag(),
            ":allowed_domains" => to_json(&settings.allowed_domains)?,
            ":keep_visit_details" => settings.keep_visit_details,
            ":now" => tx.now(),
        },
    )?;
    if touched == 1 { Ok(()) } else { Err(Bug::invariant("a client without settings").into()) }
}
