//! Which kinds of values a line holds: what "how much", "when" and "how long" are answered by.

use crate::ground::text::Token;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A kind of value that a question can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    Money,
    Time,
    Duration,
    Phone,
    Email,
    Place,
    Number,
    /// Part of a year, by the names of months.
    Month,
    /// Once a year, every week.
    Frequency,
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ValueKinds(u16);

impl ValueKinds {
    pub fn insert(&mut self, kind: ValueKind) {
        self.0 |= 1 << kind as u8;
    }

    pub fn contains(self, kind: ValueKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const CURRENCY_SIGNS: [char; 7] = ['€', '$', '£', '¥', '₹', '₺', '₽'];
const CURRENCIES: &str =
    "eur euro euros usd gbp chf dollar dollars pound pounds cent cents pence franken kr pln zł";
const FREE: &str = "free kostenlos kostenfrei gratis gratuit gratuite gratuito gratuita";
const CLOCK: &str = "am pm uhr uur noon midnight mittags mitternacht midi minuit";
const CLOSED: &str = "closed geschlossen ruhetag fermé cerrado chiuso fechado gesloten";
const MONTHS: &str = "january february march april june july august september october november december januar \
    februar märz mai juni juli oktober dezember enero febrero marzo abril mayo junio julio agosto septiembre octubre \
    noviembre diciembre janvier février avril juin juillet août septembre octobre novembre décembre gennaio febbraio \
    aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro maio junho julho setembro outubro novembro \
    dezembro januari februari maart mei augustus";
const DAILY: &str = "daily täglich";
const REPEATS: &str = "once twice every each per daily weekly monthly yearly annually einmal zweimal alle jede jeden jedes \
    täglich wöchentlich monatlich jährlich vez veces cada fois chaque volta volte ogni vezes keer elke";
const SPANS: &str = "minute minutes min mins hour hours hr hrs day days week weeks month months year years second seconds \
    overnight minuten stunde stunden tag tage tagen werktage werktagen woche wochen monat monate monaten jahr jahre jahren \
    minuto minutos hora horas día días semana semanas mes meses año años heure heures jour jours semaine semaines mois an ans \
    minuti ora ore giorno giorni settimana settimane mese mesi anno anni dia dias mês ano anos minuut uur uren dag dagen \
    werkdagen weken maand maanden jaar";
const NUMBERS: &str = "one two three four five six seven eight nine ten twelve twenty thirty zwei drei vier fünf sechs sieben \
    acht zehn dos tres cuatro cinco siete ocho diez deux trois quatre cinq sept huit dix quinze due tre quattro cinque sei \
    sette otto dieci dois três seis sete oito dez twee drie vijf zes zeven tien";
const STREETS: &str = "street st road rd avenue ave lane square drive boulevard highway floor straße strasse str platz weg \
    allee rue place quai calle plaza avenida carretera via piazza viale corso rua praça straat plein laan gracht kade";

const SHORT_LINE_CHARS: usize = 40;

/// What a word says about the values beside it.
#[derive(Clone, Copy)]
enum Cue {
    Currency = 1,
    Free = 2,
    Clock = 4,
    Calendar = 8,
    Span = 16,
    Number = 32,
    Street = 64,
    Month = 128,
    Repeat = 256,
    Closed = 512,
}

static CUES: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut cues: HashMap<&'static str, u16> = HashMap::new();
    for (words, cue) in [
        (CURRENCIES, Cue::Currency),
        (FREE, Cue::Free),
        (CLOCK, Cue::Clock),
        (CLOSED, Cue::Closed),
        (MONTHS, Cue::Calendar),
        (MONTHS, Cue::Month),
        (DAILY, Cue::Calendar),
        (REPEATS, Cue::Repeat),
        (SPANS, Cue::Span),
        (NUMBERS, Cue::Number),
        (STREETS, Cue::Street),
    ] {
        words.split_ascii_whitespace().for_each(|word| *cues.entry(word).or_default() |= cue as u16);
    }
    cues
});

