//! Where a sequence runs: a folder of the host with a storage in it, sessions over that, a sandbox, and secrets beside.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use sbx::{
    DiskStorage, Result, RuntimeType, Sandbox, SandboxResult, Session, SessionId, Sessions, SessionsBuilder,
};
use toml::Table;

use super::arguments::{Arguments, policy};
use crate::{canary, language::runtimes};

/// Where the storage of sessions is.
const STORAGE: &str = "storage";
/// A file that no call may read, change or remove.
const BESIDE: &str = "secret.txt";

/// All that the calls of a sequence share.
pub(super) struct World {
    pub(super) sessions: Sessions,
    /// Another process, or machine, with the same storage.
    pub(super) other: Sessions,
    /// Sessions that the other one has at the moment.
    pub(super) held: Vec<Session>,
    pub(super) sandbox: Option<Sandbox>,
    /// What the sandbox ran last.
    pub(super) ran: Option<SandboxResult>,
    /// Last, so that it outlives the sessions in it.
    folder: tempfile::TempDir,
}

impl World {
    pub(super) fn new(fields: &Table) -> Result<Self> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(BESIDE), canary::planted()).unwrap();
        let sessions = || {
            let storage = Arc::new(DiskStorage::open(folder.path().join(STORAGE))?);
            SessionsBuilder::new(storage)
                .runtimes(runtimes())
                .runtime(RuntimeType::JavaScript)
                .policy(policy(fields)?)
                .build()
        };
        let (sessions, other) = (sessions()?, sessions()?);
        Ok(Self { sessions, other, held: Vec::new(), sandbox: None, ran: None, folder })
    }

    /// Makes one call; what it gives.
    pub(super) fn call(&mut self, name: &str, given: &mut Arguments) -> Result<String> {
        let groups = [Self::call_on_session, Self::call_on_sandbox, Self::call_on_place];
        groups
            .iter()
            .find_map(|group| group(self, name, given))
            .unwrap_or_else(|| panic!("there is no call {name:?}"))
    }

    /// A path on the host, below the folder of this sequence.
    pub(super) fn host(&self, path: &str) -> PathBuf {
        assert!(!path.starts_with('/'), "{path:?} is not below the folder of this sequence");
        self.folder.path().join(path)
    }

    /// Every stored file whose path has this in it.
    pub(super) fn stored(&self, part: &str) -> Vec<PathBuf> {
        let storage = self.folder.path().join(STORAGE);
        let mut found = files(&storage);
        found.retain(|path| path.strip_prefix(&storage).unwrap().to_string_lossy().contains(part));
        found
    }

    /// What is wrong with the host when the sequence is over.
    pub(super) fn problems(self) -> Vec<String> {
        let secret = fs::read_to_string(self.folder.path().join(BESIDE));
        let is_there = secret.is_ok_and(|secret| secret == canary::planted());
        let mut problems = Vec::from_iter((!is_there).then(|| format!("{BESIDE} is not as it was")));
        let copies = files(self.folder.path()).into_iter().filter(|path| !path.ends_with(BESIDE));
        for path in copies {
            if let Some(seen) = fs::read(&path).ok().and_then(|bytes| canary::seen(&bytes)) {
                problems.push(format!("{} shows {seen:?}", path.display()));
            }
        }
        problems
    }
}

/// Every file below a folder, in order; links and what is no file are left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

/// The one parser of names of sessions.
pub(super) fn id(text: &str) -> Result<SessionId> {
    Ok(SessionId::parse(text).map_err(sbx::SessionError::from)?)
}

/// A result in short: how it ended, the error's type, the output.
pub(super) fn shown(result: &SandboxResult) -> String {
    let kind = result.error.as_ref().map(|error| error.kind.as_str()).filter(|kind| !kind.is_empty());
    let ending = result.ending.to_string();
    let words = [Some(ending.as_str()), kind, Some(result.stdout.trim_end())];
    words.into_iter().flatten().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
