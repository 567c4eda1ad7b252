//! A mail server is complete, or refused with what it lacks.

use super::Given;
use crate::config::MailProvider;

const SMTP: &str = "[mail]\nprovider = \"smtp\"\n";

// APP-6, APP-7
#[test]
fn a_mail_server_without_name_sender_or_password_never_starts() {
    let without_all = Given::file(SMTP).sentences();
    let without_password = Given::file(&format!(
        "{SMTP}smtp_host = \"smtp.example.com\"\nfrom = \"hello@example.com\"\nsmtp_username = \"north\"\n"
    ));

    assert!(without_all[0].starts_with("`mail.smtp_host` is empty"), "{without_all:#?}");
    assert!(without_all[1].starts_with("`mail.from` is empty"), "{without_all:#?}");
    let sentence = without_password.sentence();
    assert!(sentence.contains("SNIP__MAIL__SMTP_PASSWORD"), "{sentence}");
}

// ACC-15
#[test]
fn only_a_server_on_this_machine_is_spoken_to_in_the_clear() {
    let given = |host: &str| {
        Given::file(&format!(
            "{SMTP}smtp_host = \"{host}\"\nfrom = \"hello@example.com\"\nsmtp_encryption = \"none\"\n"
        ))
    };

    for host in ["127.0.0.1", "localhost", "::1"] {
        assert!(given(host).load().is_ok(), "{host}");
    }
    for host in ["smtp.example.com", "10.0.0.5", "localhost.example.com"] {
        let sentence = given(host).sentence();
        assert!(sentence.starts_with("`mail.smtp_encryption` is \"none\""), "{sentence}");
    }
}

#[test]
fn by_default_mail_is_written_into_a_folder() {
    let settings = Given::nothing().load().unwrap().settings;

    assert_eq!(settings.mail.provider, MailProvider::Directory);
}
