//! Having a model write the answer: hold, generate, and what is left of it whatever happens.
//!
//! The model's text passes the guard, then the filter of markers, and then its followers see it: nothing is ever
//! taken back. An answer that breaks off keeps what there is, with a sentence that says so; one of which nothing
//! came is none, and the caller answers without a model.

use super::answering::Found;
use super::citing::{self, MarkerFilter};
use super::context::Context;
use super::explanation::{ExplainedPrompt, Explanation, ms};
use super::live::{Lead, LiveTurns};
use super::prompt::{self, Assembled, MarkedSource, PromptInputs};
use super::prompt_guard::{GuardInputs, Guarded, StreamGuard};
use super::settling::Draft;
use super::store::{self, TurnRow, TurnState};
use super::{AnsweredBy, ChatError, Ending, Usage, UsageSource, phrases};
use crate::domain::Environment;
use crate::domain::conversations::citations::{NewQuote, QuoteSource, WhenChanged};
use crate::gateway::llm::{Generation, LlmError, Piece, Started, TokenUsage};
use crate::ground::limits::{ANSWER_CHARS_MAX, PROMPT_TOKENS_MAX, TURN_GRACE_MS};
use crate::ground::scope::ClientScope;
use crate::ground::stored_text::StoredText as _;
use crate::ground::temperature::Temperature;
use crate::ground::text::estimated_tokens;
use crate::store::error::Chain;
use crate::store::fault;
use futures_util::StreamExt as _;
use std::pin::pin;
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;

/// What a model's answer is made for and from.
pub(super) struct Task<'a> {
    pub env: &'a Environment,
    pub scope: &'a ClientScope,
    pub row: &'a TurnRow,
    pub lead: &'a Lead,
    pub context: &'a Context,
    pub question: &'a str,
    pub found: &'a Found,
    /// When the turn must come to its end.
    pub ends_at: Instant,
}

/// Why no more came.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stop {
    /// The model said all that it had to say.
    Finished,
    Visitor,
    OutOfTime,
    TooLong,
    /// The answer began to repeat its prompt.
    Leak,
    Failed(LlmError),
}

/// What a model wrote, as it was shown.
struct Written {
    text: String,
    chars: usize,
    usage: Option<TokenUsage>,
    stop: Stop,
    filter: MarkerFilter,
}

/// Asks the model. None when nothing came of it, for the reason that stands in the explanation then.
pub(super) async fn write(
    task: &Task<'_>,
    explanation: &mut Explanation,
) -> Result<Option<Draft>, ChatError> {
    let assembled = prompt::assemble(&prompt_inputs(task));
    explanation.prompt = Some(explained(&assembled));
    hold(task).await?;
    fault::point("chat.after_hold");
    let asked_at = std::time::Instant::now();
    let mut out_of_time = pin!(out_of_time(&task.env.turns, task.ends_at));
    let (wishes, llm) = (&task.context.instructions, &task.env.llm);
    let generation = Generation {
        prompt: assembled.prompt.clone(),
        model: wishes.model.as_ref().map(|model| model.as_str().to_owned()),
        temperature: wishes.temperature.map(Temperature::as_f32).or_else(|| llm.default_temperature()),
        output_tokens_max: wishes.output_tokens_max.unwrap_or_else(|| llm.default_output_tokens_max()),
    };
    let started = tokio::select! {
        biased;
        () = task.lead.stopped() => return Ok(Some(stopped_before_it_began(explanation))),
        () = &mut out_of_time => {
            explanation.decide("model", "no answer came in time", None);
            return Ok(None);
        }
        started = task.env.llm.start(task.scope.client_id(), generation) => started,
    };
    let started = match started {
        Ok(started) => started,
        Err(failure) => {
            warn!(client.id = %task.scope.client_id(), "A message is answered without a model: {failure}");
            explanation.decide("model", "no model answered", Some(failure.to_string()));
            return Ok(None);
        }
    };
    note_generating(task);
    explanation.provider = Some(started.provider.as_str().to_owned());
    explanation.model = Some(started.model.clone());
    explanation.timings.first_text_ms = ms(asked_at.elapsed());
    let written = show(task, &assembled, started, out_of_time).await;
    explanation.timings.generate_ms = ms(asked_at.elapsed());
    Ok(draft(task, &assembled, written, explanation))
}

