//! Why a command could not do its work, as far as the exit code tells it.

use std::{io, process::ExitCode};

/// What a command comes to.
pub(crate) type Outcome<T = ExitCode> = Result<T, Failure>;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The caller asked for something that cannot be: exit code 2.
    Usage(anyhow::Error),
    /// Somebody else is working on the session, and trying again later can help: exit code 75.
    Busy(anyhow::Error),
    /// We failed: exit code 125.
    Broken(anyhow::Error),
    /// Nobody reads our output any more, which is their right.
    ClosedPipe,
}

impl Failure {
    /// What the caller did wrong, as one sentence.
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(anyhow::Error::msg(problem.into()))
    }

    /// An error of writing to standard output.
    pub(crate) fn of_output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Broken(anyhow::Error::new(error).context("cannot write to standard output"))
    }
}

impl From<sbx::Error> for Failure {
    fn from(error: sbx::Error) -> Self {
        let is_usage = match error.code() {
            "session.busy" | "session.fenced" => return Self::Busy(error.into()),
            "python.unknown_image"
            | "python.bad_recipe"
            | "python.build_failed"
            | "javascript.unknown_image"
            | "javascript.bad_recipe"
            | "javascript.build_failed"
            | "javascript.no_typescript" => true,
            "host.mount" | "host.file" | "host.too_large" | "limit.disk" => true,
            // What is damaged or cannot be reached is not the caller's doing; everything else about sessions and their
            // files is.
            "session.corrupt" | "session.newer_format" | "session.io" | "vfs.io" | "vfs.bad_record" => false,
            "packages.answer" | "packages.io" | "packages.damaged" | "packages.not_fetched" => false,
            "storage.bad_url" | "storage.bad_key" | "storage.no_data_folder" => true,
            code => ["policy.", "path.", "session.", "vfs.", "packages."]
                .iter()
                .any(|area| code.starts_with(area)),
        };
        if is_usage { Self::Usage(error.into()) } else { Self::Broken(error.into()) }
    }
}

impl From<sbx::SessionError> for Failure {
    fn from(error: sbx::SessionError) -> Self {
        sbx::Error::from(error).into()
    }
}
