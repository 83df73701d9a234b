//! Where a case runs: its policy, the folder of the host that it names, and what lies beside that and must stay as it is.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use sbx::{ExecutionPolicy, GuestPath, Mount, MountMode, Sandbox, SandboxBuilder};

use crate::{
    canary,
    case::Case,
    language::{Language, runtimes},
    run::Twist,
};

/// The folder that is granted, where the case mounts one.
const GRANTED: &str = "granted";

/// Where a case runs.
pub(crate) struct Place {
    pub(crate) policy: ExecutionPolicy,
    folder: Option<Folder>,
}

/// A folder of the host that is granted, in one that is not.
struct Folder {
    base: tempfile::TempDir,
    /// What was in all of it at first.
    before: Picture,
}

/// What a folder has: the text of files, the target of links as `-> target`, `/` for directories.
type Picture = BTreeMap<PathBuf, String>;

impl Place {
    pub(crate) fn new(case: &Case, twist: &Twist) -> Self {
        let mut policy = ExecutionPolicy::default();
        for (key, value) in &case.policy {
            policy.set(key, value).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        }
        for (name, value) in &twist.env {
            policy = policy.with_env(name, value);
        }
        if let Some(fuel) = twist.fuel_budget {
            policy.fuel_budget = fuel.min(policy.fuel_budget);
        }
        if let Some(timeout) = twist.timeout {
            policy.timeout_seconds = Some(policy.timeout_seconds.map_or(timeout, |limit| limit.min(timeout)));
        }
        let folder = case.mount.map(|mode| {
            let folder = Folder::new(case);
            let guest = GuestPath::parse("/data").unwrap();
            let granted = folder.base.path().join(GRANTED);
            policy.mounts.push(Mount::read_only(granted, guest).with_mode(mode));
            folder
        });
        Self { policy, folder }
    }

    pub(crate) fn open(&self, case: &Case, language: &Language, policy: &ExecutionPolicy) -> Sandbox {
        let mut sandbox = SandboxBuilder::new(language.runtime)
            .runtimes(runtimes())
            .image(case.image.as_deref().unwrap_or(language.image))
            .policy(policy.clone())
            .auto_persist_globals(case.persist)
            .build()
            .unwrap_or_else(|error| panic!("{}: {error}\nrun `cargo xtask setup`", case.name));
        for (path, text) in &case.files {
            sandbox.write_file(path, text.as_bytes()).unwrap();
        }
        sandbox
    }

    /// What of the host's folders is not as the case says. What a program that was `cut` short had written through to a
    /// folder stays there.
    pub(crate) fn problems(&self, case: &Case, cut: bool) -> Vec<String> {
        let Some(folder) = &self.folder else { return Vec::new() };
        let (granted, around): (Picture, Picture) =
            picture(folder.base.path()).into_iter().partition(|(path, _)| path.starts_with(GRANTED));
        let mut problems = Vec::new();
        let (before, around_before): (Picture, Picture) =
            folder.before.clone().into_iter().partition(|(path, _)| path.starts_with(GRANTED));
        if around != around_before {
            problems.push(format!("{}: beside the host's folder is {around:?}", case.name));
        }
        let (granted, before) = (files(&granted), files(&before));
        let wanted = case.host_files.clone().unwrap_or(before);
        let is_half_done = cut && case.mount == Some(MountMode::ReadWrite);
        if granted != wanted && !is_half_done {
            problems.push(format!("{}: the host's folder is {granted:?}, not {wanted:?}", case.name));
        }
        problems
    }
}

impl Folder {
    fn new(case: &Case) -> Self {
        let base = tempfile::tempdir().unwrap();
        let secret = canary::planted();
        for (name, text) in [
            ("granted/in.csv", "a,b\n1,2\n"),
            ("granted/sub/deep.txt", "deep"),
            ("beside/secret.txt", secret),
            ("beside/sub/secret.txt", secret),
            ("secret.txt", secret),
        ] {
            let path = base.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        for (name, target) in &case.host_links {
            symlink(target, base.path().join(GRANTED).join(name)).unwrap();
        }
        let before = picture(base.path());
        Self { base, before }
    }
}

/// The granted folder's files, by their names in it.
fn files(granted: &Picture) -> BTreeMap<String, String> {
    let name = |path: &PathBuf| path.strip_prefix(GRANTED).unwrap().to_string_lossy().into_owned();
    granted.iter().filter(|(_, text)| *text != "/").map(|(path, text)| (name(path), text.clone())).collect()
}

/// Everything below a folder.
fn picture(base: &Path) -> Picture {
    let (mut found, mut open) = (Picture::new(), vec![base.to_path_buf()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap();
            let text = if kind.is_dir() {
                open.push(path.clone());
                "/".to_owned()
            } else if kind.is_symlink() {
                format!("-> {}", fs::read_link(&path).unwrap().display())
            } else {
                String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()
            };
            found.insert(path.strip_prefix(base).unwrap().to_owned(), text);
        }
    }
    found
}
