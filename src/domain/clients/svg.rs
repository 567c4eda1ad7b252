//! Drawings made safe: an uploaded SVG is not kept, but written anew from what an allow-list knows of it. Pure.
//!
//! Shapes, gradients, texts and simple filters stay. Scripts, event handlers, links, foreign content, animations,
//! entities and addresses of elsewhere are left out. Styles become presentation attributes, so that the drawing
//! also shows where a Content-Security-Policy forbids inline styles.

use crate::ground::limits::SVG_NESTING_MAX;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};
use std::collections::BTreeMap;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

const ELEMENTS: &str = "circle clipPath defs desc ellipse feBlend feColorMatrix feComposite feDropShadow feFlood \
    feGaussianBlur feMerge feMergeNode feOffset filter g image line linearGradient mask path pattern \
    polygon polyline radialGradient rect stop svg symbol text title tspan use";

/// Elements that are left out while what they contain stays.
const WRAPPERS: &str = "a switch";

/// Elements whose texts are kept.
const TEXTS: &str = "desc text title tspan";

/// Attributes that may also stand in a style.
const PRESENTATION: &str = "clip-path clip-rule color color-interpolation-filters display dominant-baseline fill fill-opacity \
    fill-rule filter flood-color flood-opacity font-family font-size font-style font-weight letter- \
    spacing mask opacity overflow paint-order stop-color stop-opacity stroke stroke-dasharray stroke- \
    dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor \
    transform vector-effect visibility";

const ATTRIBUTES: &str = "clipPathUnits cx cy d dx dy filterUnits flood-color fr fx fy gradientTransform gradientUnits height \
    id in in2 k1 k2 k3 k4 lengthAdjust maskContentUnits maskUnits mode offset operator pathLength \
    patternContentUnits patternTransform patternUnits points preserveAspectRatio primitiveUnits r result \
    rotate rx ry spreadMethod stdDeviation textLength type values viewBox width x x1 x2 y y1 y2";

/// Rules of the drawing's style sheets by their simple selectors: `.name`, `#name`, `name`.
type Rules = Vec<(String, Vec<(String, String)>)>;

/// The safe drawing, or why the file is none.
pub fn make_safe(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    let mut writer = Writer { rules: style_rules(text)?, ..Writer::default() };
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => writer.open(&tag, false)?,
            Event::Empty(tag) => writer.open(&tag, true)?,
            Event::End(_) => writer.close(),
            Event::Text(text) => writer.text(&text),
            Event::CData(text) => writer.text(&escape::escape(&*text)),
            Event::GeneralRef(name) => writer.reference(&name),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    if !writer.open.is_empty() || !writer.has_root {
        return Err("it ends too early".to_owned());
    }
    Ok(writer.out.into_bytes())
}

/// What became of an element that is still open.
enum Opened {
    Written(String),
    /// Left out, without what it contains.
    Hidden,
    /// Left out alone.
    Unwrapped,
}

#[derive(Default)]
struct Writer {
    out: String,
    rules: Rules,
    open: Vec<Opened>,
    has_root: bool,
}

