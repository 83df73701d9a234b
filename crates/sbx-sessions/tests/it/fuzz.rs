//! What anybody may have written, as names and as stored bytes. Each harness is a fuzz target too; the seeds and some
//! thousand changes of them run here as ordinary tests.

#[cfg(test)]
mod names; // any text as a name
#[cfg(test)]
mod stored; // edits of stored sessions
