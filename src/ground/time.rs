//! Points in time as integer milliseconds UTC; civil time appears here only, always with a named zone.

use super::stored_text::StoredText;
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z. In JSON it is an RFC 3339 text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

impl Timestamp {
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// This point moved by `ms` (negative: earlier); stops at the ends of the range instead of wrapping.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this point; negative when `earlier` is later.
    pub const fn ms_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first instant of this point's month in UTC: the key of monthly counters.
    pub fn month_start_utc(self) -> Self {
        let Ok(instant) = jiff::Timestamp::from_millisecond(self.0) else { return self };
        let civil = instant.to_zoned(jiff::tz::TimeZone::UTC).date().first_of_month();
        civil.to_zoned(jiff::tz::TimeZone::UTC).map_or(self, |zoned| Self(zoned.timestamp().as_millisecond()))
    }

    /// The first instant of this point's day in UTC: the key of daily counters.
    pub const fn day_start_utc(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY_MS))
    }

    /// As headers of mails write it (RFC 5322 3.3), in UTC.
    pub fn to_rfc2822(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(
            |_| self.to_rfc3339(),
            |at| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
        )
    }

    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| format!("{}ms", self.0), |at| format!("{at:.3}"))
    }
}

impl Timestamp {
    /// As a person of that zone writes it: "Friday, 27 November 2026, 11:00 (Europe/Berlin)".
    pub fn civil_text(self, zone: &ZoneName) -> String {
        let Ok(instant) = jiff::Timestamp::from_millisecond(self.0) else { return self.to_rfc3339() };
        let Ok(zoned) = instant.in_tz(zone.as_str()) else { return self.to_rfc3339() };
        format!("{} ({})", zoned.strftime("%A, %-d %B %Y, %H:%M"), zone.as_str())
    }
}

/// A time zone of the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneName(String);

impl ZoneName {
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl StoredText for ZoneName {
    fn stored_text(&self) -> &str {
        &self.0
    }
    fn from_stored_text(text: &str) -> Result<Self, String> {
        let zone = jiff::tz::TimeZone::get(text).ok();
        let name = zone.as_ref().and_then(jiff::tz::TimeZone::iana_name);
        let wrong = "A time zone is written as in the IANA database, such as Europe/Berlin or UTC.";
        name.map(|name| Self(name.to_owned())).ok_or_else(|| wrong.to_owned())
    }
}

impl serde::Serialize for ZoneName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for ZoneName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::from_stored_text(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for ZoneName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ZoneName".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 64, "examples": ["Europe/Berlin"]})
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        let at: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(at.as_millisecond()))
    }
}

impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time", "examples": ["2026-11-20T09:30:00.000Z"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_rfc_3339_in_json_and_comes_back() {
        let at = Timestamp::from_ms(1_795_000_000_123);
        let json = serde_json::to_string(&at).unwrap();

        assert_eq!(json, "\"2026-11-18T11:06:40.123Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), at);
    }

    #[test]
    fn civil_time_is_that_of_its_zone() {
        let berlin = ZoneName::from_stored_text("europe/berlin").unwrap();

        let text = Timestamp::from_ms(1_795_000_000_000).civil_text(&berlin);

        assert_eq!(text, "Wednesday, 18 November 2026, 12:06 (Europe/Berlin)");
        assert!(
            ZoneName::from_stored_text("Mars/Olympus").is_err() && ZoneName::from_stored_text("").is_err()
        );
        assert_eq!(ZoneName::from_stored_text("UTC"), Ok(ZoneName::utc()));
    }

    #[test]
    fn the_day_starts_at_its_first_instant_in_utc() {
        let last_of_february = Timestamp::from_ms(1_772_323_199_999);
        assert_eq!(last_of_february.day_start_utc().to_rfc3339(), "2026-02-28T00:00:00.000Z");
        assert_eq!(last_of_february.plus_ms(1).day_start_utc().to_rfc3339(), "2026-03-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_ms(-1).day_start_utc().to_rfc3339(), "1969-12-31T00:00:00.000Z");
    }

    #[test]
    fn the_month_starts_at_its_first_instant_in_utc() {
        let last_of_february = Timestamp::from_ms(1_772_323_199_999);
        assert_eq!(last_of_february.month_start_utc().to_rfc3339(), "2026-02-01T00:00:00.000Z");
        assert_eq!(last_of_february.plus_ms(1).month_start_utc().to_rfc3339(), "2026-03-01T00:00:00.000Z");
    }
}
