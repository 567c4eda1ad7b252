//! What the rooms' errors are over HTTP. Each sentence is the room's own.

use super::{Code, Problem};
use crate::domain::access::sending::SendingError;
use crate::domain::access::setup::SetupError;
use crate::domain::access::sign_in::SignInError;
use crate::domain::chat::instructions::InstructionsError;
use crate::domain::chat::{ChatError, FailureKind, TurnFailure};
use crate::domain::clients::ClientError;
use crate::domain::conversations::ConversationError;
use crate::domain::knowledge::KnowledgeError;
use crate::domain::people::PeopleError;
use crate::store::DbError;

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::DiskFull => Problem::with_detail(
                Code::DiskFull,
                "The server's disk is full. Nothing was changed; try again later.",
            ),
            DbError::ReadOnly | DbError::Busy | DbError::Closed => {
                Problem::with_detail(Code::NotReady, "The server cannot write now. Try again in a moment.")
                    .caused_by(error)
            }
            DbError::DeadlinePassed { .. } => Problem::new(Code::Timeout).caused_by(error),
            other => Problem::internal(other),
        }
    }
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        let code = match error {
            ClientError::NotFound => Code::NotFound,
            ClientError::Suspended => Code::ClientInactive,
            ClientError::StillActive | ClientError::BeingErased => Code::WrongState,
            ClientError::StaleVersion { .. } => Code::StaleVersion,
            ClientError::Contrast(error) => {
                return Problem::field(format!("/{}", error.field), error.to_string());
            }
            ClientError::Db(error) => return error.into(),
        };
        Problem::with_detail(code, error.to_string())
    }
}

impl From<KnowledgeError> for Problem {
    fn from(error: KnowledgeError) -> Self {
        let code = match error {
            KnowledgeError::DraftWithoutAnswer => return Problem::field("/answer", error.to_string()),
            KnowledgeError::DraftEnabled => return Problem::field("/enabled", error.to_string()),
            KnowledgeError::Rows(rows) => {
                return rows.into_iter().fold(Problem::new(Code::ValidationFailed), |problem, row| {
                    problem.and_field(format!("/ids/{}", row.row), row.problem)
                });
            }
            KnowledgeError::DocumentNotFound | KnowledgeError::FaqNotFound | KnowledgeError::NoText => {
                Code::NotFound
            }
            KnowledgeError::AlreadyRead => Code::WrongState,
            KnowledgeError::TooManyDocuments { .. } | KnowledgeError::TooManyFaqs { .. } => {
                Code::QuotaReached
            }
            KnowledgeError::StaleVersion { .. } => Code::StaleVersion,
            KnowledgeError::Client(error) => return error.into(),
            KnowledgeError::KeyReused(_) => Code::IdempotencyKeyReused,
            KnowledgeError::Index(_) => return Problem::internal(error),
            KnowledgeError::Db(error) => return error.into(),
        };
        Problem::with_detail(code, error.to_string())
    }
}

impl From<ConversationError> for Problem {
    fn from(error: ConversationError) -> Self {
        let code = match error {
            ConversationError::NotFound
            | ConversationError::CitationNotFound
            | ConversationError::ShareNotFound => Code::NotFound,
            ConversationError::StaleVersion { .. } => Code::StaleVersion,
            ConversationError::TooManyTags
            | ConversationError::TooManyTagsOfClient
            | ConversationError::TooManyShares => Code::QuotaReached,
            ConversationError::SourceChanged => {
                return Problem::with_detail(
                    Code::NotReady,
                    "The sources are being changed. Send the message again.",
                );
            }
            ConversationError::Db(error) => return error.into(),
        };
        Problem::with_detail(code, error.to_string())
    }
}

