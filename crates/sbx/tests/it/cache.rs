//! A cache that was damaged: an error that says what to do, or mended; never a crash and never used.

use std::{
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use sbx::{Cache, Ending, NoProgress, RuntimeType, Runtimes, SandboxBuilder, set_up};

use crate::lab::runtimes;

/// The folders of a cache that runs depend on.
const PARTS: [&str; 3] = ["artifacts", "guests", "images"];

/// A copy of the machine's cache. Its seals hold wherever it is: they are keyed by the cache's key, which comes along.
struct Copied {
    folder: tempfile::TempDir,
}

impl Copied {
    fn new() -> Self {
        runtimes();
        let source = Cache::open(&Cache::locate(None).unwrap()).unwrap();
        let folder = tempfile::Builder::new().prefix("sbx-cache").tempdir().unwrap();
        let root = folder.path().join("cache");
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, fs::metadata(source.root()).unwrap().permissions()).unwrap();
        // What else is there (locks, servers of other tests) is not the program's to check.
        for part in PARTS {
            copy(&source.root().join(part), &root.join(part));
        }
        fs::copy(source.root().join("key"), root.join("key")).unwrap();
        let copied = Self { folder };
        copied.run().unwrap();
        copied.drop_leftovers();
        copied
    }

    /// Removes what other versions of the program left: whatever is not missed.
    fn drop_leftovers(&self) {
        let aside = self.folder.path().join("aside");
        for path in self.data_files() {
            fs::rename(&path, &aside).unwrap();
            if self.run().is_ok() {
                fs::remove_file(path.with_added_extension("seal")).unwrap_or_default();
            } else {
                fs::rename(&aside, &path).unwrap();
            }
        }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// Every file of it but the seals, the key and the locks, sorted.
    fn data_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for part in PARTS {
            list(&self.root().join(part), &mut files);
        }
        files.retain(|path| path.extension().is_none_or(|extension| extension != "seal"));
        files.sort();
        files
    }

    /// Loads Python from it and runs a program.
    fn run(&self) -> Result<(), sbx::Error> {
        let runtimes = Runtimes::load(Some(&self.root()))?;
        for image in ["python", "python-data"] {
            let builder = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).image(image);
            let result = builder.build()?.execute("print(6 * 7)")?;
            assert_eq!((result.ending, result.stdout.as_str()), (Ending::Ok, "42\n"));
        }
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

/// Changes one bit in the middle of a file in place, or changes it back.
fn flip(path: &Path) {
    let mut file = fs::File::options().read(true).write(true).open(path).unwrap();
    let middle = SeekFrom::Start(file.metadata().unwrap().len() / 2);
    let mut byte = [0];
    file.seek(middle).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(middle).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
}

#[track_caller]
fn assert_refused(copied: &Copied, what: &str) {
    let error = copied.run().expect_err(what);
    assert!(error.to_string().contains("sbx setup"), "{what}: {error}");
    assert!(
        ["python.not_set_up", "cache.corrupt", "host.bad_image"].contains(&error.code()),
        "{what}: {error}"
    );
}

/// A file of the cache and its seal, held by second names: whoever finds one damaged may remove both.
struct Pair {
    paths: [PathBuf; 2],
    held: [PathBuf; 2],
}

impl Pair {
    fn of(copied: &Copied, data: &Path) -> Self {
        let paths = [data.to_owned(), data.with_added_extension("seal")];
        let held = [0, 1].map(|index: usize| copied.folder.path().join(format!("held-{index}")));
        for (path, held) in paths.iter().zip(&held) {
            let _first_time = fs::remove_file(held);
            fs::hard_link(path, held).unwrap();
        }
        Self { paths, held }
    }

    fn put_back(&self) {
        for (path, held) in self.paths.iter().zip(&self.held) {
            let _gone = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
            fs::hard_link(held, path).unwrap();
        }
    }
}

#[test]
fn every_file_of_the_cache_is_checked_before_it_is_used() {
    let copied = Copied::new();
    copied.run().unwrap();
    let files = copied.data_files();
    assert!(
        files.len() >= 8,
        "an artifact, two images, four files of the guest, one made of them: {files:?}"
    );
    for pair in files.iter().map(|data| Pair::of(&copied, data)) {
        for (path, held) in pair.paths.iter().zip(&pair.held) {
            let name = path.strip_prefix(copied.root()).unwrap().display();
            let modified = fs::metadata(path).unwrap().modified().unwrap();
            flip(path);
            fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
            assert_refused(&copied, &format!("{name} edited, with its old time"));
            flip(held);
            pair.put_back();

            fs::remove_file(path).unwrap();
            assert_refused(&copied, &format!("{name} deleted"));
            pair.put_back();

            fs::remove_file(path).unwrap();
            let mut start = Vec::new();
            fs::File::open(held).unwrap().take(100).read_to_end(&mut start).unwrap();
            fs::write(path, start).unwrap();
            assert_refused(&copied, &format!("{name} cut"));
            pair.put_back();

            fs::remove_file(path).unwrap();
            fs::create_dir(path).unwrap();
            assert_refused(&copied, &format!("{name} a folder"));
            pair.put_back();
        }
    }
    copied.run().unwrap();
}

#[test]
fn set_up_mends_what_is_damaged() {
    let copied = Copied::new();
    let images: Vec<_> =
        copied.data_files().into_iter().filter(|path| path.extension().is_some_and(|x| x == "img")).collect();
    assert_eq!(images.len(), 2, "{images:?}");
    for image in &images {
        flip(image);
    }
    // What no other file depends on, and matplotlib's data, which comes out of the standard library's zip.
    let tar =
        copied.data_files().into_iter().find(|path| path.extension().is_some_and(|x| x == "tar")).unwrap();
    fs::write(&tar, b"").unwrap();
    assert_refused(&copied, "damaged");
    // Nothing has to be fetched for this: there is no source to fetch from, and packages are there.
    let source = Cache::open(&Cache::locate(None).unwrap()).unwrap();
    copy(&source.root().join("packages"), &copied.root().join("packages"));
    set_up(Some(&copied.root()), Some(Path::new("/nonexistent")), &NoProgress).unwrap();
    copied.run().unwrap();
}

#[test]
fn an_empty_cache_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = Runtimes::load(Some(&folder.path().join("new"))).unwrap_err();
    assert_eq!(error.code(), "python.not_set_up");
    assert!(
        error.to_string().contains("sbx setup") && error.to_string().contains("cargo xtask setup"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_cache_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("cache");
    Cache::open(&root).unwrap();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).unwrap();
    let error = Runtimes::load(Some(&root)).unwrap_err();
    assert_eq!(error.code(), "cache.not_private");
    assert!(error.to_string().contains("chmod 700"), "{error}");
}
