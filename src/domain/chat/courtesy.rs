//! Courtesies: a message that greets, thanks or says goodbye, and nothing else. There is nothing to look up, and "I
//! could not find that" would be rude.
//!
//! The lists hold whole messages, without signs. Whoever greets and asks ("Hi, when are you open?") is no match: the
//! question is answered.

use super::phrases::phrases;
use crate::ground::text::Language;

/// More words than any courtesy has.
const WORDS_MAX: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Courtesy {
    Greeting,
    Thanks,
    Farewell,
}

struct Known {
    language: Language,
    greetings: &'static [&'static str],
    thanks: &'static [&'static str],
    farewells: &'static [&'static str],
}

const KNOWN: [Known; 8] = [
    Known {
        language: Language::English,
        greetings: &[
            "hello",
            "hello there",
            "hi",
            "hi there",
            "hey",
            "hey there",
            "hiya",
            "good morning",
            "good afternoon",
            "good evening",
            "good day",
            "greetings",
            "howdy",
            "how are you",
            "hi how are you",
            "hello how are you",
        ],
        thanks: &[
            "thanks",
            "thank you",
            "thx",
            "ty",
            "cheers",
            "many thanks",
            "thanks a lot",
            "thank you very much",
            "thank you so much",
            "great thanks",
            "great thank you",
            "ok thanks",
            "ok thank you",
            "perfect thanks",
            "perfect thank you",
        ],
        farewells: &[
            "bye",
            "bye bye",
            "goodbye",
            "good bye",
            "see you",
            "good night",
            "have a nice day",
            "take care",
        ],
    },
    Known {
        language: Language::German,
        greetings: &[
            "hallo",
            "hallo zusammen",
            "guten tag",
            "guten morgen",
            "guten abend",
            "moin",
            "servus",
            "grüß gott",
            "grüezi",
            "wie geht s",
            "wie geht es ihnen",
            "wie geht es dir",
        ],
        thanks: &[
            "danke",
            "danke schön",
            "dankeschön",
            "danke sehr",
            "vielen dank",
            "besten dank",
            "herzlichen dank",
            "super danke",
            "ok danke",
            "alles klar danke",
        ],
        farewells: &["tschüss", "tschüß", "auf wiedersehen", "bis bald", "schönen tag noch", "gute nacht"],
    },
    Known {
        language: Language::Spanish,
        greetings: &[
            "hola",
            "buenos días",
            "buenas tardes",
            "buenas noches",
            "buenas",
            "qué tal",
            "hola qué tal",
            "cómo estás",
            "cómo está",
        ],
        thanks: &["gracias", "muchas gracias", "mil gracias", "vale gracias", "perfecto gracias"],
        farewells: &["adiós", "hasta luego", "hasta pronto", "chao", "nos vemos"],
    },
    Known {
        language: Language::French,
        greetings: &["bonjour", "bonsoir", "salut", "coucou", "ça va", "comment ça va", "comment allez vous"],
        thanks: &[
            "merci",
            "merci beaucoup",
            "merci bien",
            "un grand merci",
            "parfait merci",
            "d accord merci",
        ],
        farewells: &["au revoir", "à bientôt", "bonne journée", "bonne soirée", "bonne nuit"],
    },
    Known {
        language: Language::Italian,
        greetings: &[
            "ciao",
            "buongiorno",
            "buon giorno",
            "buonasera",
            "buona sera",
            "salve",
            "come va",
            "come sta",
        ],
        thanks: &["grazie", "grazie mille", "tante grazie", "molte grazie", "perfetto grazie"],
        farewells: &["arrivederci", "a presto", "buona giornata", "buona serata", "buona notte"],
    },
    Known {
        language: Language::Dutch,
        greetings: &[
            "hallo",
            "hoi",
            "goedemorgen",
            "goedemiddag",
            "goedenavond",
            "goedendag",
            "dag",
            "hoe gaat het",
        ],
        thanks: &[
            "bedankt",
            "dank je",
            "dank je wel",
            "dank u",
            "dank u wel",
            "hartelijk dank",
            "ok bedankt",
        ],
        farewells: &["doei", "tot ziens", "tot straks", "fijne dag", "fijne dag nog", "goedenacht"],
    },
    Known {
        language: Language::Portuguese,
        greetings: &[
            "olá",
            "oi",
            "bom dia",
            "boa tarde",
            "boa noite",
            "tudo bem",
            "olá tudo bem",
            "oi tudo bem",
        ],
        thanks: &["obrigado", "obrigada", "muito obrigado", "muito obrigada", "valeu"],
        farewells: &["tchau", "adeus", "até logo", "até breve", "até mais"],
    },
    Known {
        language: Language::Polish,
        greetings: &[
            "cześć",
            "dzień dobry",
            "dobry wieczór",
            "hej",
            "witam",
            "witaj",
            "siema",
            "jak się masz",
        ],
        thanks: &["dziękuję", "dzięki", "dziękuję bardzo", "bardzo dziękuję", "wielkie dzięki", "ok dzięki"],
        farewells: &["do widzenia", "na razie", "do zobaczenia", "miłego dnia", "dobranoc"],
    },
];

