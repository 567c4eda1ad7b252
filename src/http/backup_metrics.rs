//! What the appliance tells Prometheus about its backups. Read from their state when somebody asks.

use crate::domain::Environment;
use crate::domain::ops::state::{BackupHealth, Standing};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;

/// Tells nothing where the settings ask for no backups.
pub struct BackupMetrics(pub Environment);

impl fmt::Debug for BackupMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BackupMetrics")
    }
}

impl Collector for BackupMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Standing { health, state } = self.0.backups.standing(self.0.clock.now());
        if health == BackupHealth::Off {
            return Ok(());
        }
        let is_good = matches!(health, BackupHealth::Good | BackupHealth::Waiting);
        let seconds = |at_ms: Option<i64>| at_ms.unwrap_or(0) / 1_000;
        for (name, help, value) in [
            ("snip_backup_good", "1 while backups are made in time and come back whole", i64::from(is_good)),
            (
                "snip_backup_last_made_seconds",
                "When the last backup was made (Unix time); 0: never",
                seconds(state.made_at_ms),
            ),
            (
                "snip_backup_last_drill_seconds",
                "When a backup last came back whole from a trial (Unix time); 0: never",
                seconds(state.drilled_at_ms),
            ),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}
