//! What a turn needs to know of its client and its conversation, read at once.

use super::ChatError;
use super::instructions::{self, ForPrompt, Instructions};
use super::prompt::HistoryLine;
use super::store::TurnRow;
use crate::domain::Environment;
use crate::domain::clients::{self, settings::ClientSettings};
use crate::domain::conversations::{self, Role};
use crate::ground::limits::{HISTORY_MESSAGES_MAX, MESSAGE_CHARS_MAX};
use crate::ground::scope::ClientScope;
use crate::ground::text::{Language, content_tokens, truncate_chars};

/// A message of so few words of content goes on from what was said before: "And on Saturdays?"
const FOLLOW_UP_WORDS_MAX: usize = 2;

/// The client and the conversation so far.
pub(super) struct Context {
    pub settings: ClientSettings,
    /// The client's wishes, as they hold now.
    pub instructions: Instructions,
    /// The same as a prompt takes them.
    pub for_prompt: ForPrompt,
    /// Oldest first, without the present message.
    pub history: Vec<HistoryLine>,
}

impl Context {
    pub const fn language(&self) -> Language {
        self.settings.language
    }

    /// What is looked for: the message, with the one before it where it would say too little alone.
    pub fn query(&self, message: &str) -> String {
        let is_short = content_tokens(message, self.language()).len() <= FOLLOW_UP_WORDS_MAX;
        let before = self.history.iter().rev().find(|line| line.role == Role::Visitor).filter(|_| is_short);
        match before {
            Some(line) => truncate_chars(&format!("{message}\n{}", line.text), MESSAGE_CHARS_MAX).to_owned(),
            None => message.to_owned(),
        }
    }
}

/// Reads it. The history is read only where a model will see it.
pub(super) async fn read(
    env: &Environment,
    scope: &ClientScope,
    row: &TurnRow,
) -> Result<Context, ChatError> {
    let (scope, row, wants_history) = (scope.clone(), row.clone(), env.llm.is_configured());
    env.db
        .read(move |tx| -> Result<_, ChatError> {
            let (settings, _) = clients::get_settings(tx, &scope)?;
            let mut history = Vec::new();
            if wants_history {
                let last = conversations::list_last(tx, &scope, &row.conversation_id, HISTORY_MESSAGES_MAX)?;
                // Ids sort by time: what came after the message is no part of its past.
                let before = last.into_iter().filter(|message| message.id < row.visitor_message_id);
                history =
                    before.map(|message| HistoryLine { role: message.role, text: message.text }).collect();
                history.retain(|line| !line.text.is_empty());
                history.reverse();
            }
            let company = clients::get(tx, &scope)?.name.into_string();
            let instructions = instructions::in_effect(tx, &scope)?;
            let name = settings.widget_name.as_str();
            let for_prompt = instructions::for_prompt(&instructions, name, &company, tx.now());
            Ok(Context { settings, instructions, for_prompt, history })
        })
        .await
}
