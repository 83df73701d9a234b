//! Where the cache is and what makes it ours: the folder, its mode, its key.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::lock;
use crate::name::Name;
use crate::private;
use crate::seal::Key;

/// A private folder (0700, owned by us) of sealed files.
///
/// Cheap to clone; holds no file open. The folder's mode and owner are checked when it is opened.
///
/// # Examples
///
/// ```
/// use std::io::Write as _;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let cache = sbx_cache::Cache::open(&folder.path().join("sbx"))?;
/// cache.put("demo/greeting", "version 1", |file| file.write_all(b"hello"))?;
///
/// let sealed = cache.get("demo/greeting", "version 1")?.ok_or("not there")?;
/// assert_eq!(std::io::read_to_string(sealed.file)?, "hello");
/// assert_eq!(cache.get("demo/greeting", "version 2").unwrap_err().code(), "cache.corrupt");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Cache {
    root: PathBuf,
    key: Key,
}

impl Cache {
    /// Where the cache is: `explicit`, else `$SBX_CACHE`, else `sbx` in the user's cache folder
    /// (`$XDG_CACHE_HOME` or `~/.cache`; `~/Library/Caches` on macOS; `%LOCALAPPDATA%` on Windows).
    ///
    /// An empty variable counts as unset, and so does a relative `$XDG_CACHE_HOME`.
    ///
    /// # Errors
    /// [`Error::NoHome`] if none of them says anything.
    pub fn locate(explicit: Option<&Path>) -> Result<PathBuf> {
        locate_with(explicit, |name| env::var_os(name))
    }

    /// Opens the cache at `root`, and creates it with mode 0700 if it is not there.
    ///
    /// A cache that may only be read can be opened too, once it was made.
    ///
    /// # Errors
    /// [`Error::NotPrivate`] if the folder or its key belongs to someone else or is open to others; nothing is
    /// changed then. [`Error::ReadOnly`], [`Error::DiskFull`], [`Error::Io`] if it cannot be created or read.
    pub fn open(root: &Path) -> Result<Self> {
        if fs::symlink_metadata(root).is_err() {
            if let Some(parent) = root.parent() {
                fs::create_dir_all(parent).map_err(Error::write("create the folder", parent))?;
            }
            private::create_dir(root)?;
        }
        // The user may have linked the cache to another disk: the check is on the folder behind the link.
        let root = fs::canonicalize(root).map_err(Error::io("find", root))?;
        private::check_dir(&root)?;
        let key = open_key(&root)?;
        Ok(Self { root, key })
    }

    /// The folder, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// The path of an entry, after checking that no folder above it is a link.
    pub(crate) fn entry_path(&self, name: &Name) -> Result<PathBuf> {
        for folder in name.folders(&self.root) {
            let is_link = fs::symlink_metadata(&folder).is_ok_and(|metadata| !metadata.is_dir());
            if is_link {
                return Err(Error::Corrupt { path: folder, problem: "it is not a folder".to_owned() });
            }
        }
        Ok(name.path(&self.root))
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("root", &self.root).finish_non_exhaustive()
    }
}

impl fmt::Display for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache({})", self.root.display())
    }
}

fn locate_with(explicit: Option<&Path>, var: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    if let Some(path) = explicit {
        return Ok(path.to_owned());
    }
    let folder = |name| var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = folder("SBX_CACHE") {
        return Ok(path);
    }
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library").join("Caches"))
    } else {
        let xdg = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        xdg.or_else(|| folder("HOME").map(|home| home.join(".cache")))
    };
    base.map(|base| base.join("sbx")).ok_or(Error::NoHome)
}

/// Reads the key, or makes one. Of two processes that make one at once, the first wins and both use its key.
fn open_key(root: &Path) -> Result<Key> {
    let path = root.join("key");
    if let Some(key) = read_key(&path)? {
        return Ok(key);
    }
    let _guard = lock::creation_lock(root, || {})?;
    if let Some(key) = read_key(&path)? {
        return Ok(key);
    }
    let mut bytes = [0; Key::BYTES];
    getrandom::fill(&mut bytes).map_err(|source| Error::NoRandomness { source })?;
    let failed = || Error::write("write", &path);
    let mut file = tempfile::Builder::new().prefix(".tmp-").tempfile_in(root).map_err(failed())?;
    file.write_all(&bytes).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist_noclobber(&path).map_err(|error| failed()(error.error))?;
    private::sync_dir(root).map_err(failed())?;
    Ok(Key::new(bytes))
}

fn read_key(path: &Path) -> Result<Option<Key>> {
    let Some(mut file) = private::open_file(path).map_err(Error::io("open", path))? else {
        return Ok(None);
    };
    let metadata = file.metadata().map_err(Error::io("look at", path))?;
    private::check_file(path, &metadata)?;
    let mut bytes = [0; Key::BYTES];
    if metadata.len() != Key::BYTES as u64 || file.read_exact(&mut bytes).is_err() {
        let problem = format!("it is {} bytes long, not {}", metadata.len(), Key::BYTES);
        return Err(Error::Corrupt { path: path.to_owned(), problem });
    }
    Ok(Some(Key::new(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(vars: &[(&str, &str)], wanted: Option<&str>) {
        let var = |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        let got = locate_with(None, var).ok();
        assert_eq!(got, wanted.map(PathBuf::from), "{vars:?}");
    }

    #[test]
    fn an_explicit_place_and_sbx_cache_come_first() {
        let var = |_: &str| Some(OsString::from("/elsewhere"));
        assert_eq!(locate_with(Some(Path::new("here")), var).unwrap(), Path::new("here"));
        check(&[("SBX_CACHE", "/c"), ("HOME", "/h"), ("LOCALAPPDATA", "/l")], Some("/c"));
        check(&[], None);
        check(&[("HOME", ""), ("SBX_CACHE", "")], None);
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_users_cache_folder_is_the_default() {
        check(&[("HOME", "/h")], Some("/h/.cache/sbx"));
        check(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], Some("/x/sbx"));
        check(&[("XDG_CACHE_HOME", "x"), ("HOME", "/h")], Some("/h/.cache/sbx"));
    }

    #[test]
    fn debug_does_not_show_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("c")).unwrap();
        assert!(!format!("{cache:?}").contains("key"));
    }
}
