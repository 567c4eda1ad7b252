//! Variables in a client's instructions: `{{company}}` and the like. Pure.

/// Every variable that there is.
pub const NAMES: [&str; 4] = ["assistant", "company", "date", "hours"];
const HOURS: &str = "hours";
/// Stands for a value that the client did not give.
const NOT_STATED: &str = "(not stated)";

/// A variable that nobody can fill in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct UnknownVariable {
    name: String,
}

impl UnknownVariable {
    fn sentence(&self) -> String {
        let wanted = self.name.to_lowercase();
        let distance = |known: &&&str| strsim::damerau_levenshtein(&wanted, known);
        let nearest = NAMES.iter().min_by_key(distance);
        let nearest = nearest.filter(|known| distance(known) * 2 <= wanted.chars().count().max(1));
        let hint = match nearest {
            Some(known) => format!("Did you mean {{{{{known}}}}}?"),
            None => {
                let all: Vec<String> = NAMES.iter().map(|name| format!("{{{{{name}}}}}")).collect();
                format!("There are {}.", all.join(", "))
            }
        };
        format!("{{{{{}}}}} is no variable. {hint}", self.name)
    }
}

/// What the variables stand for in one turn.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    pub assistant: &'a str,
    pub company: &'a str,
    pub date: &'a str,
    pub hours: &'a str,
}

impl Values<'_> {
    fn find(&self, name: &str) -> Option<&str> {
        let value = match name {
            "assistant" => self.assistant,
            "company" => self.company,
            "date" => self.date,
            HOURS => self.hours,
            _ => return None,
        };
        Some(if value.is_empty() { NOT_STATED } else { value })
    }
}

/// A text between variables, or the name in one.
enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Refuses a text with a variable that does not exist.
pub fn check(text: &str) -> Result<(), UnknownVariable> {
    let unknown = parts(text).into_iter().find_map(|part| match part {
        Part::Name(name) if !NAMES.contains(&name) => Some(name.to_owned()),
        Part::Name(_) | Part::Text(_) => None,
    });
    unknown.map_or(Ok(()), |name| Err(UnknownVariable { name }))
}

/// The text with every variable's value in its place. Values are not searched for variables again.
pub fn fill(text: &str, values: &Values<'_>) -> String {
    let filled = parts(text).into_iter().map(|part| match part {
        Part::Text(text) => text,
        Part::Name(name) => values.find(name).unwrap_or_default(),
    });
    filled.collect()
}

pub fn uses_hours(text: &str) -> bool {
    parts(text).iter().any(|part| matches!(part, Part::Name(HOURS)))
}

/// Two braces without their closing ones are text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        parts.push(Part::Text(before));
        parts.push(Part::Name(name.trim()));
        rest = behind;
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> =
        Values { assistant: "Robin", company: "{{date}} & Co", date: "Friday", hours: "" };

    // CHT-3
    #[test]
    fn variables_are_filled_in_once() {
        let text = "I am {{assistant}} of {{ company }} on {{date}}: {{hours}}. {{ and }";

        assert_eq!(fill(text, &VALUES), "I am Robin of {{date}} & Co on Friday: (not stated). {{ and }");
        assert_eq!(check(text), Ok(()));
        assert!(uses_hours(text) && !uses_hours("hours"));
    }

    #[test]
    fn an_unknown_variable_is_told_with_the_nearest_name() {
        let sentence = |text: &str| check(text).unwrap_err().to_string();

        assert_eq!(sentence("At {{compny}}"), "{{compny}} is no variable. Did you mean {{company}}?");
        assert_eq!(sentence("{{Company}}"), "{{Company}} is no variable. Did you mean {{company}}?");
        assert_eq!(
            sentence("{{}}"),
            "{{}} is no variable. There are {{assistant}}, {{company}}, {{date}}, {{hours}}."
        );
    }
}
