//! The private user cache: pinned downloads and what is built from them, verified and atomic.
//!
//! Why a crate of its own: compiled guests are native code, so where they lie and how they are checked is a
//! security boundary. It is kept small here, without knowledge of wasm, and everything above relies on it.
//! Start at [`Cache`], then read [`fetch`](mod@fetch), the first thing that fills it.
//!
//! # Layout
//!
//! ```text
//! ROOT/             0700, owned by the user
//!   key             32 random bytes, 0600: what seals are made with
//!   NAME            a sealed file; NAME may have folders in it
//!   NAME.seal       what the file must be, see below
//!   .tmp-*          a file being written, locked by its writer
//!   locks/          one empty file for each name that was ever locked
//!   work/           scratch folders of whoever holds the lock of the same name
//! ```
//!
//! # Seals and what they are good for
//!
//! A seal records the context that the file was made for, its length, its BLAKE3 digest and the stamp (device,
//! inode, times) of the file when the seal was made, under a keyed MAC. A file counts only with a seal made with
//! this cache's key for this name and this context. If length and stamp are as recorded, the content is taken to
//! be unchanged without reading it: every write changes the `ctime`, which cannot be set, and a seal is finished
//! only once the file system's clock has moved past it. So 350 MB open in well under a millisecond. With any
//! other stamp the whole file is hashed again, and where there is no `ctime` that is always so.
//!
//! This catches truncation, edits, half-copied caches, files dropped in from elsewhere, and artifacts made for
//! another engine. Other users are kept out by the folder's mode, which is checked each time. Out of scope is an
//! attacker who already runs as the same user (he can read the key, and the program's memory too), and bits that
//! rot on the disk after they were verified.
//!
//! # Invariants
//! * A reader never sees part of a write, and a killed writer leaves only what [`Cache::sweep`] removes.
//! * What [`Cache::get`] returns was checked through the very handle that it returns.
//! * Nothing here follows a symbolic link below the root.
#![forbid(unsafe_code)]

mod cache;
mod entry;
mod name;
mod seal;
mod lock;
mod sweep;
mod private;
pub mod fetch;
mod error;

pub use crate::cache::Cache;
pub use crate::entry::SealedFile;
pub use crate::error::{Error, Result};
pub use crate::lock::{LockGuard, Scratch};
pub use crate::seal::Digest;
pub use crate::sweep::Swept;
