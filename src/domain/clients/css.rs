//! A client's own style sheet, confined to the widget. The widget adopts it in its shadow root, so its rules reach
//! nothing outside; here it is read as browsers read it, and refused where it would load something from elsewhere,
//! style the host element, or is not whole. Pure.

use crate::ground::limits::CSS_NESTING_MAX;
use cssparser::{ParseError, ParseErrorKind, Parser, Token};

/// Why a style sheet is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct CssError {
    pub line: u32,
    pub why: String,
}

/// At-rules that only group or animate rules of the sheet itself.
const AT_RULES: &[&str] =
    &["media", "supports", "container", "layer", "keyframes", "-webkit-keyframes", "starting-style", "scope"];

/// Functions that name an address by a text.
const ADDRESS_FUNCTIONS: &[&str] = &["image-set", "-webkit-image-set", "image", "src", "expression"];

/// Properties by which older browsers load code.
const CODE_PROPERTIES: &[&str] = &["behavior", "-moz-binding"];

/// Pseudo-classes and elements that reach out of the shadow tree.
const OUTSIDE: &[&str] = &["host", "host-context", "slotted"];

type Fault = ParseError<CssError>;

/// Checks the sheet as a whole; the first fault is told with its line.
pub fn check(text: &str) -> Result<(), CssError> {
    let mut parser = Parser::new(text);
    check_tokens(&mut parser, 0).map_err(|fault| match fault.kind {
        ParseErrorKind::Custom(error) => error,
        ParseErrorKind::Basic(kind) => {
            CssError { line: line_of(&parser), why: format!("this is no valid CSS ({kind})") }
        }
    })
}

fn line_of(parser: &Parser<'_>) -> u32 {
    parser.current_source_location().line + 1
}

fn fault(parser: &Parser<'_>, why: String) -> Fault {
    ParseError { kind: ParseErrorKind::Custom(CssError { line: line_of(parser), why }) }
}

fn check_tokens(parser: &mut Parser<'_>, depth: usize) -> Result<(), Fault> {
    let mut after_colon = false;
    loop {
        let Ok(token) = parser.next_including_whitespace().cloned() else { return Ok(()) };
        if let Some(why) = fault_of(&token, after_colon) {
            return Err(fault(parser, why));
        }
        let closing = match &token {
            Token::Function(_) | Token::ParenthesisBlock => Some(')'),
            Token::SquareBracketBlock => Some(']'),
            Token::CurlyBracketBlock => Some('}'),
            _ => None,
        };
        after_colon = matches!(token, Token::Colon);
        let Some(closing) = closing else { continue };
        if depth >= CSS_NESTING_MAX {
            return Err(fault(parser, "the blocks are nested too deeply".to_owned()));
        }
        let is_url = matches!(&token, Token::Function(name) if name.eq_ignore_ascii_case("url"));
        let start = parser.position();
        parser.parse_nested_block(|inner| {
            if is_url { check_quoted_url(inner) } else { check_tokens(inner, depth + 1) }
        })?;
        if !parser.slice_from(start).ends_with(closing) {
            return Err(fault(parser, format!("a `{closing}` is missing")));
        }
    }
}

/// What is wrong with a token where it stands; None when nothing is.
fn fault_of(token: &Token<'_>, after_colon: bool) -> Option<String> {
    let is_one_of = |name: &str, list: &[&str]| list.iter().any(|it| name.eq_ignore_ascii_case(it));
    match token {
        Token::AtKeyword(name) if !is_one_of(name, AT_RULES) => {
            Some(format!("`@{name}` is not allowed here; only {} are", AT_RULES.join(", ")))
        }
        Token::UnquotedUrl(url) if !is_embedded_image(url) => Some(elsewhere()),
        Token::Function(name) if is_one_of(name, ADDRESS_FUNCTIONS) => {
            Some(format!("`{name}()` is not allowed; use `url(data:image/…)`"))
        }
        Token::Function(name) | Token::Ident(name) if after_colon && is_one_of(name, OUTSIDE) => {
            Some(format!("`:{name}` is not allowed; style `.panel` and what is in it"))
        }
        Token::Ident(name) if is_one_of(name, CODE_PROPERTIES) => Some(format!("`{name}` is not allowed")),
        Token::BadUrl(_) | Token::BadString(_) => Some("a text or an address does not end".to_owned()),
        Token::CloseParenthesis | Token::CloseSquareBracket | Token::CloseCurlyBracket => {
            Some("a bracket closes that was not opened".to_owned())
        }
        Token::CDO | Token::CDC => Some("comments are written as /* … */".to_owned()),
        _ => None,
    }
}

fn check_quoted_url(parser: &mut Parser<'_>) -> Result<(), Fault> {
    let url = parser.expect_string().cloned().unwrap_or_default();
    let is_allowed = is_embedded_image(&url) && parser.is_exhausted();
    if is_allowed { Ok(()) } else { Err(fault(parser, elsewhere())) }
}

fn is_embedded_image(url: &str) -> bool {
    let start = "data:image/";
    url.trim().get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn elsewhere() -> String {
    "addresses of elsewhere are not allowed; use `url(data:image/…)`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    // CHT-33
    #[test]
    fn ordinary_rules_pass() {
        for sheet in [
            "",
            ".panel { border-radius: 0; --x: 1px }",
            "/* a note */ @media (width < 400px) { .title:hover { color: rgb(1 2 3 / 50%) } }",
            "@keyframes in { from { opacity: 0 } } .panel[hidden] { animation: in 1s }",
            ".avatar { background: url(data:image/png;base64,iVBORw0=) } .send::before { content: \"}\" }",
            ".avatar { background: URL( \"data:image/svg+xml,%3Csvg/%3E\" ) }",
        ] {
            assert_eq!(check(sheet), Ok(()), "{sheet}");
        }
    }

    // CHT-33
    #[test]
    fn what_reaches_outside_is_refused_however_it_is_written() {
        for (sheet, word) in [
            ("@import 'https://evil.example/a.css';", "@import"),
            ("@im\\port url(https://evil.example);", "@import"),
            ("@font-face { src: url(https://evil.example/f) }", "@font-face"),
            (".a { background: url(https://evil.example/pixel) }", "elsewhere"),
            (".a { background: u\\72l(//evil.example) }", "elsewhere"),
            (".a { background: url(\"https://evil.example\") }", "elsewhere"),
            (".a { background: url('data:text/html,x') }", "elsewhere"),
            (".a { background: image-set('https://evil.example' 1x) }", "image-set"),
            (".a { background: var(--b, url(//evil.example)) }", "elsewhere"),
            (":host { position: static !important }", ":host"),
            (":host-context(body) { color: red }", ":host-context"),
            (".a { -moz-binding: none }", "-moz-binding"),
            (".a { color: red }}", "bracket"),
            (".a { color: red", "`}` is missing"),
            (".a { content: \"\n }", "does not end"),
            ("<!-- .a {} -->", "comments"),
        ] {
            let error = check(sheet).expect_err(sheet);
            assert!(error.to_string().contains(word), "{sheet}: {error}");
        }
    }

    // CHT-33
    #[test]
    fn a_fault_is_told_with_its_line() {
        assert_eq!(check(".a {}\n\n@import 'x';").unwrap_err().line, 3);
        let deep = "(".repeat(CSS_NESTING_MAX + 1);
        assert!(check(&format!("{deep}{}", ")".repeat(CSS_NESTING_MAX + 1))).is_err());
    }
}
