//! What is said when a configuration is refused.

use super::Given;

#[test]
fn a_misspelt_key_is_named_with_its_place_and_the_nearest_setting() {
    let given = Given::file("[http]\nlistn = \"0.0.0.0:80\"\n");

    assert_eq!(
        given.sentence(),
        "`http.listn` is not a setting (from snip.toml, line 2); did you mean `http.listen`?"
    );
}

#[test]
fn a_misspelt_section_is_named_with_the_nearest_section() {
    let given = Given::file("[htpp]\nlisten = \"0.0.0.0:80\"\n");

    assert_eq!(
        given.sentence(),
        "`[htpp]` is not a section (from snip.toml, line 1); did you mean `[http]`?"
    );
}

#[test]
fn a_key_in_the_wrong_section_or_in_none_is_sent_home() {
    assert_eq!(
        Given::file("[limits]\nworkers = 3\n").sentence(),
        "`limits.workers` is not a setting (from snip.toml, line 2); did you mean `jobs.workers`?"
    );
    assert_eq!(
        Given::file("workers = 3\n").sentence(),
        "`workers` is not a setting (from snip.toml, line 1); did you mean `jobs.workers`?"
    );
}

#[test]
fn a_key_that_resembles_nothing_is_answered_with_the_choices() {
    assert_eq!(
        Given::file("[jobs]\ncolour = \"red\"\n").sentence(),
        "`jobs.colour` is not a setting (from snip.toml, line 2); remove it, or choose one of `[jobs]`: `workers`."
    );
    assert_eq!(
        Given::file("[wallpaper]\ncolour = \"red\"\n").sentence(),
        "`wallpaper` is not a setting (from snip.toml, line 1); remove it, or choose one of the sections `http`, \
         `data`, `network`, `log`, `brand`, `mail`, `billing`, `sign_up`, `embeddings`, `llm`, `llm_fallback_1`, `llm_fallback_2`, \
         `limits`, `metrics`, `backup`, `jobs`, `index`."
    );
}

#[test]
fn keys_with_dots_slashes_and_quotes_are_still_found() {
    let given = Given::file("[http]\n\"a.b/c~d\" = 1\n\"\\u001b[31m\" = 2\n");

    let sentences = given.sentences();

    assert!(sentences[0].contains("`http.\\u{1b}[31m`"), "{sentences:#?}");
    assert!(sentences[1].starts_with("`http.a.b/c~d` is not a setting (from snip.toml, line 2)"));
}

#[test]
fn a_misspelt_variable_is_a_problem_with_the_nearest_name() {
    let sentence = |name: &str| Given::nothing().variable(name, "x").sentence();

    assert_eq!(
        sentence("SNIP__HTTP__LISTN"),
        "The environment variable SNIP__HTTP__LISTN names no setting; did you mean SNIP__HTTP__LISTEN?"
    );
    assert_eq!(
        sentence("SNIP__METRICS__TOKN_FILE"),
        "The environment variable SNIP__METRICS__TOKN_FILE names no setting; did you mean \
         SNIP__METRICS__TOKEN_FILE?"
    );
    assert_eq!(
        sentence("SNIP__WALLPAPER__COLOUR"),
        "The environment variable SNIP__WALLPAPER__COLOUR names no setting; remove it."
    );
    assert_eq!(sentence("SNIP__"), "The environment variable SNIP__ names no setting; remove it.");
}

#[test]
fn a_variable_that_is_almost_ours_is_not_passed_over_in_silence() {
    for name in ["SNIP_HTTP_LISTEN", "SNIP__HTTP_LISTEN", "snip__http__listen"] {
        let given = Given::nothing().variable(name, "0.0.0.0:80");

        let sentence = given.sentence();

        assert_eq!(
            sentence,
            format!("The environment variable {name} is not read; write SNIP__HTTP__LISTEN.")
        );
    }
}

#[test]
fn a_flag_that_is_no_setting_is_a_problem() {
    assert_eq!(
        Given::nothing().flag("http.listn", "x").sentence(),
        "`http.listn` is not a setting (from the command line); did you mean `http.listen`?"
    );
}

#[test]
fn a_wrong_type_is_told_with_value_place_and_remedy() {
    let wrong = |file: &str| Given::file(file).sentence();

    assert_eq!(
        wrong("[jobs]\nworkers = \"many\"\n"),
        "`jobs.workers` is \"many\" (from snip.toml, line 2); write a whole number from 1 to 64."
    );
    assert_eq!(
        wrong("[jobs]\nworkers = 2.0\n"),
        "`jobs.workers` is 2.0 (from snip.toml, line 2); write a whole number from 1 to 64."
    );
    assert_eq!(
        wrong("[metrics]\nenabled = \"yes\"\n"),
        "`metrics.enabled` is \"yes\" (from snip.toml, line 2); write true or false."
    );
    assert_eq!(
        wrong("[log]\nformat = \"xml\"\n"),
        "`log.format` is \"xml\" (from snip.toml, line 2); write \"text\" or \"json\"."
    );
    assert_eq!(
        wrong("[brand]\nproduct_name = 5\n"),
        "`brand.product_name` is 5 (from snip.toml, line 2); write text of 1 to 100 characters: on one line, \
         without spaces at its ends."
    );
}