/// The kinds of values in one line, in any language. `tokens` are those of the line, `has_day` whether it
/// names a day of the week.
pub fn of(line: &str, tokens: &[Token], has_day: bool) -> ValueKinds {
    let lower = line.to_lowercase();
    let mut cues = 0;
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        cues |= CUES.get(word).copied().unwrap_or(0) | suffix_cues(word);
    }
    let has = |cue: Cue| cues & cue as u16 != 0;
    let has_digit = lower.contains(|c: char| c.is_ascii_digit());
    let has_number = has_digit || has(Cue::Number);
    let has_term = |is_kind: fn(&str) -> bool| tokens.iter().any(|token| is_kind(&token.term));
    // "Sunday: closed" is a time; what is said about a closed door in a long sentence is none.
    let is_closed = has(Cue::Closed) && (has_day || lower.chars().count() <= SHORT_LINE_CHARS);
    let mut kinds = ValueKinds::default();
    for (kind, is_there) in [
        (ValueKind::Number, has_number),
        (
            ValueKind::Money,
            has(Cue::Free) || (has_digit && (lower.contains(CURRENCY_SIGNS) || has(Cue::Currency))),
        ),
        (
            ValueKind::Time,
            has_term(is_clock)
                || has(Cue::Clock)
                || is_closed
                || has(Cue::Calendar)
                || (has_digit && has_day),
        ),
        (ValueKind::Duration, has_number && has(Cue::Span)),
        (ValueKind::Phone, has_term(is_phone)),
        (ValueKind::Email, has_term(|term| term.contains('@'))),
        (ValueKind::Place, has_digit && has(Cue::Street)),
        (ValueKind::Month, has(Cue::Month)),
        (ValueKind::Frequency, has(Cue::Repeat) && (has(Cue::Span) || has(Cue::Calendar) || has_digit)),
    ] {
        if is_there {
            kinds.insert(kind);
        }
    }
    kinds
}

/// Whether a word (lower-case) names a month.
pub fn is_month(word: &str) -> bool {
    CUES.get(word).is_some_and(|cues| cues & Cue::Month as u16 != 0)
}

/// Words that carry their cue inside: `9am`, `24h`, `14day`, `Hauptstraße`.
fn suffix_cues(word: &str) -> u16 {
    if ["straße", "strasse", "straat"].iter().any(|street| word.ends_with(street)) {
        return Cue::Street as u16;
    }
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    if unit.is_empty() || unit.len() == word.len() {
        return 0;
    }
    match unit {
        // "18h" is a time in French, "24h" a duration anywhere.
        "h" | "h00" | "h30" => Cue::Clock as u16 | Cue::Span as u16,
        "d" => Cue::Span as u16,
        _ => CUES.get(unit).copied().unwrap_or(0),
    }
}

fn is_clock(term: &str) -> bool {
    term.split_once(':').is_some_and(|(hour, minute)| {
        hour.bytes().chain(minute.bytes()).all(|byte| byte.is_ascii_digit()) && !hour.is_empty()
    })
}

fn is_phone(term: &str) -> bool {
    (7..=15).contains(&term.len()) && term.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::text::{Language, tokens};

    fn kinds(line: &str) -> ValueKinds {
        of(line, &tokens(line, Language::English), false)
    }

    #[test]
    fn values_are_recognised_by_how_they_are_written() {
        for (line, kind) in [
            ("Latte: €4.20", ValueKind::Money),
            ("Delivery is free", ValueKind::Money),
            ("20 euros", ValueKind::Money),
            ("from 9am", ValueKind::Time),
            ("09:30 to noon", ValueKind::Time),
            ("Sunday: closed", ValueKind::Time),
            ("within 30 days", ValueKind::Duration),
            ("two weeks", ValueKind::Duration),
            ("Call (555) 010-2030", ValueKind::Phone),
            ("hi@shop.example", ValueKind::Email),
            ("12 Mill Road", ValueKind::Place),
            ("Hauptstraße 5", ValueKind::Place),
            ("up to 8 guests", ValueKind::Number),
            ("made from May to October", ValueKind::Month),
            ("once a year", ValueKind::Frequency),
            ("every 3,000 kilometres", ValueKind::Frequency),
        ] {
            assert!(kinds(line).contains(kind), "{line}");
        }
        assert_eq!(kinds("We like tea"), ValueKinds::default());
        assert!(!kinds("Room 12").contains(ValueKind::Money));
        assert!(!kinds("every bolt is checked").contains(ValueKind::Frequency));
    }
}
