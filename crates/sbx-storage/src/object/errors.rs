//! What errors of an object store mean to a caller.
//!
//! `object_store` has variants for some answers; the rest is told by the status, which its messages name, and by what
//! the HTTP client says.
#![expect(clippy::wildcard_enum_match_arm, reason = "the errors of another crate, which may grow more")]

use std::error::Error as StdError;

use object_store::Error as Source;
#[cfg(feature = "http")]
use object_store::client::{HttpError, HttpErrorKind};

use crate::error::{Error, Result};

/// What the store said, without what follows a `?` in addresses: signatures are there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

impl Said {
    #[expect(clippy::unnecessary_wraps, reason = "as the errors take it")]
    fn boxed(source: &Source) -> Option<Box<dyn StdError + Send + Sync>> {
        const MAX_CHARS: usize = 2000;
        let text: String = source.to_string().chars().take(MAX_CHARS).collect();
        Some(Box::new(Self(without_queries(&text))))
    }
}

/// `Ok` if nothing is there, for a reason that is no error.
pub(super) fn absent_or_error(action: String, source: &Source) -> Result<()> {
    match source {
        Source::NotFound { .. } if missing_bucket(source).is_none() => Ok(()),
        _ => Err(error(action, source)),
    }
}

/// Whether something else is there than was expected.
pub(super) fn is_conflict(source: &Source) -> bool {
    match source {
        Source::Precondition { .. } | Source::AlreadyExists { .. } | Source::NotModified { .. } => true,
        Source::NotFound { .. } => missing_bucket(source).is_none(),
        _ => false,
    }
}

pub(super) fn refused(action: impl Into<String>, problem: impl Into<String>) -> Error {
    Error::Refused { action: action.into(), problem: problem.into(), source: None }
}

/// The error of a client that cannot even be made: its configuration is wrong.
#[cfg(any(feature = "s3", feature = "azure", feature = "gcs"))]
pub(super) fn unusable(action: String, source: &Source) -> Error {
    let problem = "its configuration in the environment is wrong or incomplete".to_owned();
    Error::Refused { action, problem, source: Said::boxed(source) }
}

/// The error of `action`, in words that complete "cannot …".
pub(super) fn error(action: String, source: &Source) -> Error {
    let said = Said::boxed(source);
    let refused =
        |action, problem: &str, source| Error::Refused { action, problem: problem.to_owned(), source };
    if let Some(problem) = missing_bucket(source) {
        return refused(action, problem, said);
    }
    match source {
        Source::PermissionDenied { .. } => refused(action, "these credentials may not do that", said),
        Source::Unauthenticated { .. } => refused(action, "the credentials are not valid", said),
        Source::InvalidPath { .. } | Source::NotSupported { .. } | Source::NotImplemented { .. } => {
            refused(action, "this store cannot do that", said)
        }
        Source::UnknownConfigurationKey { .. } => {
            refused(action, "its configuration is not understood", said)
        }
        _ => match status(source) {
            Some(507) => Error::Full { action, source: said },
            Some(400) if names(source, &["InvalidAccessKeyId", "ExpiredToken", "InvalidToken"]) => {
                refused(action, "the credentials are not valid", said)
            }
            Some(code @ (300..=407 | 409..=428 | 430..=499 | 501)) => {
                refused(action, &format!("it answers with status {code}"), said)
            }
            Some(code) => unavailable(action, format!("it answers with status {code}"), said),
            None => unavailable(action, transport(source).to_owned(), said),
        },
    }
}

fn unavailable(action: String, problem: String, source: Option<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::Unavailable { action, problem, source }
}

/// How the connection failed.
#[cfg(feature = "http")]
fn transport(source: &Source) -> &'static str {
    match causes(source).find_map(|cause| cause.downcast_ref::<HttpError>()).map(HttpError::kind) {
        Some(HttpErrorKind::Connect) => "it cannot be connected to",
        Some(HttpErrorKind::Timeout) => "it does not answer in time",
        Some(_) => "the connection broke",
        None => "something went wrong",
    }
}

#[cfg(not(feature = "http"))]
fn transport(_source: &Source) -> &'static str {
    "something went wrong"
}

fn missing_bucket(source: &Source) -> Option<&'static str> {
    let is_missing = names(source, &["NoSuchBucket", "ContainerNotFound", "specified bucket does not exist"]);
    is_missing.then_some("there is no such bucket; create it first")
}

fn names(source: &Source, words: &[&str]) -> bool {
    let text = source.to_string();
    words.iter().any(|word| text.contains(word))
}

/// The status of the answer, as the message names it.
fn status(source: &Source) -> Option<u16> {
    const BEFORE: &str = "non-2xx status code: ";
    causes(source).find_map(|cause| {
        let text = cause.to_string();
        let at = text.find(BEFORE)? + BEFORE.len();
        text.get(at..at + 3)?.parse().ok()
    })
}

fn causes(source: &Source) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = source;
    std::iter::successors(Some(first), |cause: &&(dyn StdError + 'static)| (*cause).source())
}

fn without_queries(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('?') {
        clean.push_str(&rest[..=at]);
        let after = &rest[at + 1..];
        let end = after.find(|c: char| c.is_whitespace() || "\"'<>)]".contains(c)).unwrap_or(after.len());
        if end > 0 {
            clean.push('…');
        }
        rest = &after[end..];
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Source {
        Source::Generic { store: "test", source: text.into() }
    }

    #[test]
    fn answers_have_their_meaning() {
        for (status, code, is_transient) in [
            ("503 Service Unavailable", "storage.unavailable", true),
            ("429 Too Many Requests", "storage.unavailable", true),
            ("408 Request Timeout", "storage.unavailable", true),
            ("400 Bad Request", "storage.refused", false),
            ("301 Moved Permanently", "storage.refused", false),
            ("507 Insufficient Storage", "storage.full", false),
        ] {
            let error = error(
                "write x".to_owned(),
                &answer(&format!("Server returned non-2xx status code: {status}: ")),
            );
            assert_eq!((error.code(), error.is_transient()), (code, is_transient), "{status}");
        }
        let missing = Source::NotFound { path: "x".to_owned(), source: "<Code>NoSuchBucket</Code>".into() };
        assert_eq!(absent_or_error("read x".to_owned(), &missing).unwrap_err().code(), "storage.refused");
        assert!(!is_conflict(&missing));
    }

    #[test]
    fn signatures_are_not_repeated() {
        let error =
            error("read x".to_owned(), &answer("GET https://host/x?sig=SECRET&se=1 failed: why? (a?b)"));
        let said = StdError::source(&error).unwrap().to_string();
        assert_eq!(said, "Generic test error: GET https://host/x?… failed: why? (a?…)");
    }
}
