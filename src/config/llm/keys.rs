//! Keys in the variables that providers document for their own tools.

use super::{SECTIONS, VENDORS};
use crate::config::schema::Catalog;
use crate::config::sources::Layer;
use figment::Figment;
use figment::value::Value;

/// The layer above all others: for each section without a key, the key of its provider's own variable. `is_set` tells
/// whether somebody set that path; the provider itself is chosen here only when nothing of `[llm]` was set.
pub(in crate::config) fn read_key_layer(
    merged: &Figment,
    environment: &[(String, String)],
    catalog: &Catalog,
    is_set: &dyn Fn(&str) -> bool,
) -> Layer {
    let mut layer = Layer::default();
    let text = |path: &str| merged.extract_inner::<String>(path).unwrap_or_default();
    let key_of = |variable: &str| {
        let found = environment.iter().rev().find(|(name, _)| name == variable);
        found.map(|(_, key)| key.trim().to_owned()).filter(|key| !key.is_empty())
    };
    for section in SECTIONS {
        let mut provider = text(&format!("{section}.provider"));
        let is_untouched = section == "llm" && catalog.fields_of(section).all(|field| !is_set(&field.path));
        if let Some(("xai", variable, _)) = VENDORS.first()
            && is_untouched
            && key_of(variable).is_some()
        {
            provider = "xai".to_owned();
            if let Some(field) = catalog.find_field("llm.provider") {
                layer.set(field, Value::from("xai"), format!("environment variable {variable}"));
            }
        }
        let vendor = VENDORS.iter().find(|(name, _, _)| *name == provider);
        let key = vendor.and_then(|(_, variable, _)| Some((variable, key_of(variable)?)));
        let path = format!("{section}.api_key");
        if let (Some((variable, key)), Some(field), true) =
            (key, catalog.find_field(&path), text(&path).is_empty())
        {
            layer.set(field, Value::from(key), format!("environment variable {variable}"));
        }
    }
    layer
}
