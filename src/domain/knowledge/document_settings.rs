//! What the owner of a document says about it: its category, and how much it counts beside the others.

use super::faqs::{Category, present};
use super::{KnowledgeError, store};
use crate::ground::ids::{DocumentId, Id as _};
use crate::ground::limits::{DOCUMENT_WEIGHT_PERCENT_MAX, DOCUMENT_WEIGHT_PERCENT_MIN};
use crate::ground::scope::ClientScope;
use crate::store::audit::{self, Deed};
use crate::store::{ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// How much a document counts beside the others, in hundredths: from a tenth to five times as much as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    percent: u32,
}

impl Weight {
    /// As much as any other.
    pub const USUAL: Self = Self { percent: 100 };

    /// None outside 10 to 500.
    pub fn from_percent(percent: u32) -> Option<Self> {
        let bounds = DOCUMENT_WEIGHT_PERCENT_MIN..=DOCUMENT_WEIGHT_PERCENT_MAX;
        bounds.contains(&percent).then_some(Self { percent })
    }

    pub const fn percent(self) -> u32 {
        self.percent
    }

    /// 1.0 is usual.
    #[expect(clippy::cast_precision_loss, reason = "at most three digits")]
    pub fn factor(self) -> f32 {
        self.percent as f32 / 100.0
    }
}

impl<'de> Deserialize<'de> for Weight {
    /// A number from 0.1 to 5, rounded to hundredths.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let percent = (f64::deserialize(deserializer)? * 100.0).round();
        let bounds = f64::from(DOCUMENT_WEIGHT_PERCENT_MIN)..=f64::from(DOCUMENT_WEIGHT_PERCENT_MAX);
        if !bounds.contains(&percent) {
            return Err(serde::de::Error::custom("A weight is a number from 0.1 to 5."));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be 10 to 500"
        )]
        let percent = percent as u32;
        Ok(Self { percent })
    }
}

impl JsonSchema for Weight {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Weight".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "number", "minimum": 0.1, "maximum": 5})
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSettings {
    pub id: DocumentId,
    pub category: Option<Category>,
    pub weight: Weight,
    pub version: u32,
}

/// A change of some fields; what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPatch {
    /// What the document is about, 1 to 100 characters; `null` takes it away.
    #[serde(default, deserialize_with = "present")]
    pub category: Option<Option<Category>>,
    /// How much it counts beside the other documents, 0.1 to 5; 1 is usual.
    pub weight: Option<Weight>,
}

impl DocumentPatch {
    fn field_names(&self) -> Vec<&'static str> {
        let fields = [(self.category.is_some(), "category"), (self.weight.is_some(), "weight")];
        fields.into_iter().filter_map(|(is_set, name)| is_set.then_some(name)).collect()
    }
}

pub fn get(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
) -> Result<DocumentSettings, KnowledgeError> {
    store::find_document_settings(tx, scope, id)?.ok_or(KnowledgeError::DocumentNotFound)
}

/// Changes the given fields; the next search follows them. With `expected`, only if nobody changed the document
/// since.
pub fn change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    id: &DocumentId,
    patch: &DocumentPatch,
    expected: Option<u32>,
) -> Result<DocumentSettings, KnowledgeError> {
    let present = get(tx, scope, id)?;
    if expected.is_some_and(|expected| expected != present.version) {
        return Err(KnowledgeError::StaleVersion { current: present.version });
    }
    let fields = patch.field_names();
    if fields.is_empty() {
        return Ok(present);
    }
    let changed = DocumentSettings {
        category: patch.category.clone().unwrap_or(present.category),
        weight: patch.weight.unwrap_or(present.weight),
        version: present.version + 1,
        id: present.id,
    };
    store::update_document_settings(tx, scope, &changed)?;
    let deed = Deed {
        action: "document.changed",
        client_id: Some(scope.client_id()),
        subject_id: id.as_str(),
        fields: &fields,
        values_after: Some(serde_json::json!({
            "category": changed.category, "weight_percent": changed.weight.percent(),
        })),
    };
    audit::record(tx, &deed)?;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-7
    #[test]
    fn a_weight_is_a_tenth_to_five_times_the_usual() {
        let read = |json: &str| serde_json::from_str::<Weight>(json).ok().map(Weight::percent);

        assert_eq!(
            [read("0.1"), read("1"), read("5"), read("1.256")],
            [Some(10), Some(100), Some(500), Some(126)]
        );
        assert_eq!([read("0.09"), read("5.01"), read("-1"), read("\"1\"")], [None; 4]);
        assert_eq!((Weight::from_percent(9), Weight::from_percent(501)), (None, None));
        assert!((Weight::USUAL.factor() - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn a_field_that_is_null_is_taken_away_and_one_that_is_missing_stays() {
        let read = |json: &str| serde_json::from_str::<DocumentPatch>(json).unwrap().category;

        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"category": null}"#), Some(None));
        assert_eq!(read(r#"{"category": "Prices"}"#), Some(Category::parse("Prices").ok()));
    }
}
