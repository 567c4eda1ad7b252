//! One turn of a conversation: a visitor's message and the assistant's answer, as a durable row.
//!
//! [`turn::take`] shows the beats: *accept* (transaction: the message is stored before anything else happens) ·
//! *prepare* (no transaction: retrieval) · *answer* (pure rules in [`extractive`]) · *settle* (transaction: the
//! answer with its citations). The same `request_id` never makes a second turn: it gets the first one's answer,
//! and with other words it is refused.

pub mod extractive;
pub mod instructions;
pub mod jobs;
pub mod phrases;
pub mod prompt;
pub mod prompt_guard;
mod store;
pub mod turn;

#[cfg(test)]
mod demo_tests;

use crate::domain::clients::ClientError;
use crate::domain::conversations::ConversationError;
use crate::domain::knowledge::KnowledgeError;
use crate::store::DbError;
use crate::text_enum;

text_enum! {
    /// What an answer was made from.
    pub enum AnsweredBy {
        /// An FAQ, word for word.
        Faq = "faq",
        /// Quotes from documents, word for word.
        Extractive = "extractive",
        /// Nothing fitted; the answer says so.
        None = "none",
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    #[error("This `request_id` belongs to another message. Send this one with a `request_id` of its own.")]
    RequestIdReused,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Conversation(#[from] ConversationError),
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    #[error(transparent)]
    Db(#[from] DbError),
}
