//! Language models: a chain that cannot work is refused, and a key goes to its own provider only.

use super::Given;
use crate::config::LlmProvider;

const LOCAL: &str = "[llm]\nprovider = \"openai_compatible\"\nbase_url = \"http://127.0.0.1:11434/v1\"\n\
                     model = \"llama3.2\"\n";

// APP-7, CHT-6
#[test]
fn a_provider_without_its_key_never_starts() {
    let by_file = Given::file("[llm]\nprovider = \"openai\"\n");
    let by_variable = Given::nothing().variable("SNIP__LLM__PROVIDER", "anthropic");
    let as_fallback = Given::file(&format!("{LOCAL}[llm_fallback_1]\nprovider = \"xai\"\n"));

    assert_eq!(
        by_file.sentence(),
        "`llm.provider` is \"openai\" (from snip.toml, line 2), and its key is missing; set `llm.api_key`, \
         SNIP__LLM__API_KEY, SNIP__LLM__API_KEY_FILE or OPENAI_API_KEY."
    );
    assert!(by_variable.sentence().ends_with("SNIP__LLM__API_KEY_FILE or ANTHROPIC_API_KEY."));
    assert!(as_fallback.sentence().contains("set `llm_fallback_1.api_key`, SNIP__LLM_FALLBACK_1__API_KEY"));
}

#[test]
fn a_key_of_another_provider_does_not_help() {
    let given = Given::file("[llm]\nprovider = \"openai\"\n")
        .variable("XAI_API_KEY", "xai-1")
        .variable("ANTHROPIC_API_KEY", "sk-ant-1");

    assert!(given.sentence().contains("its key is missing"));
}

#[test]
fn a_key_that_shows_whose_it_is_is_not_sent_elsewhere() {
    let given = Given::file("[llm]\nprovider = \"openai\"\napi_key = \"sk-ant-0123\"\n");

    let sentence = given.sentence();

    assert!(sentence.contains("looks like a key of anthropic"), "{sentence}");
    assert!(!sentence.contains("sk-ant-0123"), "{sentence}");
}

#[test]
fn each_provider_finds_its_key_in_its_own_variable() {
    let given = Given::file(
        "[llm]\nprovider = \"openai\"\n[llm_fallback_1]\nprovider = \"anthropic\"\n[llm_fallback_2]\nprovider = \
         \"xai\"\napi_key = \"xai-file\"\n",
    )
    .variable("OPENAI_API_KEY", "sk-1")
    .variable("ANTHROPIC_API_KEY", "sk-ant-1")
    .variable("XAI_API_KEY", "xai-1");

    let loaded = given.loads();

    assert_eq!(loaded.settings.llm.api_key.reveal(), "sk-1");
    assert_eq!(loaded.settings.llm_fallback_1.api_key.reveal(), "sk-ant-1");
    assert_eq!(loaded.settings.llm_fallback_2.api_key.reveal(), "xai-file", "what was set counts");
    assert_eq!(loaded.place("llm.api_key"), Some("environment variable OPENAI_API_KEY"));
    assert!(!loaded.show().contains("sk-1"), "keys are masked");
}

// CHT-6
#[test]
fn a_key_of_xai_alone_chooses_xai_and_nothing_else_does() {
    let xai = Given::nothing().variable("XAI_API_KEY", "xai-1").loads();
    let empty = Given::nothing().variable("XAI_API_KEY", " ").loads();
    let others =
        Given::nothing().variable("OPENAI_API_KEY", "sk-1").variable("ANTHROPIC_API_KEY", "sk-ant-1").loads();
    let off = Given::file("[llm]\nprovider = \"none\"\n").variable("XAI_API_KEY", "xai-1").loads();
    let local = Given::file(LOCAL).variable("XAI_API_KEY", "xai-1").loads();

    assert_eq!(xai.settings.llm.provider, LlmProvider::Xai);
    assert_eq!(xai.settings.llm.api_key.reveal(), "xai-1");
    assert_eq!(xai.place("llm.provider"), Some("environment variable XAI_API_KEY"));
    assert_eq!(empty.settings.llm.provider, LlmProvider::None);
    assert_eq!(others.settings.llm.provider, LlmProvider::None);
    assert_eq!(off.settings.llm.provider, LlmProvider::None);
    assert_eq!(local.settings.llm.provider, LlmProvider::OpenaiCompatible);
    assert_eq!(local.settings.llm.api_key.reveal(), "", "a server of one's own gets no vendor's key");
}

#[test]
fn a_server_of_ones_own_needs_an_address_and_a_model_and_no_key() {
    let bare = Given::file("[llm]\nprovider = \"openai_compatible\"\n");

    let sentences = bare.sentences();

    assert!(sentences[0].contains("needs `llm.base_url`; set it, or SNIP__LLM__BASE_URL."), "{sentences:#?}");
    assert!(sentences[1].contains("needs `llm.model`"), "{sentences:#?}");
    assert!(Given::file(LOCAL).load().is_ok());
}

#[test]
fn settings_of_a_provider_that_nobody_chose_are_told() {
    let idle = Given::file("[llm]\nbase_url = \"http://127.0.0.1:11434/v1\"\n");
    let gap = Given::file("[llm_fallback_1]\nprovider = \"openai\"\napi_key = \"sk-1\"\n");
    let off = Given::file(&LOCAL.replace("openai_compatible", "none"));

    assert!(idle.sentence().contains("no provider is chosen; set `llm.provider`"));
    assert!(
        gap.sentence().contains("`llm.provider`, which would be asked before it, is \"none\"; move it up.")
    );
    assert!(off.load().is_ok(), "switching off keeps the rest for later");
}

#[test]
fn an_address_or_a_key_that_cannot_be_one_is_refused() {
    for bad in
        ["127.0.0.1:11434", "ftp://host/v1", "http://", "https://a.test/v1?key=1", "https://k@a.test/v1", "x"]
    {
        let given = Given::file(&LOCAL.replace("http://127.0.0.1:11434/v1", bad));
        assert!(given.sentence().contains("`llm.base_url` is"), "{bad}");
    }
    let spaced = Given::file(&format!("{LOCAL}api_key = \"sk 1\"\n"));
    assert!(spaced.sentence().contains("has a value that does not fit and is not shown"));
}

#[test]
fn a_temperature_is_a_number_also_from_a_variable() {
    let good = Given::nothing().variable("SNIP__LLM__TEMPERATURE", "1.25");
    let whole = Given::file("[llm]\ntemperature = 1\n");
    let bad = Given::file("[llm]\ntemperature = 2.5\n");

    assert_eq!(good.loads().settings.llm.temperature.hundredths(), 125);
    assert_eq!(whole.loads().settings.llm.temperature.hundredths(), 100);
    assert_eq!(
        bad.sentence(),
        "`llm.temperature` is 2.5 (from snip.toml, line 2); write a number from 0 to 2."
    );
}
