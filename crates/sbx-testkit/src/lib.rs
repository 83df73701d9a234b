//! Runs cases against sandboxes: the lists that all languages share, and the hostile corpus.
//!
//! Why a crate of its own: one format and one runner for `tests/cases/`, `tests/hostile/` and the soak, and invariants of the
//! host that each of them checks alike. For tests only; nothing that is released depends on it. What cannot be set up, and
//! a case that cannot be read, ends the test that asked for it.
//!
//! Start at [`Case`], then read [`run()`].
#![forbid(unsafe_code)]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "it is part of tests: what goes wrong here fails them"
)]

mod language; // a language, and how its programs are written into cases
mod case; // cases from TOML
mod expect; // what a turn is expected to be, and what is not so
mod run; // one case in one language
mod place; // where a case runs: its policy, folders of the host, and what lies beside them
mod canary; // texts that no sandbox may ever show
mod log; // what the host logs meanwhile
mod corpus; // the hostile programs of the repository
mod host_calls; // sequences of calls against the host's API
mod host; // descriptors, threads, memory and panics of this process
pub mod soak;

pub use crate::{
    canary::{neighbours_secret, planted},
    case::{Again, Case, Code, Expected, Per, Try, Turn, cases},
    corpus::{Entry, corpus, ordinary},
    host::{HostState, count_panics, panics},
    host_calls::{HostCase, host_cases, host_lists},
    language::{JAVASCRIPT, LANGUAGES, Language, PYTHON, runtimes},
    run::{Ran, Twist, problems, run},
};
