//! What keeping sessions can fail at, one variant for each thing that a caller can do about it.

use std::io;
use std::time::Duration;

use sbx_core::PathError;
use thiserror::Error;

use crate::id::{SessionId, SessionIdError};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A text that names no session.
    #[error(transparent)]
    BadId(#[from] SessionIdError),
    /// Only UUIDs are allowed here.
    #[error("session id {id:?} is no UUID of version 4; use one, or allow other names")]
    NotAUuid {
        /// The name.
        id: SessionId,
    },
    /// There is a session of that name.
    #[error("session {id:?} exists already; open it, or choose another name")]
    Exists {
        /// The session.
        id: SessionId,
    },
    /// There is no such session, or it has been deleted.
    #[error("there is no session {id:?}")]
    NotFound {
        /// The session.
        id: SessionId,
    },
    /// The session has no state of that turn.
    #[error("session {id:?} cannot go to turn {turn}: {problem}")]
    NoSuchTurn {
        /// The session.
        id: SessionId,
        /// The turn that was asked for.
        turn: u64,
        /// Why not.
        problem: &'static str,
    },
    /// Somebody else is working on the session.
    #[error(
        "session {id:?} is in use by {holder}; try again when they are done, in {} s at the latest",
        expires_in.as_secs_f64().ceil()
    )]
    Busy {
        /// The session.
        id: SessionId,
        /// Who it is, as far as others may know.
        holder: String,
        /// When the session can be taken over if nothing more is heard of them.
        expires_in: Duration,
    },
    /// The lease was lost: somebody else has taken the session over, changed or deleted it. What was not stored by then
    /// is not part of it.
    #[error("session {id:?} has been taken over by somebody else; open it again and repeat what is missing")]
    Fenced {
        /// The session.
        id: SessionId,
    },
    /// What is stored is not what was stored: damaged, tampered with, or from somewhere else.
    #[error("{what} is damaged: {problem}")]
    Corrupt {
        /// What was read.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Stored by a later release.
    #[error("{what} has format {format}, which this release cannot read; update it")]
    NewerFormat {
        /// What was read.
        what: String,
        /// Its format.
        format: u64,
    },
    /// A path that cannot be one.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A path that is not in the session's workspace.
    #[error("{path:?} is outside the workspace {workspace}")]
    OutsideWorkspace {
        /// The path.
        path: String,
        /// The workspace.
        workspace: String,
    },
    /// The files cannot be changed or read like that.
    #[error(transparent)]
    Files(#[from] sbx_vfs::Error),
    /// Labels that are too many or too long.
    #[error("labels of session {id:?} are refused: {problem}")]
    Labels {
        /// The session.
        id: SessionId,
        /// Which bound.
        problem: String,
    },
    /// The state cannot be stored: it is beyond what the format can hold.
    #[error("session {id:?} cannot be stored: {problem}")]
    TooLarge {
        /// The session.
        id: SessionId,
        /// Which bound.
        problem: String,
    },
    /// An archive that is none, or not whole.
    #[error("this is no whole session archive: {problem}")]
    BadArchive {
        /// What is wrong.
        problem: String,
    },
    /// An archive could not be read or written.
    #[error("cannot {action} the archive")]
    Io {
        /// What was being done.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] sbx_storage::Error),
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadId(_) => "session.bad_id",
            Self::NotAUuid { .. } => "session.not_a_uuid",
            Self::Exists { .. } => "session.exists",
            Self::NotFound { .. } => "session.not_found",
            Self::NoSuchTurn { .. } => "session.no_such_turn",
            Self::Busy { .. } => "session.busy",
            Self::Fenced { .. } => "session.fenced",
            Self::Corrupt { .. } => "session.corrupt",
            Self::NewerFormat { .. } => "session.newer_format",
            Self::Path(error) => error.code(),
            Self::OutsideWorkspace { .. } => "session.outside_workspace",
            Self::Files(error) => error.code(),
            Self::Labels { .. } => "session.labels",
            Self::TooLarge { .. } => "session.too_large",
            Self::BadArchive { .. } => "session.bad_archive",
            Self::Io { .. } => "session.io",
            Self::Storage(error) => error.code(),
        }
    }

    /// Whether the same call may succeed later without anything else being done.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        if let Self::Storage(error) = self { error.is_transient() } else { matches!(self, Self::Busy { .. }) }
    }

    pub(crate) fn corrupt(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into(), problem: problem.into() }
    }
}

impl From<sbx_storage::KeyError> for Error {
    fn from(error: sbx_storage::KeyError) -> Self {
        Self::Storage(error.into())
    }
}
