//! The file of cases: one JSON object on each line.

use crate::ground::limits::{EVALUATION_CASES_MAX, MESSAGE_CHARS_MAX};
use serde::{Deserialize, Serialize};

/// A question and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// In the file, from 1.
    pub line: usize,
    pub question: String,
    /// File names or ids of the documents that hold the answer.
    pub expected: Vec<String>,
    /// Words that the answer must hold.
    pub answer: Option<String>,
    /// Nothing that the client has answers it: the assistant should say so.
    pub unanswerable: bool,
}

/// A line as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    question: String,
    #[serde(default)]
    expected: Vec<String>,
    #[serde(default)]
    answer: Option<String>,
    #[serde(default)]
    unanswerable: bool,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// From 1; 0 where it is about the whole file.
    pub line: usize,
    pub problem: String,
}

/// All cases, or every line that is wrong. Empty lines are passed over.
pub fn parse(text: &str) -> Result<Vec<Case>, Vec<LineProblem>> {
    let mut cases = Vec::new();
    let mut problems = Vec::new();
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match parse_line(at + 1, line) {
            Ok(case) => cases.push(case),
            Err(problem) => problems.push(LineProblem { line: at + 1, problem }),
        }
    }
    if problems.is_empty() && cases.is_empty() {
        problems.push(LineProblem { line: 0, problem: "The file holds no case.".to_owned() });
    }
    if cases.len() > EVALUATION_CASES_MAX {
        let problem = format!("The file holds more than {EVALUATION_CASES_MAX} cases. Split it.");
        problems.push(LineProblem { line: 0, problem });
    }
    if problems.is_empty() { Ok(cases) } else { Err(problems) }
}

fn parse_line(line: usize, text: &str) -> Result<Case, String> {
    let read: Line = serde_json::from_str(text).map_err(|error| {
        // The position within the one line is all that serde counts.
        error.to_string().replace("line 1 column", "column")
    })?;
    let question = read.question.trim().to_owned();
    let length = question.chars().count();
    if length == 0 || length > MESSAGE_CHARS_MAX {
        return Err(format!("`question` must have 1 to {MESSAGE_CHARS_MAX} characters; it has {length}."));
    }
    if read.unanswerable && (!read.expected.is_empty() || read.answer.is_some()) {
        return Err("A case that is `unanswerable` expects no document and no answer.".to_owned());
    }
    if !read.unanswerable && read.expected.is_empty() && read.answer.is_none() {
        return Err("Name `expected` documents, an `answer`, or `unanswerable`.".to_owned());
    }
    let mut expected = Vec::with_capacity(read.expected.len());
    for name in read.expected {
        if !expected.contains(&name) {
            expected.push(name);
        }
    }
    Ok(Case { line, question, expected, answer: read.answer, unanswerable: read.unanswerable })
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-12
    #[test]
    fn a_file_gives_its_cases_with_their_lines() {
        let text = "\u{FEFF}{\"question\": \"Open?\", \"expected\": [\"hours.md\", \"hours.md\"], \"answer\": \"9\"}\n\n\
                    {\"question\": \"Weather?\", \"unanswerable\": true}\r\n";

        let cases = parse(text).unwrap();

        assert_eq!(cases.iter().map(|case| case.line).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(cases[0].expected, ["hours.md"]);
        assert_eq!((cases[0].answer.as_deref(), cases[1].unanswerable), (Some("9"), true));
    }

    #[test]
    fn every_bad_line_is_told_with_its_number_and_nothing_is_kept() {
        let long = "x".repeat(MESSAGE_CHARS_MAX + 1);
        let lines = [
            r#"{"question": "Open?", "expected": ["a.md"]}"#.to_owned(),
            "not json".to_owned(),
            r#"{"question": "", "expected": ["a.md"]}"#.to_owned(),
            r#"{"question": "Open?"}"#.to_owned(),
            r#"{"question": "Open?", "unanswerable": true, "expected": ["a.md"]}"#.to_owned(),
            r#"{"question": "Open?", "expected": ["a.md"], "must": 1}"#.to_owned(),
            format!(r#"{{"question": "{long}", "expected": ["a.md"]}}"#),
        ];

        let problems = parse(&lines.join("\n")).unwrap_err();

        assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
        assert!(problems[4].problem.contains("must"), "{problems:?}");
    }

    #[test]
    fn an_empty_file_and_one_with_too_many_cases_are_refused() {
        assert_eq!(parse("\n \n").unwrap_err()[0].line, 0);
        let case = "{\"question\": \"Open?\", \"answer\": \"9\"}\n";
        assert_eq!(parse(&case.repeat(EVALUATION_CASES_MAX)).unwrap().len(), EVALUATION_CASES_MAX);
        assert_eq!(parse(&case.repeat(EVALUATION_CASES_MAX + 1)).unwrap_err().len(), 1);
    }
}
