//! `snip eval` and `snip ask`: what the assistant finds and answers, from the terminal.

use super::admin::{self, AdminAnswer, AdminCommand};
use super::output::{print_json, print_line, print_note};
use crate::config::Loaded;
use crate::domain::chat::preview::{PreviewedAnswer, PreviewedSource};
use crate::domain::evaluation::Outcome;
use crate::domain::evaluation::cases::{self, Case, LineProblem};
use crate::domain::evaluation::metrics::{Floor, Summary};
use crate::ground::ids::ClientId;
use crate::ground::limits::EVALUATION_FILE_BYTES_MAX;
use anyhow::{Context as _, anyhow, bail};
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

const PROBLEMS_SHOWN_MAX: usize = 20;
const MISSES_SHOWN_MAX: usize = 20;

/// Evaluates the file's cases. Exit code 1 when a floor is not reached.
pub(super) fn eval(
    loaded: &Loaded,
    client_id: ClientId,
    file: &Path,
    floors: &[Floor],
    json: bool,
) -> anyhow::Result<ExitCode> {
    let cases = read_cases(file)?;
    let answer = admin::ask(loaded, AdminCommand::Evaluate { client_id, cases })?;
    let AdminAnswer::Evaluated { outcomes } = answer else { bail!("the server answered something else") };
    let summary = Summary::of(&outcomes);
    let missed: Vec<&Floor> = floors.iter().filter(|floor| !floor.is_reached_by(&summary)).collect();
    if json {
        print_json(&serde_json::json!({
            "cases": summary.cases,
            "figures": summary
                .figures
                .iter()
                .map(|figure| (figure.name.clone(), serde_json::json!(figure.value)))
                .collect::<serde_json::Map<_, _>>(),
            "floors_missed": missed.iter().map(|floor| floor.name.as_str()).collect::<Vec<_>>(),
            "outcomes": outcomes,
        }))?;
    } else {
        print_line(&table(&summary, &outcomes))?;
    }
    for floor in &missed {
        let reached =
            summary.value(&floor.name).map_or_else(|| "nothing".to_owned(), |it| format!("{it:.4}"));
        print_note(&format!("{} is {reached}, and the floor is {}", floor.name, floor.value));
    }
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_cases(file: &Path) -> anyhow::Result<Vec<Case>> {
    let cannot = || format!("`{}` cannot be read", file.display());
    let mut text = String::new();
    let opened = std::fs::File::open(file).with_context(cannot)?;
    opened.take(EVALUATION_FILE_BYTES_MAX + 1).read_to_string(&mut text).with_context(cannot)?;
    if text.len() as u64 > EVALUATION_FILE_BYTES_MAX {
        bail!("`{}` has more than {EVALUATION_FILE_BYTES_MAX} bytes; split it", file.display());
    }
    cases::parse(&text).map_err(|problems| anyhow!(told(file, &problems)))
}

fn told(file: &Path, problems: &[LineProblem]) -> String {
    let mut lines =
        vec![format!("`{}` holds lines that cannot be used; nothing was evaluated", file.display())];
    lines.extend(problems.iter().take(PROBLEMS_SHOWN_MAX).map(|it| match it.line {
        0 => format!("  {}", it.problem),
        line => format!("  line {line}: {}", it.problem),
    }));
    if problems.len() > PROBLEMS_SHOWN_MAX {
        lines.push(format!("  and {} more", problems.len() - PROBLEMS_SHOWN_MAX));
    }
    lines.join("\n")
}

fn table(summary: &Summary, outcomes: &[Outcome]) -> String {
    let mut lines = vec![format!("{} cases", summary.cases)];
    lines.extend(summary.figures.iter().map(|figure| {
        let value = figure.value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
        format!("  {:<18} {value:>8}", figure.name)
    }));
    let misses: Vec<&Outcome> = outcomes.iter().filter(|outcome| is_miss(outcome)).collect();
    if !misses.is_empty() {
        lines.push("Not as expected:".to_owned());
        lines.extend(misses.iter().take(MISSES_SHOWN_MAX).map(|miss| format!("  {}", miss.question)));
        if misses.len() > MISSES_SHOWN_MAX {
            lines.push(format!("  and {} more", misses.len() - MISSES_SHOWN_MAX));
        }
    }
    lines.join("\n")
}

fn is_miss(outcome: &Outcome) -> bool {
    let is_lost = outcome.expected > 0 && outcome.found_at.is_empty();
    is_lost || outcome.is_right == Some(false) || outcome.is_answered == outcome.is_unanswerable
}

/// Prints the answer to one question with its sources.
pub(super) fn ask(loaded: &Loaded, client_id: ClientId, question: String, json: bool) -> anyhow::Result<()> {
    let answer = admin::ask(loaded, AdminCommand::Ask { client_id, question })?;
    let AdminAnswer::Answered { given: answer } = answer else { bail!("the server answered something else") };
    if json { print_json(&answer) } else { print_line(&with_sources(&answer)) }
}

fn with_sources(answer: &PreviewedAnswer) -> String {
    let mut lines = vec![answer.response.clone()];
    if !answer.sources.is_empty() {
        lines.push(String::new());
    }
    lines.extend(
        answer.sources.iter().enumerate().map(|(at, source)| format!("[{}] {}", at + 1, place(source))),
    );
    lines.join("\n")
}

fn place(source: &PreviewedSource) -> String {
    let mut parts = vec![source.title.as_str()];
    parts.extend(source.heading_path.iter().map(String::as_str).filter(|heading| *heading != source.title));
    let page = source.page.map_or_else(String::new, |page| format!(", page {page}"));
    format!("{}{page}", parts.join(" › "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::AnsweredBy;

    #[test]
    fn an_answer_is_printed_with_the_place_of_each_source() {
        let source = PreviewedSource {
            document_id: None,
            faq_id: None,
            title: "Prices".to_owned(),
            heading_path: vec!["Prices".to_owned(), "Repairs".to_owned()],
            page: Some(3),
            quote: "£12".to_owned(),
        };
        let answer = PreviewedAnswer {
            answered_by: AnsweredBy::Extractive,
            response: "£12".to_owned(),
            confidence: 0.9,
            sources: vec![source],
        };

        assert_eq!(with_sources(&answer), "£12\n\n[1] Prices › Repairs, page 3");
        assert_eq!(with_sources(&PreviewedAnswer { sources: Vec::new(), ..answer }), "£12");
    }

    // KNO-12
    #[test]
    fn a_bad_file_is_told_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cases.jsonl");
        std::fs::write(&file, "{\"question\": \"Open?\", \"answer\": \"9\"}\nnonsense\n").unwrap();

        let told = read_cases(&file).unwrap_err().to_string();

        assert!(told.contains("line 2: ") && !told.contains("line 1: "), "{told}");
        assert!(read_cases(&folder.path().join("missing")).is_err());
    }
}