#[test]
fn a_section_that_is_a_value_is_told_even_when_a_variable_would_cover_it() {
    let given = Given::file("http = 3\n").variable("SNIP__HTTP__LISTEN", "0.0.0.0:80");

    assert_eq!(
        given.sentence(),
        "`http` is 3 (from snip.toml, line 1); it is a section: write `[http]` on a line and its settings below."
    );
    assert!(Given::file("[[jobs]]\nworkers = 3\n").sentence().starts_with("`jobs` is a value of type array"));
}

#[test]
fn a_wrong_text_of_the_environment_is_told_by_the_variables_name() {
    let wrong = |name: &str, value: &str| Given::nothing().variable(name, value).sentence();

    assert_eq!(
        wrong("SNIP__JOBS__WORKERS", ""),
        "`jobs.workers` is \"\" (from environment variable SNIP__JOBS__WORKERS); write a whole number from 1 to 64."
    );
    assert_eq!(
        wrong("SNIP__METRICS__ENABLED", "1"),
        "`metrics.enabled` is \"1\" (from environment variable SNIP__METRICS__ENABLED); write true or \
         false."
    );
    assert!(wrong("SNIP__METRICS__ENABLED", "").contains("write true or false"));
    assert!(wrong("SNIP__LOG__FORMAT", "").contains("write \"text\" or \"json\""));
    assert!(wrong("SNIP__HTTP__TRUSTED_PROXIES", "[broken").contains("write a list of at most 64"));
    assert!(wrong("SNIP__JOBS__WORKERS", "99999999999999999999").contains("from 1 to 64"));
}

#[test]
fn texts_with_a_meaning_are_checked_for_it() {
    let wrong = |path: &str, value: &str, told: &str| {
        let sentence = Given::nothing().flag(path, value).sentence();
        assert!(sentence.contains(told), "{path} = {value:?}: {sentence}");
    };

    for listen in ["", ":8080", "localhost:8080", "0.0.0.0", "0.0.0.0:65536", "::1:x"] {
        wrong("http.listen", listen, "write text: an IP address and a port");
    }
    for range in ["10.0.0.0/33", "proxy.example.com", "10.0.0.0/8,nonsense"] {
        wrong("http.trusted_proxies", range, "`http.trusted_proxies` has the entry \"");
    }
    for url in [
        "chat.example.com",
        "ftp://chat.example.com",
        "https://",
        "https://a.example/path",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://user:word@a.example",
        "https://a.example:",
        "https://a.example:99999",
        "https://a b.example",
        "https://a.example:0",
    ] {
        wrong("http.public_url", url, "such as \"https://chat.example.com\", or nothing");
    }
    for level in ["verbose", "info, snip=debug", "info,,debug", "snip=loud", "info,[", "ïnfo", " info", ","]
    {
        wrong("log.level", level, "off, error, warn, info, debug or trace");
    }
    for name in [" ", "Ada ", "A\nB", "Ada\u{7f}"] {
        wrong("brand.product_name", name, "on one line");
    }
    wrong("data.dir", "data\0", "on one line");
}

#[test]
fn log_filters_with_exceptions_are_accepted() {
    for level in ["off", "TRACE", "info,snip::store=debug", "warn,snip[turn{client=x}]=trace"] {
        let loaded = Given::nothing().flag("log.level", level).loads();

        assert_eq!(loaded.settings.log.level, level);
    }
}

#[test]
fn every_problem_of_every_source_is_told_at_once() {
    let given =
        Given::file("[http]\nlisten = \"here\"\nlistn = 1\n[jobs]\nworkers = 0\n[billing]\nenabled = true\n")
            .variable("SNIP__LOG__LEVEL", "loud")
            .variable("SNIP__NONSENSE", "1")
            .variable("SNIP__METRICS__TOKEN_FILE", "/nowhere/token")
            .flag("brand.product_name", "")
            .flag("brand.colour", "red");

    let problems = given.load().expect_err("nine problems");

    let mut subjects: Vec<&str> = problems.iter().map(|problem| problem.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "SNIP__METRICS__TOKEN_FILE",
            "SNIP__NONSENSE",
            "billing.enabled",
            "brand.colour",
            "brand.product_name",
            "http.listen",
            "http.listn",
            "jobs.workers",
            "log.level"
        ]
    );
    let text = problems.to_string();
    assert!(text.starts_with("The configuration has 9 problems, so nothing was started:\n  - "), "{text}");
    assert_eq!(text.lines().count(), 10);
}

#[test]
fn one_value_with_two_faults_is_one_problem() {
    let given = Given::nothing().flag("brand.product_name", &format!(" {}", "x".repeat(200)));

    assert!(given.sentence().len() < 300, "a long value is cut");
}

#[test]
fn a_secret_that_does_not_fit_is_never_quoted() {
    let files = [
        "[metrics]\ntoken = \"hunter2\"\n",
        "[metrics]\ntoken = [\"hunter2\"]\n",
        "[metrics]\ntoken = { hunter2 = \"hunter2\" }\n",
        "[metrics]\ntoken = \"hunter2\n",
        "[metrics]\ntoken = hunter2\n",
        "[metrics]\ntokenn = \"hunter2\"\n",
        "metrics = \"hunter2\"\n",
    ];

    for file in files {
        let given = Given::file(file);

        let problems = given.load().expect_err("refused");

        assert!(!format!("{problems} {problems:?}").contains("hunter2"), "{file}: {problems}");
    }
}
