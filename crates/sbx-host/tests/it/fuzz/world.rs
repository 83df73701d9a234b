//! Folders of the host: three that are granted, and beside them one that must stay as it is, unread.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sbx_core::{GuestPath, Mount};
use sbx_vfs::HostMount;
use tempfile::TempDir;

use super::MOUNTS;

/// The folder that no policy grants.
const OUTSIDE: &str = "outside";

pub(super) struct World {
    base: TempDir,
    secret: [u8; 32],
    made: Seen,
}

/// All folders at one moment.
#[derive(Default)]
pub(super) struct Seen {
    /// All but what may be written.
    fixed: Picture,
    /// The writable folder.
    writable: Picture,
}

/// What a folder has: bytes and time of files, target of links, nothing for directories.
type Picture = BTreeMap<PathBuf, Entry>;

#[derive(Debug, PartialEq, Eq)]
enum Entry {
    File(Vec<u8>, SystemTime),
    Link(PathBuf),
    Dir,
}

impl World {
    pub(super) fn new() -> Self {
        let base = TempDir::new().unwrap();
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).unwrap();
        fs::create_dir(base.path().join(OUTSIDE)).unwrap();
        fs::write(base.path().join(OUTSIDE).join("secret"), secret).unwrap();
        for (name, _) in MOUNTS {
            fill(&base.path().join(name));
        }
        let world = Self { base, secret, made: Seen::default() };
        Self { made: world.look(), ..world }
    }

    pub(super) fn mounts(&self) -> Vec<HostMount> {
        let open = |(name, mode)| {
            let guest = GuestPath::parse(&format!("/{name}")).unwrap();
            let mount = Mount::read_only(self.base.path().join(name), guest).with_mode(mode);
            HostMount::open(&mount).unwrap().with_max_file_bytes(1 << 18)
        };
        MOUNTS.map(open).into()
    }

    /// What is there now.
    pub(super) fn look(&self) -> Seen {
        let (mut fixed, mut writable) = (Picture::new(), Picture::new());
        for (path, entry) in picture(self.base.path()) {
            if path.starts_with("rw") { &mut writable } else { &mut fixed }.insert(path, entry);
        }
        Seen { fixed, writable }
    }

    /// Bytes and entries by which the writable folder has grown.
    pub(super) fn growth(&self, now: &Seen) -> (u64, u64) {
        let count = |picture: &Picture| {
            let size = |entry: &Entry| if let Entry::File(bytes, _) = entry { bytes.len() as u64 } else { 0 };
            (picture.values().map(size).sum::<u64>(), picture.len() as u64)
        };
        let (before, now) = (count(&self.made.writable), count(&now.writable));
        (now.0.saturating_sub(before.0), now.1.saturating_sub(before.1))
    }

    #[track_caller]
    pub(super) fn assert_secret_is_not_in(&self, bytes: &[u8]) {
        assert!(!bytes.windows(16).any(|window| window == &self.secret[8..24]), "the secret has leaked");
    }

    /// Asserts that only the writable folder differs and that it does not have the secret.
    #[track_caller]
    pub(super) fn assert_untouched(&self, now: &Seen) {
        assert_eq!(now.fixed, self.made.fixed);
        for entry in now.writable.values() {
            if let Entry::File(bytes, _) = entry {
                self.assert_secret_is_not_in(bytes);
            }
        }
    }

    #[track_caller]
    pub(super) fn assert_closed(&self) {
        assert_eq!(open_files(self.base.path()), Vec::<PathBuf>::new());
    }

    /// Makes the writable folder what it was.
    pub(super) fn restore(&self, now: &Seen) {
        if now.writable == self.made.writable {
            return;
        }
        fs::remove_dir_all(self.base.path().join("rw")).unwrap();
        fill(&self.base.path().join("rw"));
        for (path, entry) in &self.made.writable {
            if let Entry::File(_, time) = entry {
                let file = fs::File::options().write(true).open(self.base.path().join(path)).unwrap();
                file.set_modified(*time).unwrap();
            }
        }
    }
}

/// Files, a directory, and links that lead out.
fn fill(folder: &Path) {
    fs::create_dir_all(folder.join("dir")).unwrap();
    fs::write(folder.join("file"), b"of the host").unwrap();
    fs::write(folder.join("dir/inner"), [3; 3000]).unwrap();
    symlink("../outside", folder.join("out")).unwrap();
    symlink("../outside/secret", folder.join("leak")).unwrap();
}

fn picture(folder: &Path) -> Picture {
    let mut picture = Picture::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(at) = pending.pop() {
        for entry in fs::read_dir(folder.join(&at)).unwrap().map(io::Result::unwrap) {
            let path = at.join(entry.file_name());
            let metadata = entry.metadata().unwrap();
            let seen = if metadata.is_dir() {
                pending.push(path.clone());
                Entry::Dir
            } else if metadata.is_symlink() {
                Entry::Link(fs::read_link(entry.path()).unwrap())
            } else {
                Entry::File(fs::read(entry.path()).unwrap(), metadata.modified().unwrap())
            };
            picture.insert(path, seen);
        }
    }
    picture
}

/// What this process has open below `base`.
fn open_files(base: &Path) -> Vec<PathBuf> {
    // Where there is no such list nothing is checked.
    let Ok(descriptors) = fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.starts_with(base)).collect()
}
