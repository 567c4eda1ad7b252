//! What a client tells its assistant: who it is, how it speaks, when it is open, and how freely a model may word it.
//!
//! Each saving is a version; the newest is in effect. Going back writes an earlier version anew, so that the history
//! only grows. Texts may hold variables ([`variables`]), which are filled in for each turn; an unknown one is refused
//! when it is saved. [`templates`] are texts to begin with.
//!
//! It does not make prompts: [`super::prompt`] does. Start reading at [`save`] and [`for_prompt`].

mod store;
pub mod templates;
pub mod variables;

#[cfg(test)]
mod tests;

use crate::ground::bounded_text::BoundedText;
use crate::ground::ids::{Id as _, InstructionVersionId};
use crate::ground::limits::{
    COMPANY_NAME_CHARS_MAX, INSTRUCTION_VERSIONS_KEPT, INSTRUCTIONS_CHARS_MAX, LLM_MODEL_CHARS_MAX,
    LLM_OUTPUT_TOKENS_MAX, LLM_OUTPUT_TOKENS_MIN, OPENING_HOURS_CHARS_MAX,
};
use crate::ground::scope::ClientScope;
use crate::ground::temperature::Temperature;
use crate::ground::time::{Timestamp, ZoneName};
use crate::store::audit::{self, Deed};
use crate::store::{DbError, Page, PageRequest, ReadTx, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use variables::{UnknownVariable, Values};

/// Everything that a version holds. What is left out of a request is empty, or as the appliance's settings say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Instructions {
    /// What the assistant is told about its task and its manner, up to 5,000 characters. May hold the variables
    /// `{{assistant}}`, `{{company}}`, `{{date}}` and `{{hours}}`.
    pub instructions: BoundedText<0, INSTRUCTIONS_CHARS_MAX>,
    /// The company's name as the assistant says it. Empty: the client's name.
    pub company_name: BoundedText<0, COMPANY_NAME_CHARS_MAX>,
    /// When the company can be reached, in words. Stands for `{{hours}}`, and is told to the assistant in any case.
    pub opening_hours: BoundedText<0, OPENING_HOURS_CHARS_MAX>,
    /// The zone of dates and times, such as `Europe/Berlin`.
    pub time_zone: ZoneName,
    /// One of the models that the appliance offers. Null: its usual one.
    pub model: Option<BoundedText<1, LLM_MODEL_CHARS_MAX>>,
    /// How freely answers are worded, from 0 to 2. Null: as the appliance's settings say.
    pub temperature: Option<Temperature>,
    /// The longest answer in tokens, from 50 to 8,000. Null: as the appliance's settings say.
    pub output_tokens_max: Option<u32>,
}

impl Default for Instructions {
    fn default() -> Self {
        Self {
            instructions: BoundedText::empty(),
            company_name: BoundedText::empty(),
            opening_hours: BoundedText::empty(),
            time_zone: ZoneName::utc(),
            model: None,
            temperature: None,
            output_tokens_max: None,
        }
    }
}

/// One saving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstructionVersion {
    pub id: InstructionVersionId,
    /// Counts from 1.
    pub number: u32,
    pub content: Instructions,
    /// The version that was written anew here.
    pub restored_number: Option<u32>,
    pub created_at: Timestamp,
}

/// Instructions as a prompt takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForPrompt {
    pub company: String,
    /// With its variables filled in.
    pub text: String,
    /// Civil date and time in the client's zone.
    pub now: String,
}

#[derive(Debug, thiserror::Error)]
pub enum InstructionsError {
    #[error(transparent)]
    UnknownVariable(#[from] UnknownVariable),
    #[error("{}", model_sentence(.wished, .offered))]
    ModelNotOffered { wished: String, offered: Vec<String> },
    #[error("An answer may have {LLM_OUTPUT_TOKENS_MIN} to {LLM_OUTPUT_TOKENS_MAX} tokens, not {wished}.")]
    OutputTokensOutOfRange { wished: u32 },
    #[error(
        "There is no version {number} of the instructions. Older versions than the last {INSTRUCTION_VERSIONS_KEPT} are not kept."
    )]
    VersionNotFound { number: u32 },
    #[error("The instructions were changed meanwhile; they are now at version {current}. Read them again.")]
    StaleVersion { current: u32 },
    #[error(transparent)]
    Db(#[from] DbError),
}