/// What to say back; None where the message is anything else. Words that several languages share are read in the
/// client's own first.
pub(super) fn reply(message: &str, own: Language) -> Option<&'static str> {
    let words: Vec<String> = message
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .take(WORDS_MAX + 1)
        .collect();
    if words.len() > WORDS_MAX || message.chars().any(|c| c.is_numeric()) {
        return None;
    }
    let said = words.join(" ");
    let (own_first, others): (Vec<&Known>, Vec<&Known>) =
        KNOWN.iter().partition(|known| known.language == own);
    own_first.into_iter().chain(others).find_map(|known| {
        let phrases = phrases(known.language)?;
        Some(match read(known, &said)? {
            Courtesy::Greeting => phrases.greeting.as_str(),
            Courtesy::Thanks => phrases.thanks.as_str(),
            Courtesy::Farewell => phrases.farewell.as_str(),
        })
    })
}

fn read(known: &Known, said: &str) -> Option<Courtesy> {
    let Known { greetings, thanks, farewells, .. } = known;
    [(greetings, Courtesy::Greeting), (thanks, Courtesy::Thanks), (farewells, Courtesy::Farewell)]
        .into_iter()
        .find_map(|(list, courtesy)| list.contains(&said).then_some(courtesy))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of(reply: Option<&str>, language: Language) -> bool {
        let phrases = phrases(language).unwrap();
        reply.is_some_and(|text| {
            [&phrases.greeting, &phrases.thanks, &phrases.farewell].contains(&&text.to_owned())
        })
    }

    // CHT-5
    #[test]
    fn a_courtesy_is_returned_in_its_own_language() {
        for (message, language) in [
            ("Hello!", Language::English),
            ("  hi there :)", Language::English),
            ("Thank you very much.", Language::English),
            ("Grüß Gott", Language::German),
            ("¡Buenos días!", Language::Spanish),
            ("Merci beaucoup !", Language::French),
            ("Dziękuję bardzo", Language::Polish),
        ] {
            assert!(is_of(reply(message, Language::English), language), "{message}");
        }
    }

    #[test]
    fn a_question_is_no_courtesy_even_if_it_greets() {
        for message in [
            "Hi, when are you open?",
            "hello 24",
            "thanks for the invoice number",
            "",
            "?",
            "dag en nacht open?",
            "danke, und samstags?",
        ] {
            assert_eq!(reply(message, Language::English), None, "{message}");
        }
    }

    #[test]
    fn words_of_several_languages_are_read_in_the_clients_own() {
        assert!(is_of(reply("Hallo", Language::Dutch), Language::Dutch));
        assert!(is_of(reply("Hallo", Language::English), Language::German));
        assert!(is_of(reply("hej", Language::Polish), Language::Polish));
        assert!(is_of(reply("ok dzięki", Language::German), Language::Polish));
    }
}