fn prompt_inputs<'a>(task: &'a Task<'_>) -> PromptInputs<'a> {
    PromptInputs {
        assistant_name: task.context.settings.widget_name.as_str(),
        company: &task.context.for_prompt.company,
        instructions: &task.context.for_prompt.text,
        language: task.context.language(),
        now: &task.context.for_prompt.now,
        faqs: task.found.faqs_for_prompt(),
        passages: task.found.passages_for_prompt(),
        history: &task.context.history,
        summary: None,
        message: task.question,
        tokens_max: PROMPT_TOKENS_MAX,
        count_tokens: &estimated_tokens,
    }
}

/// What the answer is held against. Links may lead to the client's websites.
fn guard_inputs(task: &Task<'_>) -> GuardInputs {
    let domains = task.context.settings.allowed_domains.as_slice();
    GuardInputs::of(&prompt_inputs(task), domains.iter().map(|domain| domain.stored_text().to_owned()))
}

fn explained(assembled: &Assembled) -> ExplainedPrompt {
    let messages = assembled.prompt.messages.iter().map(|it| (it.role.as_str(), it.text.as_str()));
    ExplainedPrompt::new(&assembled.prompt.system, messages)
}

/// Notes that a model is about to be asked: from here on the turn may cost something.
async fn hold(task: &Task<'_>) -> Result<(), ChatError> {
    let (scope, id) = (task.scope.clone(), task.row.visitor_message_id.clone());
    let actor = scope.actor().clone();
    task.env.db.write(actor, move |tx| store::advance(tx, &scope, &id, TurnState::Held)).await?;
    Ok(())
}

/// Notes that the model has begun, beside the stream: its first words do not wait for a disk.
fn note_generating(task: &Task<'_>) {
    let (env, scope, id) = (task.env.clone(), task.scope.clone(), task.row.visitor_message_id.clone());
    task.env.turns.spawn(async move {
        let actor = scope.actor().clone();
        let noted =
            env.db.write(actor, move |tx| store::advance(tx, &scope, &id, TurnState::Generating)).await;
        if let Err(error) = noted {
            warn!("The beginning of an answer could not be noted: {}", Chain(&error));
        }
    });
}

/// Resolves at the end of the turn's time, or a grace after the server was told to stop.
async fn out_of_time(turns: &LiveTurns, ends_at: Instant) {
    let stopping = async {
        turns.stopping().await;
        tokio::time::sleep(Duration::from_millis(TURN_GRACE_MS)).await;
    };
    tokio::select! {
        () = tokio::time::sleep_until(ends_at) => {}
        () = stopping => {}
    }
}

/// Shows the answer while it comes. Leaving ends the provider's call.
async fn show(
    task: &Task<'_>,
    assembled: &Assembled,
    started: Started,
    mut out_of_time: impl Future<Output = ()> + Unpin,
) -> Written {
    let mut pieces = started.pieces;
    let mut guard = StreamGuard::new(&guard_inputs(task));
    let filter = MarkerFilter::new(assembled.sources.iter().map(|marker| marker.number));
    let mut written = Written { text: String::new(), chars: 0, usage: None, stop: Stop::Finished, filter };
    written.stop = loop {
        let piece = tokio::select! {
            biased;
            () = task.lead.stopped() => break Stop::Visitor,
            () = &mut out_of_time => break Stop::OutOfTime,
            piece = pieces.next() => piece,
        };
        match piece {
            None => break Stop::Finished,
            Some(Ok(Piece::Usage(usage))) => written.usage = Some(usage),
            Some(Ok(Piece::Text(text))) => match guard.push(&text) {
                Guarded::Leak => break Stop::Leak,
                Guarded::Pass(clear) => {
                    let shown = written.filter.push(&clear);
                    written.show(task.lead, &shown);
                }
            },
            Some(Err(error)) => break Stop::Failed(error),
        }
        if !written.text.is_empty() {
            fault::point("chat.while_generating");
        }
        if written.chars >= ANSWER_CHARS_MAX {
            break Stop::TooLong;
        }
    };
    drop(pieces);
    if written.stop != Stop::Leak {
        let rest = guard.finish();
        let mut shown = written.filter.push(&rest);
        shown.push_str(&written.filter.finish());
        written.show(task.lead, &shown);
    }
    if !matches!(written.stop, Stop::Finished | Stop::Visitor) && !written.text.trim().is_empty() {
        let words = phrases::phrases(task.context.language()).map_or("", |phrases| phrases.cut.as_str());
        written.show(task.lead, &format!("\n\n{words}"));
    }
    written
}

