//! The mails that a node wrote into its folder, as their readers see them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

/// One mail, unpacked.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    /// The six digits of a mail to sign in.
    pub fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        self.text.lines().map(str::trim).find(is_code).expect("the mail has a code").to_owned()
    }

    /// The whole link.
    pub fn link(&self) -> &str {
        self.text.lines().map(str::trim).find(|line| line.contains("/app/#/")).expect("the mail has a link")
    }

    /// What stands behind `#/sign-in/` or `#/invitation/`.
    pub fn token(&self) -> String {
        self.link().rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// Every mail in the folder, oldest first: their names are the ids of the outbox, which sort by time.
pub fn read(folder: &Path) -> Vec<Mail> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    paths.sort();
    paths.iter().map(|path| parse(&std::fs::read_to_string(path).expect("a mail can be read"))).collect()
}

/// The mail in these bytes.
pub fn parse(source: &str) -> Mail {
    let (head, body) = source.split_once("\r\n\r\n").expect("a mail has a head");
    let head = head.replace("\r\n ", " ");
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    let boundary =
        head.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a boundary");
    let part = |kind: &str| {
        let part =
            body.split(&format!("--{boundary}")).find(|part| part.contains(kind)).expect("the part is there");
        let encoded = part.split("\r\n\r\n").nth(1).expect("a part has a body").replace("\r\n", "");
        String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("UTF-8").replace("\r\n", "\n")
    };
    Mail {
        to: header("To").trim_matches(['<', '>']).to_owned(),
        from: header("From"),
        subject: words(&header("Subject")),
        text: part("text/plain"),
        html: part("text/html"),
    }
}

/// Encoded words of RFC 2047, decoded.
fn words(text: &str) -> String {
    if !text.contains("=?utf-8?B?") {
        return text.to_owned();
    }
    let parts =
        text.split_whitespace().filter_map(|word| word.strip_prefix("=?utf-8?B?")?.strip_suffix("?="));
    let bytes: Vec<u8> = parts.flat_map(|word| STANDARD.decode(word).expect("base64")).collect();
    String::from_utf8(bytes).expect("UTF-8")
}
