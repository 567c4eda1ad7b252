//! How freely a language model words its answers.

use crate::ground::limits::TEMPERATURE_HUNDREDTHS_MAX;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// 0 (always the likeliest word) to 2, in steps of a hundredth. A number in JSON and TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Temperature(u16);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A temperature is a number from 0 to 2.")]
pub struct TemperatureError;

impl Temperature {
    pub const LOWEST: Self = Self(0);

    /// None above 200.
    pub const fn from_hundredths(hundredths: u16) -> Option<Self> {
        if hundredths > TEMPERATURE_HUNDREDTHS_MAX { None } else { Some(Self(hundredths)) }
    }

    pub const fn hundredths(self) -> u16 {
        self.0
    }

    /// Further digits are rounded.
    pub fn parse(number: f64) -> Result<Self, TemperatureError> {
        let hundredths = (number * 100.0).round();
        if !(0.0..=f64::from(TEMPERATURE_HUNDREDTHS_MAX)).contains(&hundredths) {
            return Err(TemperatureError);
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
        let hundredths = hundredths as u16;
        Ok(Self(hundredths))
    }

    pub fn as_f32(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl Serialize for Temperature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

impl<'de> Deserialize<'de> for Temperature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(f64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Temperature {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Temperature".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let max = f64::from(TEMPERATURE_HUNDREDTHS_MAX) / 100.0;
        schemars::json_schema!({"type": "number", "minimum": 0, "maximum": max, "examples": [0.3]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_a_number_from_0_to_2_in_steps_of_a_hundredth() {
        for (good, json) in [(0.0, "0.0"), (0.3, "0.3"), (1.999, "2.0"), (2.0, "2.0")] {
            assert_eq!(serde_json::to_string(&Temperature::parse(good).unwrap()).unwrap(), json);
        }
        for bad in [-0.1, 2.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Temperature::parse(bad), Err(TemperatureError), "{bad}");
        }
        assert_eq!(serde_json::from_str::<Temperature>("1").unwrap().hundredths(), 100);
        assert!(serde_json::from_str::<Temperature>("3").is_err());
        assert_eq!(Temperature::from_hundredths(201), None);
    }
}