impl Writer {
    fn open(&mut self, tag: &BytesStart<'_>, is_empty: bool) -> Result<(), String> {
        if self.open.len() >= SVG_NESTING_MAX {
            return Err(format!("its elements are nested more than {SVG_NESTING_MAX} deep"));
        }
        let name = tag.local_name().into_inner().to_owned();
        let is_root = !self.has_root;
        if is_root && name != "svg" {
            return Err("its first element is not `svg`".to_owned());
        }
        self.has_root = true;
        let is_visible = !matches!(self.open.last(), Some(Opened::Hidden));
        let is_written = is_visible && has_word(ELEMENTS, &name);
        let is_wrapper = is_visible && has_word(WRAPPERS, &name);
        if is_written {
            self.out.push('<');
            self.out.push_str(&name);
            if is_root {
                self.attribute("xmlns", NAMESPACE);
            }
            for (key, value) in self.attributes_of(tag, &name)? {
                self.attribute(&key, &value);
            }
            self.out.push_str(if is_empty { "/>" } else { ">" });
        }
        if !is_empty {
            self.open.push(match (is_written, is_wrapper) {
                (true, _) => Opened::Written(name),
                (false, true) => Opened::Unwrapped,
                (false, false) => Opened::Hidden,
            });
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(Opened::Written(name)) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
    }

    /// `escaped` is text as it stands in XML.
    fn text(&mut self, escaped: &str) {
        if self.takes_text() {
            self.out.push_str(escaped);
        }
    }

    /// `&amp;` and its like stay; entities of a document type are unknown here.
    fn reference(&mut self, name: &str) {
        let is_plain = matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
        let is_number = name.starts_with('#') && name.chars().skip(1).all(|c| c.is_ascii_alphanumeric());
        if self.takes_text() && (is_plain || is_number) {
            self.out.push('&');
            self.out.push_str(name);
            self.out.push(';');
        }
    }

    fn takes_text(&self) -> bool {
        matches!(self.open.last(), Some(Opened::Written(name)) if has_word(TEXTS, name))
    }

    fn attribute(&mut self, key: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(key);
        self.out.push_str("=\"");
        self.out.push_str(&escape::escape(value));
        self.out.push('"');
    }

    /// What is kept of an element's attributes: its own, then its style sheet's over them, then its style's.
    fn attributes_of(&self, tag: &BytesStart<'_>, name: &str) -> Result<BTreeMap<String, String>, String> {
        let mut kept = BTreeMap::new();
        let (mut selectors, mut style) = (vec![name.to_owned()], String::new());
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let Some((key, value)) = plain(&attribute) else { continue };
            match key.as_str() {
                "class" => selectors.extend(value.split_whitespace().map(|class| format!(".{class}"))),
                "style" => style = value,
                "href" if is_inner_address(name, &value) => _ = kept.insert(key, value),
                _ if is_known(&key) && is_safe(&value) => {
                    if key == "id" {
                        selectors.push(format!("#{value}"));
                    }
                    kept.insert(key, value);
                }
                _ => {}
            }
        }
        let rules = self.rules.iter().filter(|(selector, _)| selectors.contains(selector));
        kept.extend(rules.flat_map(|(_, declarations)| declarations.clone()));
        kept.extend(declarations(&style));
        Ok(kept)
    }
}

/// Local name and value, with its references resolved; None where one is unknown. `xlink:href` is `href`.
fn plain(attribute: &Attribute<'_>) -> Option<(String, String)> {
    let name = attribute.key;
    let is_prefixed = name.prefix().is_some() && name.into_inner() != "xlink:href";
    let value = escape::unescape(&attribute.value).ok()?;
    (!is_prefixed).then(|| (name.local_name().into_inner().to_owned(), value.into_owned()))
}

fn is_known(key: &str) -> bool {
    has_word(ATTRIBUTES, key) || has_word(PRESENTATION, key)
}

/// Whether a list of words holds this one.
fn has_word(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|it| it == word)
}

/// A part of the drawing itself, or for an image the bytes of one.
fn is_inner_address(element: &str, value: &str) -> bool {
    let is_image = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"]
        .iter()
        .any(|start| value.starts_with(start));
    value.starts_with('#') || (element == "image" && is_image)
}

/// Whether a value names nothing outside the drawing.
fn is_safe(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let is_inner = value.match_indices("url(").all(|(at, _)| {
        let target = value.get(at + 4..).unwrap_or_default().trim_start();
        target.trim_start_matches(['"', '\'']).starts_with('#')
    });
    is_inner && !value.contains(['\\', '@', '<', '\0']) && !value.contains("script:")
}

/// The declarations of a style that are presentation attributes.
fn declarations(style: &str) -> Vec<(String, String)> {
    let pairs = style.split(';').filter_map(|declaration| declaration.split_once(':'));
    pairs
        .map(|(key, value)| {
            (key.trim().to_ascii_lowercase(), value.replace("!important", "").trim().to_owned())
        })
        .filter(|(key, value)| has_word(PRESENTATION, key) && is_safe(value))
        .collect()
}