impl Written {
    /// An answer begins with a word.
    fn show(&mut self, lead: &Lead, text: &str) {
        let text = if self.text.is_empty() { text.trim_start() } else { text };
        self.text.push_str(text);
        self.chars += text.chars().count();
        lead.push(text);
    }
}

fn stopped_before_it_began(explanation: &mut Explanation) -> Draft {
    explanation.decide("ending", "the visitor stopped it before it began", None);
    Draft {
        response: String::new(),
        answered_by: AnsweredBy::None,
        ending: Ending::Stopped,
        usage: None,
        quotes: Vec::new(),
        when_changed: WhenChanged::Drop,
        is_gap: false,
    }
}

/// What is stored. None when nothing came, and the visitor did not stop it.
fn draft(
    task: &Task<'_>,
    assembled: &Assembled,
    written: Written,
    explanation: &mut Explanation,
) -> Option<Draft> {
    let (ending, why) = match &written.stop {
        Stop::Finished => (Ending::Whole, "the model finished".to_owned()),
        Stop::Visitor => (Ending::Stopped, "the visitor stopped it".to_owned()),
        Stop::OutOfTime => (Ending::Cut, "its time was over".to_owned()),
        Stop::TooLong => (Ending::Cut, "it was longer than an answer may be".to_owned()),
        Stop::Leak => (Ending::Cut, "it began to repeat its prompt".to_owned()),
        Stop::Failed(error) => (Ending::Cut, format!("the provider {error}")),
    };
    let about = if written.stop == Stop::Leak { "guard" } else { "ending" };
    explanation.decide(about, ending.as_str(), Some(why));
    if written.text.trim().is_empty() && ending != Ending::Stopped {
        let is_known = written.usage.is_some() || written.stop == Stop::Leak;
        explanation.usage = is_known.then(|| usage(assembled, &written));
        return None;
    }
    let quotes = quotes(task, assembled, &written);
    let is_gap = quotes.is_empty() && ending == Ending::Whole && task.question.contains(['?', '？', '؟']);
    if is_gap {
        explanation.decide("citations", "the answer names no source: the question is kept as a gap", None);
    }
    Some(Draft {
        usage: Some(usage(assembled, &written)),
        response: written.text,
        answered_by: AnsweredBy::Model,
        ending,
        quotes,
        when_changed: WhenChanged::Drop,
        is_gap,
    })
}

/// The provider's own figures, or an estimate: of an answer that was stopped there are no others.
fn usage(assembled: &Assembled, written: &Written) -> Usage {
    match written.usage {
        Some(TokenUsage { input_tokens, output_tokens }) => {
            Usage { input_tokens, output_tokens, source: UsageSource::Provider }
        }
        None => Usage {
            input_tokens: assembled.tokens as u64,
            output_tokens: estimated_tokens(&written.text) as u64,
            source: UsageSource::Estimate,
        },
    }
}

/// A quote for each source that the answer names.
fn quotes(task: &Task<'_>, assembled: &Assembled, written: &Written) -> Vec<NewQuote> {
    let named = written.filter.named().iter().enumerate();
    let quote = |(place, number): (usize, &u32)| {
        let marked = assembled.sources.iter().find(|marker| marker.number == *number)?.source;
        let text = task.found.text_of(marked)?;
        let statements = citing::statements_at(&written.text, place + 1);
        let span = citing::choose_quote(text, &statements, task.question, task.context.language())?;
        let words = text.get(span.clone())?.to_owned();
        let source = match marked {
            MarkedSource::Faq(at) => {
                QuoteSource::Faq { faq_id: task.found.faqs_for_prompt().get(at)?.faq.id.clone(), span }
            }
            MarkedSource::Passage(at) => {
                let passage = task.found.passages_for_prompt().get(at)?;
                let start = passage.span.start + span.start;
                QuoteSource::Chunk {
                    version_id: passage.version_id.clone(),
                    chunk_id: passage.chunk_id.clone(),
                    span: start..start + words.len(),
                }
            }
        };
        Some(NewQuote { ordinal: u32::try_from(place).ok()?, source, words })
    };
    named.filter_map(quote).collect()
}
