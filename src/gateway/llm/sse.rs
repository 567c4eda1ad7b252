//! Reading server-sent events (WHATWG HTML, "Server-sent events", 9.2.6), however the bytes are cut.
//!
//! Tolerant where servers differ: any line end, comments, unknown fields and lines are passed over, and an event
//! that the connection's end leaves without its empty line still counts. Strict in one thing: an event has a bound.

use crate::ground::limits::LLM_EVENT_BYTES_MAX;

/// One event with data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// Empty for an event without a name.
    pub(super) name: String,
    pub(super) data: String,
}

/// An event that is larger than events may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

#[derive(Debug, Default)]
pub(super) struct SseParser {
    line: Vec<u8>,
    name: String,
    data: Option<String>,
    was_carriage_return: bool,
    is_past_first_line: bool,
}

impl SseParser {
    /// The events that these bytes complete.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, TooLong> {
        let mut events = Vec::new();
        for byte in bytes {
            let is_second_of_pair = *byte == b'\n' && self.was_carriage_return;
            self.was_carriage_return = *byte == b'\r';
            match byte {
                b'\n' if is_second_of_pair => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                other => self.line.push(*other),
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > LLM_EVENT_BYTES_MAX {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    /// The event that the end of the connection left open.
    pub(super) fn finish(&mut self) -> Option<SseEvent> {
        self.end_line().or_else(|| self.dispatch())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = match std::mem::replace(&mut self.is_past_first_line, true) {
            true => &*line,
            false => line.strip_prefix('\u{feff}').unwrap_or(&line),
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // A comment has an empty field; `id` and `retry` mean nothing here.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let name = std::mem::take(&mut self.name);
        self.data.take().map(|data| SseEvent { name, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str, piece: usize) -> Vec<(String, String)> {
        let mut parser = SseParser::default();
        let mut events = Vec::new();
        for bytes in text.as_bytes().chunks(piece) {
            events.extend(parser.push(bytes).unwrap());
        }
        events.extend(parser.finish());
        events.into_iter().map(|event| (event.name, event.data)).collect()
    }

    fn nameless(texts: &[&str]) -> Vec<(String, String)> {
        texts.iter().map(|text| (String::new(), (*text).to_owned())).collect()
    }

    // CHT-8
    #[test]
    fn events_are_the_same_wherever_the_bytes_are_cut_and_however_lines_end() {
        let unix =
            ": hello\n\ndata: {\"a\":\"ü\"}\n\nevent: ping\ndata:1\ndata: 2\nid: 7\n\ndata: [DONE]\n\n";
        let mut expected = nameless(&["{\"a\":\"ü\"}", "[DONE]"]);
        expected.insert(1, ("ping".to_owned(), "1\n2".to_owned()));

        for text in
            [unix.to_owned(), unix.replace('\n', "\r\n"), unix.replace('\n', "\r"), format!("\u{feff}{unix}")]
        {
            for piece in [1, 2, 3, 7, 1_000] {
                assert_eq!(read_all(&text, piece), expected, "{piece} of {text:?}");
            }
        }
    }

    #[test]
    fn an_event_without_its_empty_line_counts_at_the_end() {
        assert_eq!(read_all("data: a\n\ndata: b", 4), nameless(&["a", "b"]));
        assert_eq!(read_all("data: a\n\ndata: b\n", 4), nameless(&["a", "b"]));
    }

    #[test]
    fn what_is_no_event_gives_none() {
        for text in ["", "\n\n\n", "<!doctype html>\n<p>Hello</p>\n\n", "event: x\n\n", "\u{0}\u{1}\u{2}"] {
            assert_eq!(read_all(text, 3), [], "{text:?}");
        }
    }

    #[test]
    fn an_endless_line_or_event_is_refused() {
        let mut one_line = SseParser::default();
        let mut many_lines = SseParser::default();
        let lines = "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(LLM_EVENT_BYTES_MAX / 40);

        assert_eq!(one_line.push(&vec![b'x'; LLM_EVENT_BYTES_MAX + 1]), Err(TooLong));
        assert_eq!(many_lines.push(lines.as_bytes()), Err(TooLong));
    }
}