/// The rules of all `style` elements; selectors that are not simple are left out.
fn style_rules(text: &str) -> Result<Rules, String> {
    let mut reader = Reader::from_str(text);
    let (mut sheet, mut is_style) = (String::new(), false);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) => is_style = tag.local_name().into_inner() == "style",
            Event::End(_) => is_style = false,
            Event::Text(text) if is_style => sheet.push_str(&text),
            Event::CData(text) if is_style => sheet.push_str(&text),
            Event::Eof => break,
            _ => {}
        }
    }
    let blocks = without_comments(&sheet);
    let blocks = blocks.split('}').filter_map(|block| block.split_once('{'));
    Ok(blocks
        .flat_map(|(selectors, body)| {
            let declarations = declarations(body);
            let selectors = selectors.split(',').map(str::trim).filter(|selector| is_simple(selector));
            selectors.map(move |selector| (selector.to_owned(), declarations.clone())).collect::<Vec<_>>()
        })
        .collect())
}

fn is_simple(selector: &str) -> bool {
    let name = selector.strip_prefix(['.', '#']).unwrap_or(selector);
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn without_comments(sheet: &str) -> String {
    let mut parts = sheet.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("*/").map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn safe(inner: &str) -> String {
        let drawing = format!("<svg xmlns='{NAMESPACE}' xmlns:xlink='x' viewBox='0 0 8 8'>{inner}</svg>");
        let bytes = make_safe(drawing.as_bytes()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let start = format!("<svg xmlns=\"{NAMESPACE}\" viewBox=\"0 0 8 8\">");
        text.strip_prefix(&start).unwrap().strip_suffix("</svg>").unwrap().to_owned()
    }

    // CHT-33
    #[test]
    fn shapes_stay_as_they_are() {
        let shapes = "<defs><linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"red\"/></linearGradient></defs>\
                      <path d=\"M0 0h8\" fill=\"url(#g)\"/><text x=\"1\">A &amp; B</text>";

        assert_eq!(safe(shapes), shapes);
    }

    // CHT-33
    #[test]
    fn what_could_act_or_call_home_is_left_out() {
        for (inner, left) in [
            ("<script>alert(1)</script>", ""),
            ("<path d='M0 0' onload='alert(1)'/>", "<path d=\"M0 0\"/>"),
            ("<a href='javascript:alert(1)'><g/></a>", "<g/>"),
            (
                "<foreignObject><div xmlns='http://www.w3.org/1999/xhtml'><g/></div></foreignObject><g/>",
                "<g/>",
            ),
            ("<use href='https://evil.example/a.svg#b'/><use xlink:href='#b'/>", "<use/><use href=\"#b\"/>"),
            ("<image href='https://evil.example/pixel'/>", "<image/>"),
            ("<rect fill='url(https://evil.example)' width='1'/>", "<rect width=\"1\"/>"),
            ("<rect style='fill:u\\72l(//evil.example);stroke:red'/>", "<rect stroke=\"red\"/>"),
            ("<animate attributeName='href' to='javascript:alert(1)'/><set/>", ""),
            ("<!-- <script> --><g/><?xml-stylesheet href='x'?>", "<g/>"),
            ("<style>@import 'https://evil.example'; .a{fill:red}</style><g class='a'/>", "<g/>"),
        ] {
            assert_eq!(safe(inner), left, "{inner}");
        }
    }

    // CHT-33
    #[test]
    fn styles_become_attributes() {
        let inner = "<style>/* x */ .a, #b { fill: #fff; position: fixed } rect{stroke:red}</style>\
                     <g class='a'/><g id='b' fill='blue'/><rect style='stroke:green !important'/>";

        assert_eq!(safe(inner), "<g fill=\"#fff\"/><g fill=\"#fff\" id=\"b\"/><rect stroke=\"green\"/>");
    }

    // CHT-33
    #[test]
    fn entities_of_a_document_type_are_not_expanded() {
        let bomb =
            "<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg><text x='&b;'>&b;</text></svg>";

        let text = String::from_utf8(make_safe(bomb.as_bytes()).unwrap()).unwrap();

        assert_eq!(text, format!("<svg xmlns=\"{NAMESPACE}\"><text></text></svg>"));
    }

    // CHT-33
    #[test]
    fn what_is_no_drawing_is_refused() {
        let deep = "<g>".repeat(SVG_NESTING_MAX + 1);
        for bad in ["<html><svg/></html>", "<svg><g>", "<svg", "", &format!("<svg>{deep}")] {
            assert!(make_safe(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(make_safe(b"<svg>\xff</svg>").is_err());
    }
}
