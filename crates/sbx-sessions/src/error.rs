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
    /// What is stored says that its files are more than this store takes.
    #[error(
        "the files of session {id:?} are {bytes} bytes, and at most {limit} are taken; if you trust where it comes from, \
         give the store a larger bound"
    )]
    OverBound {
        /// The session.
        id: SessionId,
        /// What its files take.
        bytes: u64,
        /// The bound, see [`crate::SessionStore::with_max_bytes`].
        limit: u64,
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
            Self::OverBound { .. } => "limit.disk",
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that programs rely on, with the sentences that people read.
    #[test]
    fn codes_and_messages_are_stable() {
        let id = || SessionId::parse("s").unwrap();
        let text = String::from;
        let errors = [
            SessionId::parse("a/b").unwrap_err().into(),
            Error::NotAUuid { id: id() },
            Error::Exists { id: id() },
            Error::NotFound { id: id() },
            Error::NoSuchTurn { id: id(), turn: 9, problem: "it has not been yet" },
            Error::Busy { id: id(), holder: text("process 7"), expires_in: Duration::from_millis(1_200) },
            Error::Fenced { id: id() },
            Error::corrupt("object ab", "it is missing"),
            Error::NewerFormat { what: text("the archive"), format: 2 },
            Error::OutsideWorkspace { path: text("/etc"), workspace: text("/app") },
            Error::Labels { id: id(), problem: text("there are 65") },
            Error::TooLarge { id: id(), problem: text("its head") },
            Error::OverBound { id: id(), bytes: 9, limit: 8 },
            Error::BadArchive { problem: text("it is cut short") },
            Error::Io { action: "write", source: io::ErrorKind::Other.into() },
        ];
        let said: Vec<String> = errors.iter().map(|error| format!("{}: {error}", error.code())).collect();
        let expected = [
            "session.bad_id: \"a/b\" cannot name a session: slashes, backslashes and colons are not allowed",
            "session.not_a_uuid: session id \"s\" is no UUID of version 4; use one, or allow other names",
            "session.exists: session \"s\" exists already; open it, or choose another name",
            "session.not_found: there is no session \"s\"",
            "session.no_such_turn: session \"s\" cannot go to turn 9: it has not been yet",
            "session.busy: session \"s\" is in use by process 7; try again when they are done, in 2 s at the latest",
            "session.fenced: session \"s\" has been taken over by somebody else; open it again and repeat what is missing",
            "session.corrupt: object ab is damaged: it is missing",
            "session.newer_format: the archive has format 2, which this release cannot read; update it",
            "session.outside_workspace: \"/etc\" is outside the workspace /app",
            "session.labels: labels of session \"s\" are refused: there are 65",
            "session.too_large: session \"s\" cannot be stored: its head",
            "limit.disk: the files of session \"s\" are 9 bytes, and at most 8 are taken; if you trust where it comes from, give the store a larger bound",
            "session.bad_archive: this is no whole session archive: it is cut short",
            "session.io: cannot write the archive",
        ];
        assert_eq!(said, expected);
    }
}
