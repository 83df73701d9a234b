//! Writing, reading and removing sealed files.
//!
//! The order of a write: data to a temporary file, fsync, remove the old seal, rename, seal. A crash leaves the
//! old file with its seal, or a file without one, which counts as absent.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::lock;
use crate::name::Name;
use crate::private::{self, Stamp};
use crate::seal::{self, Digest, Facts};

/// How often a reader looks again when a writer replaces the file under it.
const MAX_RETRIES: u32 = 16;
/// How often, [`CLOCK_STEP`] apart, sealing waits for the file system's clock to move on.
const MAX_CLOCK_STEPS: u32 = 50;
/// A little more than the step of Linux's file times, 1 to 10 ms.
const CLOCK_STEP: Duration = Duration::from_millis(4);

/// A file of the cache, verified and open for reading.
#[derive(Debug)]
#[non_exhaustive]
pub struct SealedFile {
    /// Where it is, for messages. Read [`file`](Self::file) instead of opening it again: that one was checked.
    pub path: PathBuf,
    /// Open for reading, at its start.
    pub file: File,
    /// Its length.
    pub bytes: u64,
    /// The digest of its content.
    pub digest: Digest,
}

impl Cache {
    /// Writes the entry `name` (`folder/file`, of letters, digits and `. _ + -`) for `context`, atomically.
    ///
    /// `context` is the caller's word for what the content depends on (hash of the input, engine version …);
    /// [`get`](Self::get) wants the same. `write` fills a temporary file in the same folder, which is then
    /// flushed to the disk, renamed and sealed. An existing entry is replaced. Of two writers at once the last one
    /// wins, and each sees a whole file.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::ReadOnly`], [`Error::Io`], or what `write` returned as one of them; nothing
    /// half-written is left. [`Error::Name`] for a bad name.
    pub fn put(
        &self,
        name: &str,
        context: &str,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> Result<PathBuf> {
        let name = Name::parse(name)?;
        for folder in name.folders(self.root()) {
            private::create_dir(&folder)?;
        }
        let path = self.entry_path(&name)?;
        let failed = || Error::write("write", &path);

        let mut temp = self.temp_file(&path)?;
        write(temp.as_file_mut()).map_err(failed())?;
        temp.as_file().sync_all().map_err(failed())?;
        // Read back from the page cache rather than hashed on the way: the writer may have sought about.
        temp.rewind().map_err(failed())?;
        let digest = Digest::of_reader(temp.as_file()).map_err(failed())?;

        let _guard = lock::commit_lock(self.root())?;
        remove_file(&seal::seal_path(&path))?;
        let file = temp.persist(&path).map_err(|error| failed()(error.error))?;
        let metadata = file.metadata().map_err(failed())?;
        let facts = Facts {
            name: name.as_str(),
            context,
            digest,
            bytes: metadata.len(),
            stamp: Stamp::of(&metadata),
        };
        if let Err(error) = self.write_seal(&path, &facts) {
            remove_file(&path)?;
            return Err(error);
        }
        tracing::debug!(%name, bytes = facts.bytes, "sealed");
        Ok(path)
    }

    /// The entry `name`, ready for use; None if it is absent or was never finished.
    ///
    /// Takes well under a millisecond if the file was not touched since it was last verified, else about a second
    /// for each gigabyte, once.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if it was truncated or edited, or if its seal is broken, made with another key, for
    /// another name, or for another context: [`remove`](Self::remove) it and make it again. [`Error::Io`] if it
    /// cannot be read, [`Error::Name`] for a bad name.
    pub fn get(&self, name: &str, context: &str) -> Result<Option<SealedFile>> {
        let name = Name::parse(name)?;
        let path = self.entry_path(&name)?;
        let mut seal = read_seal(&path)?;
        for _ in 0..MAX_RETRIES {
            let Some(text) = seal else { return Ok(None) };
            let outcome = self.check(&name, context, &path, &text);
            if matches!(outcome, Ok(Some(_))) {
                return outcome;
            }
            // A writer may have replaced the file between our look at the seal and at the file.
            seal = read_seal(&path)?;
            if seal.as_ref() == Some(&text) {
                return outcome;
            }
        }
        Err(Error::Corrupt { path, problem: "it changes all the time".to_owned() })
    }

    /// Removes the entry `name`. That it is not there is fine; who has it open keeps it.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] or [`Error::Io`] if it cannot be removed, [`Error::Name`] for a bad name.
    pub fn remove(&self, name: &str) -> Result<()> {
        let name = Name::parse(name)?;
        let path = self.entry_path(&name)?;
        let _guard = lock::commit_lock(self.root())?;
        remove_file(&seal::seal_path(&path))?;
        remove_file(&path)
    }

    /// One look at the file under one seal. None if there is no file.
    fn check(&self, name: &Name, context: &str, path: &Path, text: &[u8]) -> Result<Option<SealedFile>> {
        let corrupt = |problem| Error::Corrupt { path: path.to_owned(), problem };
        let facts = Facts::open(self.key(), name.as_str(), context, text).map_err(corrupt)?;
        let Some(mut file) = open_entry(path)? else { return Ok(None) };
        let failed = || Error::io("read", path);
        let metadata = file.metadata().map_err(failed())?;
        if metadata.len() != facts.bytes {
            let problem = format!("it is {} bytes long, not {}", metadata.len(), facts.bytes);
            return Err(corrupt(problem));
        }
        let stamp = Stamp::of(&metadata);
        if stamp.is_none() || stamp != facts.stamp {
            if Digest::of_reader(&mut file).map_err(failed())? != facts.digest {
                return Err(corrupt("its content was changed".to_owned()));
            }
            file.rewind().map_err(failed())?;
            // The stamp from before hashing: a change since then gives the file another one.
            self.renew(path, text, &Facts { stamp, ..facts.clone() });
        }
        Ok(Some(SealedFile { path: path.to_owned(), file, bytes: facts.bytes, digest: facts.digest }))
    }

    /// Replaces a seal by one with the file's present stamp. The file was verified already, so that this cannot
    /// be done (the cache may be read-only) only costs time.
    fn renew(&self, path: &Path, old: &[u8], facts: &Facts<'_>) {
        if facts.stamp.is_none() {
            return;
        }
        let renew = || {
            let _guard = lock::commit_lock(self.root())?;
            if read_seal(path)?.as_deref() == Some(old) { self.write_seal(path, facts) } else { Ok(()) }
        };
        if let Err(error) = renew() {
            tracing::debug!(path = %path.display(), %error, "a seal could not be renewed");
        }
    }

    /// Writes the seal, after the file system's clock has moved past the stamp: a later edit of the file then
    /// gets a later `ctime`, however fast it comes. Where the clock does not move in 200 ms, the seal has no stamp.
    fn write_seal(&self, path: &Path, facts: &Facts<'_>) -> Result<()> {
        let seal = seal::seal_path(path);
        let failed = || Error::write("write", &seal);
        let mut temp = self.temp_file(&seal)?;
        let text = facts.seal(self.key()).map_err(failed())?;
        temp.write_all(&text).map_err(failed())?;
        if let Some(stamp) = facts.stamp
            && !clock_passes(temp.as_file(), stamp).map_err(failed())?
        {
            let text = Facts { stamp: None, ..facts.clone() }.seal(self.key()).map_err(failed())?;
            temp.as_file().set_len(0).map_err(failed())?;
            temp.rewind().map_err(failed())?;
            temp.write_all(&text).map_err(failed())?;
        }
        temp.as_file().sync_all().map_err(failed())?;
        temp.persist(&seal).map_err(|error| failed()(error.error))?;
        let folder = path.parent().unwrap_or(self.root());
        private::sync_dir(folder).map_err(failed())
    }

    /// A locked temporary file beside `path`. Its lock says that its writer is alive.
    fn temp_file(&self, path: &Path) -> Result<NamedTempFile> {
        let failed = || Error::write("write", path);
        let folder = path.parent().unwrap_or(self.root());
        let _guard = lock::creation_lock(self.root(), || {})?;
        let temp = tempfile::Builder::new().prefix(".tmp-").tempfile_in(folder).map_err(failed())?;
        temp.as_file().lock().map_err(failed())?;
        Ok(temp)
    }
}

/// Whether the times of `probe`, set anew until it is so, are later than the stamp's `ctime`.
fn clock_passes(probe: &File, stamp: Stamp) -> io::Result<bool> {
    for _ in 0..MAX_CLOCK_STEPS {
        // Any change of the file sets its ctime from the file system's clock.
        probe.set_permissions(probe.metadata()?.permissions())?;
        if Stamp::of(&probe.metadata()?).is_some_and(|now| now.ctime_ns > stamp.ctime_ns) {
            return Ok(true);
        }
        thread::sleep(CLOCK_STEP);
    }
    Ok(false)
}

/// The seal's text; None if there is none.
fn read_seal(path: &Path) -> Result<Option<Vec<u8>>> {
    let seal = seal::seal_path(path);
    let Some(file) = open_entry(&seal)? else { return Ok(None) };
    let mut text = Vec::new();
    file.take(seal::MAX_SEAL).read_to_end(&mut text).map_err(Error::io("read", &seal))?;
    Ok(Some(text))
}

/// Opens without following a link, which would be a corrupt entry.
fn open_entry(path: &Path) -> Result<Option<File>> {
    private::open_file(path).map_err(|error| {
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Error::Corrupt { path: path.to_owned(), problem: "it is not a regular file".to_owned() };
        }
        Error::io("open", path)(error)
    })
}

fn remove_file(path: &Path) -> Result<()> {
    let removed = if private::is_real_dir(path) { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::write("remove", path)(error)),
        _ => Ok(()),
    }
}
