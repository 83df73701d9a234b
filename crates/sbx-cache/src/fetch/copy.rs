//! Copies into the cache and verifies on the way: what is hashed is what is stored.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;

use sha2::Digest as _;

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::fetch::manifest::Sha256;
use crate::fetch::progress::{Piece, Progress};

const BUFFER_BYTES: usize = 256 * 1024;

/// What is copied, what it must be, and where it comes from.
pub(super) struct Pinned<'a> {
    /// What is being done with it, for progress: `unpacking`.
    pub(super) verb: &'static str,
    /// Its name, for progress and messages.
    pub(super) label: String,
    /// The file that is read, for errors of the file system.
    pub(super) from: &'a Path,
    pub(super) sha256: Sha256,
    pub(super) bytes: u64,
}

/// Reads `reader` into the entry `name`, and refuses it if it is not what is pinned.
pub(super) fn put_pinned(
    cache: &Cache,
    name: &str,
    pinned: &Pinned<'_>,
    reader: &mut dyn Read,
    progress: &dyn Progress,
) -> Result<()> {
    let piece = pinned.start(progress);
    // The closure may only fail with an `io::Error`; what the source did wrong is kept beside it.
    let mut refused = None;
    let write = |file: &mut File| {
        let sink = |chunk: &[u8]| file.write_all(chunk).map_err(Refusal::Write);
        match pinned.copy(reader, &piece, sink) {
            Ok(()) => Ok(()),
            Err(Refusal::Write(error)) => Err(error),
            Err(Refusal::Source(error)) => {
                refused = Some(*error);
                Err(io::Error::other("the source was refused"))
            }
        }
    };
    let stored = cache.put(name, &super::context(pinned.sha256), write);
    match refused {
        Some(error) => Err(error),
        None => stored.map(drop),
    }
}

/// Reads `reader` to its end and refuses it if it is not what is pinned.
pub(super) fn check_pinned(
    pinned: &Pinned<'_>,
    reader: &mut dyn Read,
    progress: &dyn Progress,
) -> Result<()> {
    let piece = pinned.start(progress);
    match pinned.copy(reader, &piece, |_| Ok(())) {
        Ok(()) => Ok(()),
        Err(Refusal::Source(error)) => Err(*error),
        Err(Refusal::Write(source)) => Err(Error::io("read", pinned.from)(source)),
    }
}

/// Why a copy ended early.
enum Refusal {
    Source(Box<Error>),
    Write(io::Error),
}

impl Pinned<'_> {
    fn start<'p>(&self, progress: &'p dyn Progress) -> Piece<'p> {
        Piece::start(progress, &format!("{} {}", self.verb, self.label), self.bytes)
    }

    fn copy(
        &self,
        reader: &mut dyn Read,
        piece: &Piece<'_>,
        mut sink: impl FnMut(&[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut hasher = sha2::Sha256::new();
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut done = 0;
        loop {
            let n_read = match reader.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other.map_err(|error| Refusal::source(Error::io("read", self.from)(error)))?,
            };
            if n_read == 0 {
                break;
            }
            let chunk = buffer.get(..n_read).unwrap_or(&buffer);
            done += n_read as u64;
            if done > self.bytes {
                return Err(self.wrong(format!("more than {} bytes", self.bytes)));
            }
            hasher.update(chunk);
            sink(chunk)?;
            piece.advance(done);
        }
        if done < self.bytes {
            return Err(self.wrong(format!("only {done} of {} bytes", self.bytes)));
        }
        let got = Sha256::new(hasher.finalize().into());
        if got != self.sha256 {
            return Err(self.wrong(got.to_string()));
        }
        Ok(())
    }

    fn wrong(&self, got: String) -> Refusal {
        let (file, expected) = (self.label.clone(), self.sha256.to_string());
        Refusal::source(Error::WrongHash { file, expected, got })
    }
}

impl Refusal {
    fn source(error: Error) -> Self {
        Self::Source(Box::new(error))
    }
}
