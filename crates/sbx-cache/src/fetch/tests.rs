//! Fetching with small wheels and with pips made of shell script.

use std::io::Write as _;
use std::sync::Mutex;

use sha2::Digest as _;
use tempfile::TempDir;

use super::*;

const MODULE: &[u8] = b"\0asm the module";
const STDLIB: &[u8] = b"the standard library";

/// A cache, a manifest, and a folder with the wheel that fits it.
struct Bench {
    folder: TempDir,
    cache: Cache,
    manifest: GuestManifest,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wheel = wheel(MODULE);
        std::fs::create_dir(folder.path().join("in")).unwrap();
        std::fs::write(folder.path().join("in/some_guest-1.0-py3-none-any.whl"), &wheel).unwrap();
        let cache = Cache::open(&folder.path().join("cache")).unwrap();
        let manifest = manifest(&wheel);
        Self { folder, cache, manifest }
    }

    fn wheel(&self) -> PathBuf {
        self.folder.path().join("in/some_guest-1.0-py3-none-any.whl")
    }

    fn local(&self, path: &str) -> Result<FetchedFiles> {
        let source = Source::Local(self.folder.path().join(path));
        fetch_from(&self.cache, &self.manifest, &source, &NoProgress)
    }

    /// Names of files below the cache's root, without seals, locks and the key.
    fn entries(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(self.cache.root(), &mut found);
        let names =
            found.iter().map(|path| path.strip_prefix(self.cache.root()).unwrap().display().to_string());
        let mut names: Vec<String> = names
            .filter(|name| !name.ends_with(".seal") && !name.starts_with("locks") && name != "key")
            .collect();
        names.sort();
        names
    }

    fn assert_complete(&self, files: &FetchedFiles) {
        let read = |role| std::io::read_to_string(files.open(&self.cache, role).unwrap().file).unwrap();
        assert_eq!(read("module").as_bytes(), MODULE);
        assert_eq!(read("stdlib").as_bytes(), STDLIB);
        assert_eq!(self.entries().len(), 2, "{:?}", self.entries());
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::new(sha2::Sha256::digest(bytes).into())
}

fn wheel(module: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in
        [("some_guest/module.wasm", module), ("some_guest/unused", b"x"), ("some_guest/stdlib.zip", STDLIB)]
    {
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn manifest(wheel: &[u8]) -> GuestManifest {
    let file = |role: &str, name: &str, bytes: &[u8]| {
        format!(
            "[[files]]\npath = \"some_guest/{name}\"\nsha256 = \"{}\"\nbytes = {}\nrole = \"{role}\"\n",
            sha256(bytes),
            bytes.len()
        )
    };
    let text = format!(
        "name = \"some\"\npackage = \"some-guest\"\nversion = \"1.0\"\npython_version = \"3.11\"\nlicence = \"MIT\"\n\
         [wheel]\nsha256 = \"{}\"\nbytes = {}\n{}{}",
        sha256(wheel),
        wheel.len(),
        file("module", "module.wasm", MODULE),
        file("stdlib", "stdlib.zip", STDLIB),
    );
    GuestManifest::parse(&text).unwrap()
}

/// Keeps what it is told.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn push(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Progress for Log {
    fn step(&self, text: &str) {
        self.push(text.to_owned());
    }

    fn start(&self, text: &str, total: u64) {
        self.push(format!("{text} ({total})"));
    }

    fn advance(&self, _done: u64) {}

    fn finish(&self) {
        self.push("finished".to_owned());
    }
}

#[test]
fn a_wheel_a_folder_with_it_and_unpacked_files_all_do() {
    let bench = Bench::new();
    let files = bench.local("in/some_guest-1.0-py3-none-any.whl").unwrap();
    bench.assert_complete(&files);
    assert_eq!(files.path("module"), Some(files.files[0].path.as_path()));
    assert!(files.get("other").is_none());

    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("in/some_guest-2.0-py3-none-any.whl"), "another").unwrap();
    bench.assert_complete(&bench.local("in").unwrap());

    for below in ["", "some_guest/"] {
        let bench = Bench::new();
        let folder = bench.folder.path().join("unpacked").join(below);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("module.wasm"), MODULE).unwrap();
        std::fs::write(folder.join("stdlib.zip"), STDLIB).unwrap();
        bench.assert_complete(&bench.local("unpacked").unwrap());
    }
}

