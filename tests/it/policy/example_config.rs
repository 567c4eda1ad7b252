//! Each setting is read by the program (APP-7, APP-9). That `snip.toml.example` names each with its default is
//! held beside the configuration.

use super::rust_text::product_code_of;
use super::tree::has_word;
use super::{assert_none, tree};

#[test]
fn every_setting_has_a_reader() {
    let readers: Vec<String> = tree::product_files()
        .into_iter()
        .filter(|file| !file.path.starts_with("src/config/"))
        .map(|file| product_code_of(&file.text))
        .collect();
    let mut settings = 0;
    let mut broken = Vec::new();

    let schema = snip::config::json_schema();
    for (section, fields) in schema["properties"].as_object().unwrap() {
        for key in fields["properties"].as_object().unwrap().keys() {
            settings += 1;
            // A size is read in bytes, by a helper beside its field.
            let names = [format!(".{key}"), format!(".{}", key.replace("_mb", "_bytes"))];
            let reads = |code: &&String| {
                // The section is reached as a field (`settings.limits`) or handed over as its type.
                let reaches =
                    has_word(code, section) || code.to_lowercase().contains(&format!("{section}settings"));
                reaches && names.iter().any(|name| has_word(code, name))
            };
            if !readers.iter().any(|code| reads(&code)) {
                broken.push(format!("`{section}.{key}` is read nowhere outside src/config"));
            }
        }
    }

    assert!(settings > 10, "settings were found: {settings}");
    assert_none(&broken, "a setting that nothing reads does not stand in the settings");
}

#[test]
fn the_example_names_each_setting_once() {
    let example = tree::read("snip.toml.example");
    let mut broken = Vec::new();

    let schema = snip::config::json_schema();
    for (section, fields) in schema["properties"].as_object().unwrap() {
        let header = format!("[{section}]");
        let inner =
            example.split(&header).nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
        for key in fields["properties"].as_object().unwrap().keys() {
            let line = format!("#{key} =");
            if inner.lines().filter(|it| it.starts_with(&line)).count() != 1 {
                broken.push(format!("`{section}.{key}`"));
            }
        }
    }

    assert_none(&broken, "APP-9");
}
