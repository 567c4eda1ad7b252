//! The words of mails: a template is a text whose first line is the subject; of its paragraphs, `# …` stands large
//! and `> label | address` is a button. Plain text and HTML are made from the same template. Pure but for the
//! embedded files.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/email"]
struct Files;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Fills a template with these values; None when the program has no such template.
pub fn fill(name: &str, agency: &str, values: &[(&str, &str)]) -> Option<Words> {
    let template = file(&format!("{name}.txt"))?;
    let layout = file("layout.html")?;
    let all: Vec<(&str, &str)> = values.iter().copied().chain([("agency", agency)]).collect();
    let (first, rest) = template.split_once('\n')?;
    let subject = one_line(&put(first, &all));
    let paragraphs: Vec<Paragraph> =
        rest.split("\n\n").filter_map(|paragraph| Paragraph::read(paragraph.trim(), &all)).collect();
    let text: Vec<String> = paragraphs.iter().map(Paragraph::text).collect();
    let html: Vec<String> = paragraphs.iter().map(Paragraph::html).collect();
    let content = html.join("\n");
    // One pass: what a value holds is never taken for a place of the layout.
    let html = put(
        &layout,
        &[
            ("subject", escaped(&subject).as_str()),
            ("agency", escaped(agency).as_str()),
            ("footer", escaped(agency).as_str()),
            ("content", content.as_str()),
        ],
    );
    Some(Words { subject, text: format!("{}\n\n-- \n{agency}\n", text.join("\n\n")), html })
}

fn file(name: &str) -> Option<String> {
    let file = Files::get(name)?;
    String::from_utf8(file.data.into_owned()).ok()
}

enum Paragraph {
    Plain(String),
    Large(String),
    Button { label: String, address: String },
}

impl Paragraph {
    /// None for a paragraph that the values left empty.
    fn read(template: &str, values: &[(&str, &str)]) -> Option<Self> {
        if let Some(large) = template.strip_prefix("# ") {
            return Some(Self::Large(one_line(&put(large, values))));
        }
        if let Some((label, address)) = template.strip_prefix("> ").and_then(|rest| rest.split_once(" | ")) {
            let (label, address) = (put(label, values), put(address, values));
            return (!address.is_empty()).then_some(Self::Button { label, address });
        }
        let text = put(template, values);
        (!text.trim().is_empty()).then_some(Self::Plain(text))
    }

    fn text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Large(text) => format!("    {text}"),
            Self::Button { label, address } => format!("{label}:\n{address}"),
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Plain(text) => {
                format!("<p style=\"margin:0 0 16px\">{}</p>", escaped(text).replace('\n', "<br>"))
            }
            Self::Large(text) => format!(
                "<p style=\"margin:0 0 16px;font-size:28px;letter-spacing:4px;font-weight:600\">{}</p>",
                escaped(text)
            ),
            Self::Button { label, address } => format!(
                "<p style=\"margin:0 0 16px\"><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;\
                 background:#18181b;color:#ffffff;border-radius:8px;text-decoration:none\">{}</a></p>",
                escaped(address),
                escaped(label)
            ),
        }
    }
}

/// Puts the values into their places `{name}`; a place without a value stays empty.
fn put(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        let value = values.iter().find(|(of, _)| *of == name).map_or("", |(_, value)| *value);
        filled.push_str(value);
        filled.push_str(rest);
    }
    filled
}

/// A header has one line, whatever a name holds.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_cannot_break_the_subject() {
        let values = [
            ("inviter", "Eve <script>\r\nBcc: x@y.z"),
            ("organisation", "{agency} & Co"),
            ("role", "manager"),
            ("message", ""),
            ("link", "https://a.test/app/#/invitation/x\"y"),
            ("expires", "tomorrow"),
        ];

        let words = fill("invitation", "North", &values).unwrap();

        assert_eq!(words.subject, "Eve <script> Bcc: x@y.z invites you to {agency} & Co");
        assert!(
            words.html.contains("Eve &lt;script&gt;") && !words.html.contains("<script>"),
            "{}",
            words.html
        );
        assert!(words.html.contains("{agency} &amp; Co"), "a value is no place: {}", words.html);
        assert!(words.html.contains("x&quot;y"), "{}", words.html);
        assert!(
            words.text.contains("Accept the invitation:\nhttps://a.test/app/#/invitation/x"),
            "{}",
            words.text
        );
        assert!(!words.text.contains("\n\n\n"), "an empty message leaves no gap: {}", words.text);
    }
}
