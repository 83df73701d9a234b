//! What is stored, byte by byte. Nothing else in this crate says how anything is written.
//!
//! * `sessions/<name>/head`: JSON, [`Head`], the one thing that changes.
//! * `objects/<2 hex>/<digest>`: immutable bytes under their own hash, see [`object`]; their last part may be a
//!   [`record::Record`].
//! * `gc/pending`: JSON, [`pending::Pending`], what a sweep found unused.
//! * An archive is a head with its objects, see [`archive`].
//!
//! All of it is read back as data from somebody else: sizes before allocations, digests before contents, and every
//! number checked against what it points into.

pub(crate) mod head;
pub(crate) mod record;
pub(crate) mod object;
pub(crate) mod pending;
pub(crate) mod archive;

pub(crate) use self::head::Head;
pub(crate) use self::object::RecordRef;
