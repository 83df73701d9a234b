//! Keeps what a session is between runs: its files, its interpreters' memories, its turns; over any storage.
//!
//! Why a crate of its own: what a session is has nothing to do with how programs run. It knows no engine and no
//! language, and whoever runs programs needs no storage.
//! Start at [`SessionStore`] (all sessions of a storage) and [`Held`] (one of them, with the right to change it); what
//! is stored stands in `format.rs`.
//!
//! # Invariants
//! * A session is its old state or its new one, wherever a crash or an outage comes: objects are written under the hash
//!   of their bytes first, and then one head is replaced if it is still the one that was read.
//! * Who has lost the lease cannot write.
//! * Whatever was read is checked before it is used; what does not fit is [`Error::Corrupt`], and never removed.
//! * A session reads only objects that its own head lists.
#![forbid(unsafe_code)]
#![warn(clippy::future_not_send)]

mod id;
mod error;
mod clock;
mod random;
mod event;
mod state;
mod turn;
mod info;
mod new;
mod store;
mod held;
mod fork;
mod files;
mod prune;
mod sweep;
mod transfer;
mod format;
mod heads;
mod lease;
mod stored;
mod pack;
mod write;
mod contents;
mod encode;
mod blobs;
mod read;
mod load;

pub use crate::clock::{Clock, SystemClock};
pub use crate::error::{Error, Result};
pub use crate::files::{SessionFile, SessionFiles};
pub use crate::format::head::{ForkedFrom, TurnEntry};
pub use crate::held::Held;
pub use crate::id::{SessionId, SessionIdError};
pub use crate::info::{InUse, SessionInfo, SessionList, Unreadable};
pub use crate::new::NewSession;
pub use crate::prune::{PruneOptions, PruneResult};
pub use crate::state::{InterpreterState, SessionState};
pub use crate::store::SessionStore;
pub use crate::sweep::SweepResult;
pub use crate::turn::TurnSummary;
