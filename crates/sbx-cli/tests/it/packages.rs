//! `sbx packages`, with the real pip over a folder of wheels that are written here: what comes in, what is refused and why.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Output,
};

use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::{need_guests, sbx, stderr, stdout};

/// An index of one folder, and a lock file.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        need_guests();
        let place = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.index()).unwrap();
        fs::write(place.lock(), "format = 1\n").unwrap();
        place
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    fn lock(&self) -> PathBuf {
        self.folder.path().join("packages.lock")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.lock()).unwrap()
    }

    /// A wheel with a module of its name and what else is given.
    fn wheel(&self, name: &str, version: &str, requires: &[&str], files: &[(&str, &[u8])]) -> &Self {
        let module = format!("VERSION = '{version}'\n");
        let info = format!("{name}-{version}.dist-info");
        let requires: String = requires.iter().map(|line| format!("Requires-Dist: {line}\n")).collect();
        let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}");
        let wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
        let own = [
            (format!("{name}/__init__.py"), module.as_bytes()),
            (format!("{info}/METADATA"), metadata.as_bytes()),
            (format!("{info}/WHEEL"), wheel.as_bytes()),
            (format!("{info}/RECORD"), b"".as_slice()),
        ];
        let path = self.index().join(format!("{name}-{version}-py3-none-any.whl"));
        let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), *bytes));
        for (path, bytes) in own.into_iter().chain(files) {
            zip.start_file(path, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        self
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = sbx(args);
        command.env("SBX_LOCK", self.lock()).env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", self.index());
        command.env("PIP_NO_CACHE_DIR", "1").output().unwrap()
    }

    #[track_caller]
    fn adds(&self, request: &str) -> String {
        let output = self.run(&["packages", "add", request]);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }

    /// The refusal's words; the lock file must be as before.
    #[track_caller]
    fn refuses(&self, request: &str) -> String {
        let before = self.text();
        let output = self.run(&["packages", "add", request]);
        assert_eq!(output.status.code(), Some(2), "{}{}", stdout(&output), stderr(&output));
        assert_eq!(self.text(), before, "a refused package leaves the lock file as it was");
        stderr(&output)
    }

    /// What `check` finds.
    #[track_caller]
    fn finds(&self) -> String {
        let output = self.run(&["packages", "check"]);
        assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
        stdout(&output)
    }
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_package_comes_with_what_it_needs_and_goes_with_it() {
    let place = Place::new();
    place.wheel("sbxleaf", "1.2", &[], &[]);
    place.wheel("sbxroot", "2.0", &["sbxleaf<2", "numpy>=1", "sbxnever; sys_platform == 'win32'"], &[]);
    assert_eq!(place.adds("sbxroot"), "added sbxleaf 1.2\nadded sbxroot 2.0\n");
    let output =
        place.run(&["run", "-c", "import sbxroot, sbxleaf; print(sbxroot.VERSION, sbxleaf.VERSION)"]);
    assert_eq!(stdout(&output), "2.0 1.2\n", "{}", stderr(&output));
    let output = place.run(&["run", "--package", "sbxleaf", "-c", "import sbxleaf, sbxroot"]);
    assert!(stderr(&output).contains("No module named 'sbxroot'"), "{}", stderr(&output));
    let output = place.run(&["run", "--package", "sbxrot", "-c", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean `sbxroot`?"), "{}", stderr(&output));
    assert_eq!(stdout(&place.run(&["packages", "check"])), "2 packages, all as they should be\n");
    assert_eq!(
        stdout(&place.run(&["packages", "remove", "sbxroot"])),
        "removed sbxleaf 1.2\nremoved sbxroot 2.0\n"
    );
    assert!(!place.text().contains("[[package]]"));
}

#[test]
fn a_newer_release_comes_with_lock_and_not_before() {
    let place = Place::new();
    place.wheel("sbxmoves", "1.0", &[], &[]);
    place.adds("sbxmoves");
    place.wheel("sbxmoves", "1.1", &[], &[]).wheel("sbxother", "1.0", &[], &[]);
    assert_eq!(place.adds("sbxother"), "added sbxother 1.0\n");
    assert!(place.text().contains("version = \"1.0\"\nnewest = \"1.0\""), "{}", place.text());
    let output = place.run(&["packages", "lock"]);
    assert_eq!(stdout(&output), "moved sbxmoves from 1.0 to 1.1\n", "{}", stderr(&output));
}

#[test]
fn native_code_inside_a_pure_wheel_is_refused() {
    let place = Place::new();
    place.wheel("sbxnative", "1.0", &[], &[("sbxnative/_fast.cpython-315-x86_64-linux-gnu.so", b"x")]);
    let words = place.refuses("sbxnative");
    assert!(
        words.contains("it has native code (sbxnative/_fast.cpython-315-x86_64-linux-gnu.so)"),
        "{words}"
    );
    place.wheel("sbxhidden", "1.0", &[], &[("sbxhidden/data.bin", b"\x7fELF\x02")]);
    assert!(place.refuses("sbxhidden").contains("it has native code (sbxhidden/data.bin)"));
}

#[test]
fn a_missing_need_is_refused_with_an_alternative() {
    let place = Place::new();
    place.wheel("sbxneedy", "1.0", &["sbxabsent>=3"], &[]);
    let words = place.refuses("sbxneedy");
    assert!(words.contains("sbxneedy is refused: it needs sbxabsent>=3 (from sbxneedy)"), "{words}");
    place.wheel("plotly", "6.2.0", &["sbxabsent"], &[]);
    let words = place.refuses("plotly");
    assert!(words.contains("use matplotlib, which is built in"), "{words}");
}

#[test]
fn a_fall_back_to_an_old_release_is_refused_and_an_asked_one_is_not() {
    let place = Place::new();
    place.wheel("sbxold", "1.10.2", &[], &[]).wheel("sbxold", "2.14.0", &["sbxcore==2.14.0"], &[]);
    let words = place.refuses("sbxold");
    assert!(
        words.contains("1.10.2 is an old release that the resolver fell back to: the newest is 2.14.0")
            && words.contains("2.14.0 needs sbxcore==2.14.0 (from sbxold), which has no pure-Python wheel"),
        "{words}"
    );
    assert_eq!(place.adds("sbxold<2"), "added sbxold 1.10.2\n");
    assert_eq!(stdout(&place.run(&["packages", "check"])), "1 packages, all as they should be\n");
}

#[test]
fn what_is_built_in_is_said_and_no_other_set_is_changed() {
    let place = Place::new();
    assert!(place.refuses("numpy").contains("is built into the guest"));
    let mut command = sbx(&["packages", "add", "sbxany"]);
    let output = command.env_remove("SBX_LOCK").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("name a lock file"), "{}", stderr(&output));
}

#[test]
fn check_finds_what_add_would_have_refused() {
    let place = Place::new();
    place.wheel("sbxleaf", "1.2", &[], &[]).wheel("sbxroot", "2.0", &["sbxleaf<2"], &[]);
    place.adds("sbxroot");
    let good = place.text();

    // A need that somebody took out, as `--no-deps` would leave it.
    let root = &good[good.find("[[package]]\nname = \"sbxroot\"").unwrap()..];
    fs::write(place.lock(), format!("format = 1\n{}", root.replace("needs = [\"sbxleaf\"]", ""))).unwrap();
    assert_eq!(
        place.finds(),
        "sbxroot: it needs sbxleaf<2, which is neither in the lock file nor built in\n"
    );

    // An old release.
    fs::write(place.lock(), good.replacen("newest = \"2.0\"", "newest = \"7.1\"", 1)).unwrap();
    assert!(place.finds().starts_with("sbxroot: 2.0 is an old release that the resolver fell back to"));

    // Other bytes under the same name.
    fs::write(place.lock(), &good).unwrap();
    place.wheel("sbxleaf", "1.2", &[], &[("sbxleaf/more.py", b"1")]);
    let hash = good.split("sha256 = \"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    edit(&place.lock(), &hash, &"0".repeat(64));
    let found = place.finds();
    assert!(found.contains("its hash changed") && found.contains(&"0".repeat(64)), "{found}");

    // Native code: the bytes that are pinned have it.
    let native: &[(&str, &[u8])] = &[("sbxleaf/x.pyd", b"MZ")];
    place.wheel("sbxleaf", "1.2", &[], native);
    let bytes = fs::read(place.index().join("sbxleaf-1.2-py3-none-any.whl")).unwrap();
    edit(&place.lock(), &"0".repeat(64), &sha256(&bytes));
    let found = place.finds();
    assert!(found.contains("sbxleaf: sbxleaf is refused: it has native code (sbxleaf/x.pyd)"), "{found}");
}

/// By the tool that every system with Python has.
fn sha256(bytes: &[u8]) -> String {
    let code = "import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())";
    let output = super::run_with(&["run", "-c", code], bytes);
    stdout(&output).trim().to_owned()
}