impl From<ChatError> for Problem {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::RequestIdReused => Problem::with_detail(Code::IdempotencyKeyReused, error.to_string()),
            ChatError::TurnNotFound | ChatError::GapNotFound | ChatError::NotExplained => {
                Problem::with_detail(Code::NotFound, error.to_string())
            }
            ChatError::DayIsUsedUp { .. } => Problem::with_detail(Code::QuotaReached, error.to_string()),
            ChatError::Busy => Problem::with_detail(Code::NotReady, error.to_string()),
            ChatError::Client(error) => error.into(),
            ChatError::Conversation(error) => error.into(),
            ChatError::Knowledge(error) => error.into(),
            ChatError::Db(error) => error.into(),
        }
    }
}

/// The cause was logged where the turn failed.
impl From<TurnFailure> for Problem {
    fn from(failure: TurnFailure) -> Self {
        let code = match failure.kind {
            FailureKind::NotReady => Code::NotReady,
            FailureKind::DiskFull => Code::DiskFull,
            FailureKind::Interrupted => Code::Interrupted,
            FailureKind::Internal => Code::Internal,
        };
        Problem::with_detail(code, failure.detail)
    }
}

impl From<InstructionsError> for Problem {
    fn from(error: InstructionsError) -> Self {
        let sentence = error.to_string();
        match error {
            InstructionsError::UnknownVariable(_) => Problem::field("/instructions", sentence),
            InstructionsError::ModelNotOffered { .. } => Problem::field("/model", sentence),
            InstructionsError::OutputTokensOutOfRange { .. } => {
                Problem::field("/output_tokens_max", sentence)
            }
            InstructionsError::VersionNotFound { .. } => Problem::with_detail(Code::NotFound, sentence),
            InstructionsError::StaleVersion { .. } => Problem::with_detail(Code::StaleVersion, sentence),
            InstructionsError::Db(error) => error.into(),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        let sentence = error.to_string();
        let code = match error {
            PeopleError::MemberNotFound | PeopleError::PersonNotFound => Code::NotFound,
            PeopleError::UnknownRole { .. } => return Problem::field("/role", sentence),
            PeopleError::OwnerUnlimited | PeopleError::UnknownClient => {
                return Problem::field("/client_ids", sentence);
            }
            PeopleError::NotHeld => Code::Forbidden,
            PeopleError::AlreadyMember
            | PeopleError::LastOwner
            | PeopleError::NotInvited
            | PeopleError::StillInvited
            | PeopleError::AddressTaken => Code::WrongState,
            PeopleError::SignInFirst => Code::SessionMissing,
            PeopleError::TooMany { .. } => Code::QuotaReached,
            PeopleError::Db(error) => return error.into(),
        };
        Problem::with_detail(code, sentence)
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Sending(error) => error.into(),
            SignInError::Db(error) => error.into(),
        }
    }
}

impl From<SendingError> for Problem {
    fn from(error: SendingError) -> Self {
        match error {
            SendingError::TooMany { retry_after_s } => Problem::rate_limited(retry_after_s),
            SendingError::Db(error) => error.into(),
        }
    }
}

/// The ways in which inviting somebody can fail.
#[derive(Debug, thiserror::Error)]
pub enum InvitationFailure {
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Sending(#[from] SendingError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<InvitationFailure> for Problem {
    fn from(failure: InvitationFailure) -> Self {
        match failure {
            InvitationFailure::People(error) => error.into(),
            InvitationFailure::Sending(error) => error.into(),
            InvitationFailure::Db(error) => error.into(),
        }
    }
}

/// The ways in which the first run can fail.
#[derive(Debug, thiserror::Error)]
pub enum SetupFailure {
    #[error(transparent)]
    Link(#[from] SetupError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<SetupFailure> for Problem {
    fn from(failure: SetupFailure) -> Self {
        match failure {
            SetupFailure::Link(error @ SetupError::InvalidLink) => {
                Problem::with_detail(Code::SetupLinkInvalid, error.to_string())
            }
            SetupFailure::Link(SetupError::Db(error)) | SetupFailure::Db(error) => error.into(),
            SetupFailure::Client(error) => error.into(),
            SetupFailure::People(error) => error.into(),
        }
    }
}
