//! The client's logo as an uploaded file; a logo at an address of its own is a setting.

use super::config::{self, ConfigView};
use crate::domain::clients::logo::{self, Logo, LogoError};
use crate::ground::limits::LOGO_BYTES_MAX;
use crate::ground::scope::ClientScope;
use crate::http::{
    Call, Code, Json, Key, KeyScope, Limit, NoPath, NoQuery, Problem, Route, Upload, Versioned, delete,
    operation, post,
};

const TAG: &str = "Settings";

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/config/logo",
            operation(
                "uploadLogo",
                TAG,
                "Upload a logo (PNG, JPEG, WebP or SVG, up to 1 MB) for the widget.",
            ),
            Key(KeyScope::SettingsWrite),
            Limit::KeyWrite,
            upload,
        )
        .may_answer(&[Code::UnsupportedFile, Code::DiskFull]),
        delete(
            "/api/config/logo",
            operation("removeLogo", TAG, "Take the uploaded logo away."),
            Key(KeyScope::SettingsWrite),
            Limit::KeyWrite,
            remove,
        ),
    ]
}

impl From<LogoError> for Problem {
    fn from(error: LogoError) -> Self {
        let code = match error {
            LogoError::TooLarge => Code::PayloadTooLarge,
            _ => Code::UnsupportedFile,
        };
        Problem::with_detail(code, error.to_string())
    }
}

async fn upload(
    call: Call<ClientScope, NoPath, NoQuery, Upload>,
) -> Result<Versioned<Json<ConfigView>>, Problem> {
    let Call { state, caller, body, meta, .. } = call;
    state.require_disk_space()?;
    let logo = Logo::parse(receive(body).await?)?;
    let scope = caller.clone();
    let (settings, version) =
        state.env.db.write(caller.actor().clone(), move |tx| logo::set(tx, &scope, &logo)).await?;
    Ok(config::view(&caller, &meta.site, settings, version))
}

/// The whole file; one piece more than the limit is not read.
async fn receive(mut upload: Upload) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut file = upload.file().await?;
    while let Some(piece) = file.next_piece().await? {
        if bytes.len() + piece.len() > LOGO_BYTES_MAX {
            return Err(LogoError::TooLarge.into());
        }
        bytes.extend_from_slice(&piece);
    }
    upload.end().await?;
    Ok(bytes)
}

async fn remove(call: Call<ClientScope>) -> Result<Versioned<Json<ConfigView>>, Problem> {
    let (scope, caller) = (call.caller.clone(), call.caller);
    let removed = call.state.env.db.write(caller.actor().clone(), move |tx| logo::remove(tx, &scope));
    let (settings, version) = removed.await?;
    Ok(config::view(&caller, &call.meta.site, settings, version))
}
