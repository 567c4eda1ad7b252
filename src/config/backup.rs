//! The section `[backup]`: backups that are made by themselves.

use crate::ground::limits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Backups that the server makes by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BackupSettings {
    /// Folder for the backups, best on another disk. When it is empty, none is made by itself.
    #[schemars(with = "String", length(max = limits::CONFIG_PATH_CHARS_MAX), extend("format" = "one-line"))]
    pub to: PathBuf,

    /// Hours from one backup to the next. One that fails is tried again within the hour.
    #[schemars(range(min = 1, max = limits::BACKUP_EVERY_HOURS_MAX))]
    pub every_hours: u32,

    /// Snapshots that are kept; older ones are removed.
    #[schemars(range(min = 1, max = limits::SNAPSHOTS_KEPT_MAX))]
    pub keep: u32,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { to: PathBuf::new(), every_hours: 24, keep: 30 }
    }
}
