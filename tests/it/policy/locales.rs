//! The words shown to people: each is used, and each language has all of them (style 52).

use super::tree::{has_word, read, texts};
use super::{assert_none, rust_text};
use serde_json::Value;
use snip::ground::text::Language;
use std::collections::BTreeSet;

fn locale(name: &str) -> Value {
    serde_json::from_str(&read(&format!("assets/locales/{name}.json"))).unwrap()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_word_of_the_interface_is_used() {
    let sources = texts(|path| {
        let is_script = path.ends_with(".ts") || path.ends_with(".tsx");
        path.starts_with("assets/") && is_script && !path.starts_with("assets/dist/")
    });
    let mut broken = Vec::new();

    for (section, words) in locale("en").as_object().unwrap() {
        let importers: Vec<&str> =
            sources.iter().map(|file| file.text.as_str()).filter(|text| imports(text, section)).collect();
        if importers.is_empty() {
            broken.push(format!("`{section}` is imported nowhere"));
        }
        for key in keys(words) {
            let is_named = importers.iter().any(|text| has_word(text, &format!(".{key}")));
            // A failure's words are chosen by its kind, which other files name as a text.
            let is_chosen = sources.iter().any(|file| file.text.contains(&format!("\"{key}\"")));
            if !is_named && !is_chosen {
                broken.push(format!("`{section}.{key}` is used nowhere"));
            }
        }
    }

    assert_none(&broken, "take away the words that nothing shows");
}

/// Whether a script imports this section of the words.
fn imports(text: &str, section: &str) -> bool {
    let lines = text.lines().filter(|line| line.contains("locales/en.json"));
    lines.into_iter().any(|line| has_word(line, section))
}

#[test]
fn the_assistants_own_sentences_are_whole_in_each_language() {
    let answers = locale("answers");
    let wanted = keys(&answers["en"]);
    let mut broken = Vec::new();

    for (language, sentences) in answers.as_object().unwrap() {
        if Language::from_tag(language).as_tag() != language {
            broken.push(format!("{language}: no text is in a language of this tag"));
        }
        if keys(sentences) != wanted {
            broken.push(format!("{language}: {:?} instead of {wanted:?}", keys(sentences)));
        }
        let empty =
            sentences.as_object().unwrap().iter().filter(|(_, text)| text.as_str().is_none_or(str::is_empty));
        broken.extend(empty.map(|(key, _)| format!("{language}.{key} is empty")));
    }

    assert_none(&broken, "each language says the same");
}

#[test]
fn the_assistants_own_sentences_are_used() {
    let code = rust_text::product_code_of(&read("src/domain/chat/phrases.rs"));
    let unused: Vec<String> =
        keys(&locale("answers")["en"]).into_iter().filter(|key| !has_word(&code, key)).collect();

    assert_none(&unused, "take away the sentences that nothing says");
}