#[test]
fn a_second_call_needs_no_source_and_a_damaged_file_is_fetched_again() {
    let bench = Bench::new();
    assert!(lookup(&bench.cache, &bench.manifest).unwrap().is_none());
    let files = bench.local("in").unwrap();
    bench.assert_complete(&bench.local("nowhere").unwrap());
    assert!(lookup(&bench.cache, &bench.manifest).unwrap().is_some());

    std::fs::write(files.path("stdlib").unwrap(), "cut").unwrap();
    assert!(lookup(&bench.cache, &bench.manifest).unwrap().is_none());
    assert_eq!(bench.local("nowhere").unwrap_err().code(), "cache.io");
    let log = Log::default();
    let source = Source::Local(bench.wheel());
    bench.assert_complete(&fetch_from(&bench.cache, &bench.manifest, &source, &log).unwrap());
    let unpacked: Vec<String> =
        log.lines().into_iter().filter(|line| line.starts_with("unpacking")).collect();
    assert_eq!(unpacked, ["unpacking stdlib.zip (20)"], "the module was good and is not unpacked again");
}

#[test]
fn a_wrong_hash_names_the_file_and_is_not_kept() {
    let bench = Bench::new();
    let edited = wheel(b"\0asm another one");
    std::fs::write(bench.wheel(), &edited).unwrap();
    let error = bench.local("in").unwrap_err();
    assert_eq!(error.code(), "fetch.wrong_hash");
    let text = error.to_string();
    assert!(text.starts_with("some_guest-1.0-py3-none-any.whl has the wrong SHA-256: expected "), "{text}");

    let unpacked = bench.folder.path().join("unpacked");
    std::fs::create_dir(&unpacked).unwrap();
    std::fs::write(unpacked.join("stdlib.zip"), STDLIB).unwrap();
    for (content, got) in [
        (&b"\0asm the MODULE"[..], sha256(b"\0asm the MODULE").to_string()),
        (b"\0asm", "only 4 of 15 bytes".to_owned()),
        (b"\0asm the module and more", "more than 15 bytes".to_owned()),
    ] {
        std::fs::write(unpacked.join("module.wasm"), content).unwrap();
        let error = bench.local("unpacked").unwrap_err();
        let Error::WrongHash { file, expected, got: found } = error else { panic!("{error}") };
        assert!(file.ends_with("module.wasm"), "{file}");
        assert_eq!((expected, found), (sha256(MODULE).to_string(), got));
        assert_eq!(bench.entries(), [""; 0]);
    }
}

#[test]
fn a_wheel_whose_member_is_not_as_pinned_is_refused_even_if_the_wheel_is() {
    let mut bench = Bench::new();
    let edited = wheel(b"\0asm the MODULE");
    std::fs::write(bench.wheel(), &edited).unwrap();
    bench.manifest.wheel.sha256 = sha256(&edited);
    bench.manifest.wheel.bytes = edited.len() as u64;
    assert_eq!(bench.local("in").unwrap_err().code(), "fetch.wrong_hash");
    assert_eq!(bench.entries(), [""; 0]);
}

#[test]
fn a_source_without_the_files_says_what_is_missing() {
    let bench = Bench::new();
    std::fs::create_dir(bench.folder.path().join("empty")).unwrap();
    let error = bench.local("empty").unwrap_err();
    assert_eq!(error.code(), "fetch.source");
    let text = error.to_string();
    assert!(text.contains("the wheel of some-guest==1.0, nor some_guest/module.wasm"), "{text}");
}

#[cfg(unix)]
mod with_pip {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    impl Bench {
        /// A Python whose `-m pip download` does what `script` says, with `$DEST` and `$WHEEL` set.
        fn pip(&self, script: &str) -> PathBuf {
            let path = self.folder.path().join("python");
            let text = format!(
                "#!/bin/sh\n[ \"$1 $2\" = '-m pip' ] || exit 9\n[ \"$3\" = --version ] && exit 0\n\
                 while [ $# -gt 1 ]; do [ \"$1\" = --dest ] && DEST=$2; shift; done\n\
                 WHEEL='{}'\n{script}\n",
                self.wheel().display()
            );
            // Written under another name first: a file that is still open for writing anywhere cannot be run.
            let status = std::process::Command::new("sh")
                .args(["-c", "printf %s \"$1\" > \"$2\" && chmod 700 \"$2\"", "sh", &text])
                .arg(&path)
                .status();
            assert!(status.unwrap().success());
            path
        }

        fn with_pip(&self, script: &str) -> Result<FetchedFiles> {
            let source = Source::Pip { python: Some(self.pip(script)) };
            fetch_from(&self.cache, &self.manifest, &source, &NoProgress)
        }
    }

