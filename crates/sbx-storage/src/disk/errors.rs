//! What errors of the file system mean to a caller.

use std::io;

use crate::error::Error;

/// The error of `action`, in words that complete "cannot …".
pub(super) fn error(action: impl Into<String>, source: io::Error) -> Error {
    use io::ErrorKind as Kind;

    let (action, problem) = (action.into(), source.kind().to_string());
    let boxed =
        |source: io::Error| -> Option<Box<dyn std::error::Error + Send + Sync>> { Some(Box::new(source)) };
    #[expect(clippy::wildcard_enum_match_arm, reason = "kinds are many and grow; the rest may pass")]
    match source.kind() {
        // A limit on the size of files is a disk that is full for this process.
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => {
            Error::Full { action, source: boxed(source) }
        }
        Kind::PermissionDenied
        | Kind::ReadOnlyFilesystem
        | Kind::NotADirectory
        | Kind::IsADirectory
        | Kind::Unsupported
        | Kind::InvalidInput
        | Kind::InvalidFilename => Error::Refused { action, problem, source: boxed(source) },
        _ => Error::Unavailable { action, problem, source: boxed(source) },
    }
}

/// Something that is no file or folder of ours is where one should be.
pub(super) fn not_ours(action: impl Into<String>, name: &str) -> Error {
    let problem =
        format!("{name:?} is neither a plain file nor a folder; remove it, nobody but sbx may write there");
    Error::Refused { action: action.into(), problem, source: None }
}
