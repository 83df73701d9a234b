//! The folder of a storage: whose it is, the way to a file in it, and its locks.

use std::{fs, io, path::Path};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};

use super::{
    errors::{error, not_ours},
    names, temp,
};
use crate::{
    error::{Error, Result},
    key::Key,
};

const MARKER: &str = ".sbx-storage-1";
const MARKER_STEM: &str = ".sbx-storage-";
const LOCKS: &str = ".locks";
const TEMPS: &str = ".tmp";

/// An open storage folder.
pub(super) struct Folder {
    pub(super) root: Dir,
    pub(super) temps: Dir,
    locks: Dir,
}

/// A value's file, open for reading.
pub(super) struct OpenFile {
    pub(super) file: fs::File,
    pub(super) bytes: u64,
}

/// Holds the lock of a key until dropped.
pub(super) struct Lock(#[expect(dead_code, reason = "closing it gives the lock back")] fs::File);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let action = || format!("open the storage in {}", path.display());
        let opened = || -> io::Result<Dir> {
            make_folder(path)?;
            Dir::open_ambient_dir(path, ambient_authority())
        };
        let root = opened().map_err(|source| error(action(), source))?;
        claim(&root).map_err(|source| error(action(), source)).and_then(|problem| match problem {
            None => Ok(()),
            Some(problem) => Err(Error::Refused { action: action(), problem, source: None }),
        })?;
        let inner = |name: &str| -> io::Result<Dir> {
            make_dir(&root, name)?;
            root.open_dir_nofollow(name)
        };
        let locks = inner(LOCKS).map_err(|source| error(action(), source))?;
        let temps = inner(TEMPS).map_err(|source| error(action(), source))?;
        sync(&root).map_err(|source| error(action(), source))?;
        temp::sweep(&temps);
        Ok(Self { root, temps, locks })
    }

    /// The file of `key`, or `None` if there is none.
    pub(super) fn open_file(&self, key: &Key) -> Result<Option<OpenFile>> {
        let Some(chain) = Chain::open(&self.root, key)? else { return Ok(None) };
        let refuse = || not_ours(format!("read {key}"), &chain.file_name);
        // Without waiting: somebody could have put a pipe there.
        let options = &mut OpenOptions::new();
        let options = options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = match chain.last().open_with(&chain.file_name, options) {
            Ok(file) => file.into_std(),
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(_) if is_link(chain.last(), &chain.file_name) => return Err(refuse()),
            Err(source) => return Err(error(format!("read {key}"), source)),
        };
        let metadata = file.metadata().map_err(|source| error(format!("read {key}"), source))?;
        if !metadata.is_file() {
            return Err(refuse());
        }
        Ok(Some(OpenFile { file, bytes: metadata.len() }))
    }

    /// Waits until no other thread or process has the lock of `key`. Some keys share one.
    ///
    /// Opened anew each time, since a lock belongs to the open file: threads that shared one would share its lock.
    pub(super) fn lock(&self, key: &Key) -> Result<Lock> {
        let name = format!("{:02x}", blake3::hash(key.as_str().as_bytes()).as_bytes()[0]);
        let lock = || -> io::Result<fs::File> {
            let options = &mut OpenOptions::new();
            let options =
                options.read(true).write(true).create(true).follow(FollowSymlinks::No).nonblock(true);
            let file = self.locks.open_with(&name, options)?.into_std();
            loop {
                match file.lock() {
                    Err(source) if source.kind() == io::ErrorKind::Interrupted => {}
                    result => return result.map(|()| file),
                }
            }
        };
        lock().map(Lock).map_err(|source| error(format!("lock {key}"), source))
    }

    /// The folders on the way to `key`, made where they are missing.
    pub(super) fn make_chain(&self, key: &Key) -> Result<Chain> {
        let mut chain = Chain::start(&self.root, key)?;
        for part in folders_of(key) {
            chain.enter(key, part, true)?;
        }
        Ok(chain)
    }
}

/// The open folders on the way to a file, outermost first.
pub(super) struct Chain {
    dirs: Vec<(Dir, String)>,
    n_made: usize,
    pub(super) file_name: String,
}

impl Chain {
    /// The way to the file of `key`, or `None` if a folder is missing.
    pub(super) fn open(root: &Dir, key: &Key) -> Result<Option<Self>> {
        let mut chain = Self::start(root, key)?;
        for part in folders_of(key) {
            if !chain.enter(key, part, false)? {
                return Ok(None);
            }
        }
        Ok(Some(chain))
    }

    fn start(root: &Dir, key: &Key) -> Result<Self> {
        let root = root.try_clone().map_err(|source| error(format!("reach {key}"), source))?;
        let file_name = names::file_name(key.parts().last().unwrap_or_default());
        Ok(Self { dirs: vec![(root, String::new())], n_made: 0, file_name })
    }

