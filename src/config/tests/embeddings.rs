//! An embeddings endpoint is complete, or refused with what it lacks.

use super::Given;
use crate::config::EmbeddingProvider;

// APP-6, APP-7
#[test]
fn an_endpoint_without_address_model_or_key_never_starts() {
    let without_all = Given::file("[embeddings]\nprovider = \"openai_compatible\"\n");
    let without_key = Given::file(
        "[embeddings]\nprovider = \"openai_compatible\"\nbase_url = \"https://api.example.com/v1\"\nmodel = \"m\"\n",
    );

    let sentences = without_all.sentences();
    let sentence = without_key.sentence();

    assert!(sentences[0].starts_with("`embeddings.base_url` is empty"), "{sentences:#?}");
    assert!(sentences[1].starts_with("`embeddings.model` is empty"), "{sentences:#?}");
    assert!(sentence.contains("SNIP__EMBEDDINGS__API_KEY"), "{sentence}");
}

#[test]
fn an_endpoint_on_this_machine_needs_no_key() {
    for host in ["127.0.0.1:11434", "localhost:1234", "[::1]:80"] {
        let given = Given::file(&format!(
            "[embeddings]\nprovider = \"openai_compatible\"\nbase_url = \"http://{host}/v1\"\nmodel = \"m\"\n"
        ));

        assert!(given.load().is_ok(), "{host}");
    }
}

#[test]
fn by_default_the_model_of_the_data_directory_embeds() {
    let settings = Given::nothing().load().unwrap().settings;

    assert_eq!(settings.embeddings.provider, EmbeddingProvider::Local);
}