fn model_sentence(wished: &str, offered: &[String]) -> String {
    match offered {
        [] => format!("There is no language model here, so `{wished}` cannot be chosen. Leave `model` out."),
        _ => format!("The model `{wished}` is not offered. Choose one of: {}.", offered.join(", ")),
    }
}

/// The version in effect; None when the client never saved any.
pub fn find_current(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Option<InstructionVersion>, DbError> {
    store::find_newest(tx, scope)
}

/// What holds for the client now.
pub fn in_effect(tx: &ReadTx<'_>, scope: &ClientScope) -> Result<Instructions, DbError> {
    Ok(find_current(tx, scope)?.map(|version| version.content).unwrap_or_default())
}

/// The client's versions, newest first.
pub fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Page<InstructionVersion>, DbError> {
    let versions = store::list(tx, scope, page)?;
    let weight = |version: &InstructionVersion| {
        version.content.instructions.as_str().len() + version.content.opening_hours.as_str().len()
    };
    page.page_within(versions, |version| (version.created_at, version.id.to_string()), weight)
}

/// Saves a version, unless it says what holds already. `models` are those that the appliance offers; with `expected`,
/// only if nobody saved another one since.
pub fn save(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    content: &Instructions,
    models: &[String],
    expected: Option<u32>,
) -> Result<InstructionVersion, InstructionsError> {
    check(content, models)?;
    write(tx, scope, (content, None), expected)
}

/// Writes an earlier version anew.
pub fn roll_back(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    number: u32,
    models: &[String],
    expected: Option<u32>,
) -> Result<InstructionVersion, InstructionsError> {
    let earlier = store::find(tx, scope, number)?.ok_or(InstructionsError::VersionNotFound { number })?;
    check(&earlier.content, models)?;
    write(tx, scope, (&earlier.content, Some(number)), expected)
}

fn check(content: &Instructions, models: &[String]) -> Result<(), InstructionsError> {
    variables::check(content.instructions.as_str())?;
    if let Some(wished) = &content.model
        && !models.iter().any(|model| model == wished.as_str())
    {
        let (wished, offered) = (wished.to_string(), models.to_vec());
        return Err(InstructionsError::ModelNotOffered { wished, offered });
    }
    match content.output_tokens_max {
        Some(wished) if !(LLM_OUTPUT_TOKENS_MIN..=LLM_OUTPUT_TOKENS_MAX).contains(&wished) => {
            Err(InstructionsError::OutputTokensOutOfRange { wished })
        }
        _ => Ok(()),
    }
}

fn write(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    (content, restored_number): (&Instructions, Option<u32>),
    expected: Option<u32>,
) -> Result<InstructionVersion, InstructionsError> {
    let current = find_current(tx, scope)?;
    let number = current.as_ref().map_or(0, |version| version.number);
    if expected.is_some_and(|expected| expected != number) {
        return Err(InstructionsError::StaleVersion { current: number });
    }
    if let Some(current) = current.filter(|current| current.content == *content) {
        return Ok(current);
    }
    let version = InstructionVersion {
        id: tx.new_id(),
        number: number + 1,
        content: content.clone(),
        restored_number,
        created_at: tx.now(),
    };
    store::insert(tx, scope, &version)?;
    store::delete_up_to(tx, scope, version.number.saturating_sub(INSTRUCTION_VERSIONS_KEPT))?;
    audit::record(
        tx,
        &Deed {
            action: if restored_number.is_some() { "instructions.rolled_back" } else { "instructions.saved" },
            client_id: Some(scope.client_id()),
            subject_id: version.id.as_str(),
            fields: &["instructions"],
            values_after: serde_json::to_value(&version.content).ok(),
        },
    )?;
    Ok(version)
}

/// Fills the variables in. `client_name` stands for the company where the instructions name none.
pub fn for_prompt(
    content: &Instructions,
    assistant_name: &str,
    client_name: &str,
    now: Timestamp,
) -> ForPrompt {
    let company = content.company_name.or(client_name);
    let (hours, now) = (content.opening_hours.as_str(), now.civil_text(&content.time_zone));
    let text = content.instructions.as_str();
    let values = Values { assistant: assistant_name, company, date: &now, hours };
    let mut filled = variables::fill(text, &values);
    if !hours.is_empty() && !variables::uses_hours(text) {
        let separator = if filled.is_empty() { "" } else { "\n" };
        filled = format!("{filled}{separator}Opening hours: {hours}");
    }
    ForPrompt { company: company.to_owned(), text: filled, now }
}