    /// Goes into the folder of `part`; `false` if it is not there.
    fn enter(&mut self, key: &Key, part: &str, make: bool) -> Result<bool> {
        let name = names::folder_name(part);
        for _ in 0..super::MAX_RETRIES {
            match self.last().open_dir_nofollow(&name) {
                Ok(dir) => {
                    self.dirs.push((dir, name));
                    return Ok(true);
                }
                Err(source) if source.kind() == io::ErrorKind::NotFound => {}
                Err(_) if is_foreign(self.last(), &name) => {
                    return Err(not_ours(format!("reach {key}"), &name));
                }
                Err(source) => return Err(error(format!("reach {key}"), source)),
            }
            if !make {
                return Ok(false);
            }
            match make_dir(self.last(), &name) {
                Ok(made) => self.n_made += usize::from(made),
                // The folder above went away as it was empty. Start again at the root, which stays.
                Err(source) if source.kind() == io::ErrorKind::NotFound && self.dirs.len() > 1 => {
                    self.again(key)?;
                }
                Err(source) => return Err(error(format!("make the folder of {key}"), source)),
            }
        }
        let problem = "its folder keeps vanishing".to_owned();
        Err(Error::Unavailable { action: format!("make the folder of {key}"), problem, source: None })
    }

    /// Makes the folders that were on the way once more.
    fn again(&mut self, key: &Key) -> Result<()> {
        let n_wanted = self.dirs.len() - 1;
        self.dirs.truncate(1);
        for part in folders_of(key).take(n_wanted) {
            self.enter(key, part, true)?;
        }
        Ok(())
    }

    /// The folder that the file is in.
    pub(super) fn last(&self) -> &Dir {
        &self.dirs.last().expect("a chain begins with the root and is never emptied").0
    }

    /// Brings names to the disk: of the file, and of the folders that were made for it. The folders come first, so
    /// that nothing is there whose way is not.
    ///
    /// A folder that another writer has made and not yet brought there goes along with what is in it: file systems with
    /// a journal keep such changes in order.
    pub(super) fn sync(&self) -> io::Result<()> {
        let n_changed = (self.n_made + 1).min(self.dirs.len());
        self.dirs[self.dirs.len() - n_changed..].iter().try_for_each(|(dir, _)| sync(dir))
    }

    /// Removes the folders that have nothing in them, from the last up.
    pub(super) fn remove_empty(&self) {
        for pair in self.dirs.windows(2).rev() {
            let [(above, _), (_, name)] = pair else { return };
            // Mostly it is not empty, which is an error here and nothing wrong.
            if above.remove_dir(name).is_err() {
                return;
            }
        }
    }
}

/// All parts of a key but the last.
fn folders_of(key: &Key) -> impl Iterator<Item = &str> {
    key.parts().take(key.parts().count() - 1)
}

/// Whether something that is no folder is called `name`.
fn is_foreign(dir: &Dir, name: &str) -> bool {
    dir.symlink_metadata(name).is_ok_and(|metadata| !metadata.is_dir())
}

fn is_link(dir: &Dir, name: &str) -> bool {
    dir.symlink_metadata(name).is_ok_and(|metadata| metadata.is_symlink())
}

/// Whether it had to be made.
fn make_dir(dir: &Dir, name: &str) -> io::Result<bool> {
    match dir.create_dir(name) {
        Ok(()) => Ok(true),
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(source),
    }
}

/// Marks the folder as ours, or says why it is not. One that holds other things is left alone: it could be anybody's
/// home, and is about to be closed to others.
fn claim(root: &Dir) -> io::Result<Option<String>> {
    let mut is_empty = true;
    for entry in root.entries()? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        if name == MARKER {
            return set_private(root).map(|()| None);
        }
        if name.starts_with(MARKER_STEM) {
            return Ok(Some(format!("it is of another version of sbx ({name} here, {MARKER} known)")));
        }
        is_empty = false;
    }
    // Another process may be making it right now, and a listing can miss what is new.
    if !is_empty && root.symlink_metadata(MARKER).is_err() {
        return Ok(Some("there are other things in it; give it a folder of its own".to_owned()));
    }
    set_private(root)?;
    let options = &mut OpenOptions::new();
    root.open_with(MARKER, options.write(true).create(true).follow(FollowSymlinks::No))?;
    Ok(None)
}

/// Brings the names in `dir` to the disk.
#[cfg(unix)]
pub(super) fn sync(dir: &Dir) -> io::Result<()> {
    // Folders are opened for passing through only, which cannot be synchronised.
    dir.open(".")?.sync_all()
}

/// Windows has no such thing; its journal keeps renames in order.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
pub(super) fn sync(_dir: &Dir) -> io::Result<()> {
    Ok(())
}

/// Makes the folder of the storage and those above it, durably: what is in it would go with it.
fn make_folder(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    make_private(&path)?;
    for made in missing {
        if let Some(above) = made.parent() {
            sync(&Dir::open_ambient_dir(above, ambient_authority())?)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(unix)]
fn set_private(root: &Dir) -> io::Result<()> {
    use cap_std::fs::{MetadataExt, Permissions, PermissionsExt};

    if root.dir_metadata()?.mode() & 0o777 == 0o700 {
        return Ok(());
    }
    root.set_permissions(".", Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn set_private(_root: &Dir) -> io::Result<()> {
    Ok(())
}