    #[test]
    fn pip_is_asked_for_the_exact_version_in_a_private_place() {
        let bench = Bench::new();
        let script = r#"[ "$1" = some-guest==1.0 ] && [ -d "$TMPDIR" ] && [ "$PWD" != "$OLDPWD" ] || exit 8
            case "$TMPDIR" in */work/fetch-some/tmp) ;; *) exit 7 ;; esac
            cp "$WHEEL" "$DEST""#;
        bench.assert_complete(&bench.with_pip(script).unwrap());
    }

    #[test]
    fn what_pip_brings_is_verified() {
        let bench = Bench::new();
        let error = bench.with_pip(r#"echo evil > "$DEST/some_guest-1.0-py3-none-any.whl""#).unwrap_err();
        assert_eq!(error.code(), "fetch.wrong_hash");
        assert_eq!(bench.entries(), [""; 0]);
        let error = bench.with_pip("true").unwrap_err();
        assert!(error.to_string().contains("it brought no wheel"), "{error}");
    }

    #[test]
    fn a_failure_of_pip_is_one_sentence_with_its_reason() {
        let bench = Bench::new();
        let check = |script: &str, code: &str, parts: &[&str]| {
            let error = bench.with_pip(script).unwrap_err();
            assert_eq!(error.code(), code);
            let text = error.to_string();
            assert!(!text.contains('\n'), "{text}");
            for part in parts {
                assert!(text.contains(part), "{part:?} is not in {text:?}");
            }
            assert_eq!(bench.entries(), [""; 0]);
        };
        check(
            "echo 'WARNING: Retrying (Retry(total=0)) after connection broken' >&2
             echo 'ERROR: Could not find a version that satisfies (from versions: none)' >&2
             echo 'ERROR: No matching distribution found' >&2; exit 1",
            "fetch.pip",
            &["some-guest==1.0 (exit status: 1: Could not find a version", "check the network"],
        );
        check(
            "echo 'ERROR: Could not find a version (from versions: 0.9)' >&2; exit 1",
            "fetch.pip",
            &["(from versions: 0.9)", "has it", "SBX_GUEST_SOURCE"],
        );
        check("echo one; printf 'two\\033[0m\\n'; exit 3", "fetch.pip", &["exit status: 3: two [0m"]);
        check("exit 3", "fetch.pip", &["no output"]);
        check(
            "echo 'ERROR: Could not install: [Errno 28] No space left on device' >&2; exit 1",
            "cache.disk_full",
            &["no space left"],
        );
    }

    #[test]
    fn a_download_that_was_finished_is_not_repeated() {
        let bench = Bench::new();
        // The cache has the wheel, and pip would fail: as after a kill between download and unpacking.
        let name = wheel_name(&bench.manifest);
        let context = context(bench.manifest.wheel.sha256);
        let wheel = std::fs::read(bench.wheel()).unwrap();
        bench.cache.put(&name, &context, |file| file.write_all(&wheel)).unwrap();
        bench.assert_complete(&bench.with_pip("exit 1").unwrap());
    }

    #[test]
    fn an_interpreter_without_pip_is_named() {
        let bench = Bench::new();
        let path = bench.folder.path().join("no-python");
        let source = Source::Pip { python: Some(path.clone()) };
        let error = fetch_from(&bench.cache, &bench.manifest, &source, &NoProgress).unwrap_err();
        assert_eq!(error.code(), "fetch.no_pip");
        assert!(error.to_string().contains(&format!("(tried {} -m pip)", path.display())), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn many_at_once_download_once() {
        let bench = Bench::new();
        let python = bench.pip(r#"echo x >> "$(dirname "$WHEEL")/calls"; cp "$WHEEL" "$DEST""#);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let cache = Cache::open(bench.cache.root()).unwrap();
                    let source = Source::Pip { python: Some(python.clone()) };
                    fetch_from(&cache, &bench.manifest, &source, &NoProgress).unwrap();
                });
            }
        });
        let calls = std::fs::read_to_string(bench.folder.path().join("in/calls")).unwrap();
        assert_eq!(calls, "x\n");
        bench.assert_complete(&lookup(&bench.cache, &bench.manifest).unwrap().unwrap());
    }

    #[test]
    fn every_piece_of_work_that_starts_finishes() {
        let bench = Bench::new();
        for script in ["exit 1", r#"cp "$WHEEL" "$DEST""#] {
            let log = Log::default();
            let source = Source::Pip { python: Some(bench.pip(script)) };
            // Whether it succeeds is not what this test is about.
            drop(fetch_from(&bench.cache, &bench.manifest, &source, &log));
            let lines = log.lines();
            let (finished, started): (Vec<_>, Vec<_>) = lines.iter().partition(|line| *line == "finished");
            assert_eq!(finished.len(), started.len(), "{lines:?}");
            assert!(started[0].starts_with("downloading some-guest 1.0 with "), "{lines:?}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_listed_is_an_error_not_a_crash() {
        if rustix::process::geteuid().is_root() {
            eprintln!("skipped: root may list every folder");
            return;
        }
        let bench = Bench::new();
        let closed = bench.folder.path().join("in");
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
        let error = bench.local("in").unwrap_err();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(error.code(), "cache.io");
    }
}
