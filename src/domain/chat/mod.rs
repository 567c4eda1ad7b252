//! One turn of a conversation: a visitor's message and the assistant's answer, as a durable row.
//!
//! [`turn::begin`] shows the beats: *accept* (transaction: the message is stored before anything else happens) ·
//! *prepare* (no transaction: retrieval, and what to answer from) · *hold* (transaction, only before a model is
//! asked) · *generate* (no transaction) · *settle* (transaction: the answer with its citations). Whoever asked
//! follows the answer through [`live`], and may leave and come back. The same `request_id` never makes a second
//! turn: it gets the first one's answer, and with other words it is refused.

mod answering;
pub mod caps;
pub mod citing;
mod context;
mod courtesy;
pub mod explanation;
pub mod extractive;
pub mod figures;
pub mod gaps;
mod generating;
pub mod instructions;
pub mod jobs;
pub mod live;
pub mod phrases;
pub mod preview;
pub mod prompt;
pub mod prompt_guard;
mod quoting;
mod settling;
mod store;
pub mod turn;

#[cfg(test)]
mod demo_tests;

use crate::domain::access::visitor_session::VisitorSession;
use crate::domain::clients::ClientError;
use crate::domain::conversations::ConversationError;
use crate::domain::conversations::citations::Citation;
use crate::domain::knowledge::KnowledgeError;
use crate::ground::ids::{ConversationId, MessageId};
use crate::store::DbError;
use crate::text_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What an answer was made from.
    pub enum AnsweredBy {
        /// An FAQ, word for word.
        Faq = "faq",
        /// Quotes from documents, word for word.
        Extractive = "extractive",
        /// A language model, from what was found.
        Model = "model",
        /// Nothing fitted and the answer says so, or nothing was asked ("Hello!").
        None = "none",
    }
}

text_enum! {
    /// Whether an answer is all of it.
    pub enum Ending {
        Whole = "whole",
        /// The visitor stopped it; what there was is kept.
        Stopped = "stopped",
        /// It broke off: the model's connection, its time or its length ended.
        Cut = "cut",
    }
}

text_enum! {
    /// Who counted the tokens.
    pub enum UsageSource {
        Provider = "provider",
        /// A tokenizer here, where the provider said nothing.
        Estimate = "estimate",
    }
}

/// What a model used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub source: UsageSource,
}

/// A turn that has its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub conversation_id: ConversationId,
    pub message_id: MessageId,
    pub response: String,
    pub answered_by: AnsweredBy,
    pub ending: Ending,
    pub usage: Option<Usage>,
    pub citations: Vec<Citation>,
}

/// A request that takes part in a turn.
pub struct Joined {
    pub live: std::sync::Arc<live::LiveTurn>,
    pub session: VisitorSession,
}

#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    #[error("This `request_id` belongs to another message. Send this one with a `request_id` of its own.")]
    RequestIdReused,
    #[error("There is no answer with this id in this conversation.")]
    TurnNotFound,
    #[error("There is no gap with this id. It may have been deleted.")]
    GapNotFound,
    #[error("This message has no explanation: only answers have one, and it is kept for 90 days.")]
    NotExplained,
    #[error("The server is busy. Try again in a moment.")]
    Busy,
    #[error("This assistant is not in full use yet and answers {limit} questions a day. Ask again tomorrow.")]
    DayIsUsedUp { limit: u32 },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Conversation(#[from] ConversationError),
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a turn has no answer, as its followers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnFailure {
    pub kind: FailureKind,
    pub detail: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The server cannot do it now.
    NotReady,
    DiskFull,
    /// The server died while the answer was made.
    Interrupted,
    Internal,
}

impl TurnFailure {
    pub const INTERNAL: Self =
        Self { kind: FailureKind::Internal, detail: "The answer could not be made. Send the message again." };
    pub const INTERRUPTED: Self = Self {
        kind: FailureKind::Interrupted,
        detail: "The answer was interrupted. Send the message again, with the same `request_id`.",
    };

    /// What followers are told of this error; its details are for the log.
    fn of(error: &ChatError) -> Self {
        let error = match error {
            ChatError::Conversation(ConversationError::SourceChanged) => {
                return Self {
                    kind: FailureKind::NotReady,
                    detail: "The sources are being changed. Send the message again.",
                };
            }
            ChatError::Db(error)
            | ChatError::Client(ClientError::Db(error))
            | ChatError::Conversation(ConversationError::Db(error))
            | ChatError::Knowledge(KnowledgeError::Db(error)) => error,
            _ => return Self::INTERNAL,
        };
        match error {
            DbError::DiskFull => Self {
                kind: FailureKind::DiskFull,
                detail: "The server's disk is full. Send the message again later.",
            },
            DbError::ReadOnly | DbError::Busy | DbError::Closed | DbError::DeadlinePassed { .. } => Self {
                kind: FailureKind::NotReady,
                detail: "The server cannot write now. Send the message again in a moment.",
            },
            _ => Self::INTERNAL,
        }
    }
}
