//! Keeps everything in a folder of its own, durably.
//!
//! A value is one file. It is written beside, brought to the disk, then renamed into its place, so a crash leaves the
//! old value or the new one. Writes to one key meet at an advisory lock, which the system takes back from a process
//! that dies; reads take none. Two waits for the disk is what a durable write costs: one for the bytes, one for the
//! name; folders that it makes cost one more each.
//!
//! ```text
//! .sbx-storage-1      says whose folder this is, and in which format
//! .locks/00 … ff      one lock for the keys whose hash begins so
//! .tmp/…              writes on their way; those a crash has left are removed at the next open
//! sessions/x/head=    the value under sessions/x/head (`names.rs` says how keys become names)
//! ```
//!
//! The file system has to rename atomically and to lock (`flock`), as local ones do. A network share does if its
//! server locks for all of its clients.

mod names;
mod folder;
mod temp;
mod walk;
mod errors;

use std::{fmt, io, io::Read, ops::Range, path::Path, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    adapter::{Expect, Listing, Object, StorageAdapter, Version},
    error::{Error, Result},
    key::Key,
};
use errors::error;
use folder::{Chain, Folder};
use temp::Temp;

/// How often a write tries again after somebody has removed the folder it was about to use, because that had become
/// empty. Each time somebody else has got on, so one retry is already rare.
const MAX_RETRIES: usize = 100;

/// Bytes under keys in a folder, safe among threads and processes. A clone is another handle to the same folder.
///
/// The version of a value is the BLAKE3 hash of its bytes: nothing has to be kept beside the file, and any process can
/// tell it. So equal bytes are one version, even if others were there in between: who needs to tell such writes apart
/// puts a counter or a nonce into the bytes.
///
/// # Security
/// The folder is opened once, closed to other users (mode 0700), and everything below is reached through that handle.
/// Symbolic links are never followed, and what is no plain file is refused.
#[derive(Clone)]
pub struct DiskStorage {
    folder: Arc<Folder>,
    path: PathBuf,
}

impl DiskStorage {
    /// Items in one [`Listing`].
    pub const LIST_ITEMS: usize = 1000;

    /// The storage in the folder `path`, which is made if it is not there. Removes what writes that a crash cut off
    /// have left more than an hour ago.
    ///
    /// # Errors
    /// [`Error::Refused`] if the folder belongs to somebody else or has other things in it; otherwise whatever keeps
    /// it from being opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        Ok(Self { folder: Arc::new(Folder::open(&path)?), path })
    }

    /// Where the folder was when it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs file work where it may block: beside tokio's workers if this is polled by tokio, else right here, as an
    /// executor that is not tokio is mostly one that blocks anyway.
    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Folder) -> Result<T> + Send + 'static,
    {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return work(&self.folder) };
        let folder = Arc::clone(&self.folder);
        match runtime.spawn_blocking(move || work(&folder)).await {
            Ok(result) => result,
            Err(lost) => match lost.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_stopped) => Err(Error::Unavailable {
                    action: "do file work".to_owned(),
                    problem: "the async runtime is stopping".to_owned(),
                    source: None,
                }),
            },
        }
    }
}

impl fmt::Debug for DiskStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DiskStorage({})", self.path.display())
    }
}

#[async_trait]
impl StorageAdapter for DiskStorage {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        let key = key.clone();
        self.run(move |folder| read(folder, &key)).await
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let key = key.clone();
        self.run(move |folder| write(folder, &key, &bytes, &expect)).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let key = key.clone();
        self.run(move |folder| delete(folder, &key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        self.run(move |folder| walk::list(folder, &prefix, after.as_ref(), Self::LIST_ITEMS)).await
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let key = key.clone();
        self.run(move |folder| read_range(folder, &key, range)).await
    }
}

fn version_of(bytes: &[u8]) -> Version {
    Version::new(blake3::hash(bytes).to_hex().as_str())
}

fn read(folder: &Folder, key: &Key) -> Result<Option<Object>> {
    let Some(mut file) = folder.open_file(key)? else { return Ok(None) };
    let mut bytes = Vec::with_capacity(usize::try_from(file.bytes).unwrap_or(0));
    file.file.read_to_end(&mut bytes).map_err(|source| error(format!("read {key}"), source))?;
    Ok(Some(Object { version: version_of(&bytes), bytes: bytes.into() }))
}

fn read_range(folder: &Folder, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
    let Some(mut file) = folder.open_file(key)? else { return Ok(None) };
    let end = range.end.min(file.bytes);
    let start = range.start.min(end);
    let mut bytes = Vec::with_capacity(usize::try_from(end - start).unwrap_or(0));
    let mut part = || -> io::Result<()> {
        io::Seek::seek(&mut file.file, io::SeekFrom::Start(start))?;
        file.file.by_ref().take(end - start).read_to_end(&mut bytes)?;
        Ok(())
    };
    part().map_err(|source| error(format!("read {key}"), source))?;
    Ok(Some(bytes.into()))
}

fn write(folder: &Folder, key: &Key, bytes: &[u8], expect: &Expect) -> Result<Version> {
    let action = || format!("write {key}");
    if *expect != Expect::Any {
        // Before the bytes go to the disk, which takes much longer than to look. Under the lock, too: a conflict says
        // that there is something, so that has to be durable by now, and whoever writes holds the lock until it is.
        let _lock = folder.lock(key)?;
        check(folder, key, expect)?;
    }
    let mut temp = Temp::write(&folder.temps, bytes).map_err(|source| error(action(), source))?;
    for _ in 0..MAX_RETRIES {
        let chain = folder.make_chain(key)?;
        // Unconditional writes need the lock as well: one that came between the look and the rename of another would
        // be lost to a writer who has never seen it.
        let _lock = folder.lock(key)?;
        check(folder, key, expect)?;
        match temp.rename(chain.last(), &chain.file_name) {
            Ok(()) => {
                chain.sync().map_err(|source| error(action(), source))?;
                return Ok(version_of(bytes));
            }
            // Whoever deleted the last file of the folder has removed it.
            Err(source) if source.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(error(action(), source)),
        }
    }
    Err(Error::Unavailable {
        action: action(),
        problem: "its folder keeps vanishing".to_owned(),
        source: None,
    })
}

fn check(folder: &Folder, key: &Key, expect: &Expect) -> Result<()> {
    let as_expected = match expect {
        Expect::Any => true,
        Expect::Absent => folder.open_file(key)?.is_none(),
        Expect::Version(version) => read(folder, key)?.is_some_and(|object| object.version == *version),
    };
    if as_expected { Ok(()) } else { Err(Error::Conflict { key: key.clone() }) }
}

fn delete(folder: &Folder, key: &Key) -> Result<()> {
    let _lock = folder.lock(key)?;
    let Some(chain) = Chain::open(&folder.root, key)? else { return Ok(()) };
    match chain.last().remove_file(&chain.file_name) {
        Ok(()) => chain.sync().map_err(|source| error(format!("delete {key}"), source))?,
        Err(source) if source.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(error(format!("delete {key}"), source)),
    }
    chain.remove_empty();
    Ok(())
}
