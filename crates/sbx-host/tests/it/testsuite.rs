//! The public tests of WASI preview 1, from a checkout of WebAssembly/wasi-testsuite that `SBX_WASI_TESTSUITE` names.
//!
//! The programs stand, compiled, on its branch `prod/testsuite-base`. They are never part of this repository; the test
//! says that it did nothing where there is no checkout.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sbx_core::{GuestPath, Mount};
use sbx_host::{InstanceSetup, Outcome, RunReport};
use sbx_vfs::{HostMount, Quota, Tree};
use serde_json::Value;

use crate::lab::{cache, host, limits, open_with, run};

/// Programs that fail, and why that is meant. One that is not here must pass, and one that is here must not.
const FAILURES: [(&str, &str); 10] = [
    ("close_preopen", KEPT),
    ("interesting_paths", "`..` leads out of an open directory, up to the root, as with openat(2)"),
    ("overwrite_preopen", KEPT),
    ("path_symlink_trailing_slashes", "Linux says EEXIST for a slash after the name of a file, and so do we"),
    ("proc_exit-failure", NO_MEMORY),
    ("proc_exit-success", NO_MEMORY),
    ("sock_shutdown-invalid_fd", "descriptor 3 is always the root, and that is ENOTSOCK"),
    ("stdio", KEPT),
    ("symlink_create", "links may be absolute: they lead to the guest's own root"),
    (
        "truncation_rights",
        "the rights of a directory are reading or not; what can be changed is the mount's to say",
    ),
];

const KEPT: &str = "the standard streams and the root can neither be closed nor replaced";
const NO_MEMORY: &str = "a guest has memory, if only a page: its image is what instances are made from";

/// One program and what is said about it.
struct Case {
    name: String,
    wasm: PathBuf,
    spec: Value,
}

impl Case {
    /// All programs of one language.
    fn all(folder: &Path) -> Vec<Self> {
        let mut cases: Vec<Self> = fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
            .map(|wasm| {
                let spec = fs::read(wasm.with_extension("json"));
                Self {
                    name: wasm.file_stem().unwrap().to_string_lossy().into_owned(),
                    spec: spec.map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap()),
                    wasm,
                }
            })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    }

    /// How it went, or why the host does not even begin.
    fn run(&self) -> Result<RunReport, sbx_host::Error> {
        let (guest, image) = host().build_guest(&cache(), &fs::read(&self.wasm).unwrap(), || {})?;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let args = self.spec["args"].as_array().into_iter().flatten().map(text);
        let args = [self.name.clone()].into_iter().chain(args).collect();
        let mut setup = InstanceSetup::new(self.tree(), Quota::default()).with_args(args);
        let environ = self.spec["env"].as_object().into_iter().flatten();
        setup.environ = environ.map(|(name, value)| (name.clone(), text(value))).collect();
        // Else the programs accept what any system might answer.
        setup.environ.push(("ERRNO_MODE_UNIX".to_owned(), "1".to_owned()));
        if self.name.starts_with("environ_") {
            setup.environ.pop();
        }
        Ok(run(&mut open_with(&guest, &image, setup), "_start", &[], limits()))
    }

    /// The folder that the program wants as its root.
    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        if let Some(root) = self.spec["root"].as_str() {
            let folder = Mount::read_only(self.wasm.with_file_name(root), GuestPath::workspace());
            let dir = HostMount::open(&folder).unwrap().dir;
            tree.edit(Quota::default(), 0).import_dir(&GuestPath::root(), &dir).unwrap();
            // What keeps an otherwise empty folder in its repository.
            tree.edit(Quota::default(), 0).remove(&GuestPath::parse("/.keep").unwrap(), false).ok();
        }
        tree
    }

    /// What is wrong with how it went.
    fn problem(&self) -> Option<String> {
        let report = match self.run() {
            Ok(report) => report,
            Err(error) => return Some(error.to_string()),
        };
        let code = self.spec["exit_code"].as_u64().unwrap_or(0);
        let stderr = String::from_utf8_lossy(&report.stderr.bytes);
        let returned = code == 0 && report.outcome == Outcome::Returned(0);
        let exited = matches!(report.outcome, Outcome::Exited(exit) if u64::from(exit) == code);
        if !returned && !exited {
            return Some(format!("{:?}: {stderr}", report.outcome));
        }
        let expected = self.spec["stdout"].as_str()?;
        (report.stdout.bytes != expected.as_bytes()).then(|| format!("it wrote {:?}", report.stdout.bytes))
    }
}

#[test]
fn the_public_tests_pass_but_for_a_strict_list() {
    let Some(checkout) = std::env::var_os("SBX_WASI_TESTSUITE") else {
        eprintln!("SKIPPED: SBX_WASI_TESTSUITE names no checkout of WebAssembly/wasi-testsuite");
        return;
    };
    let languages = ["assemblyscript", "c", "rust"];
    let folder = |language| Path::new(&checkout).join("tests").join(language).join("testsuite/wasm32-wasip1");
    let cases: Vec<Case> = languages.iter().flat_map(|language| Case::all(&folder(language))).collect();
    assert!(cases.len() >= 70, "only {} programs", cases.len());
    let mut surprises = Vec::new();
    for case in &cases {
        let problem = case.problem();
        let listed = FAILURES.iter().any(|(name, _)| *name == case.name);
        match problem {
            Some(problem) if !listed => surprises.push(format!("{} fails: {problem}", case.name)),
            None if listed => surprises.push(format!("{} passes and is listed as a failure", case.name)),
            _ => {}
        }
    }
    eprintln!("{} programs, {} of them listed failures", cases.len(), FAILURES.len());
    assert!(surprises.is_empty(), "\n{}", surprises.join("\n"));
}
