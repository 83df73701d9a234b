//! Cases from TOML. A key that nobody reads is an error: an expectation that is misspelt must not pass.

use std::collections::BTreeMap;

use sbx::{AdviceKind, Ending, MountMode};
use serde::Deserialize;
use toml::{Table, Value};

use super::Language;

/// What is run in a sandbox of its own, turn after turn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// What it shows, as a sentence.
    pub(super) name: String,
    /// Fields of the policy that differ from the default.
    #[serde(default)]
    pub(super) policy: Table,
    /// The workspace's files to start with.
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    /// How a folder of the host is mounted at `/data`.
    pub(super) mount: Option<MountMode>,
    /// What is in that folder afterwards, if it is not what was there before.
    pub(super) host_files: Option<BTreeMap<String, String>>,
    /// Whether one interpreter is kept for all turns.
    #[serde(default)]
    pub(super) persist: bool,
    /// What a second time in another sandbox has to give.
    pub(super) again: Option<Again>,
    /// Programs that each run in a sandbox of their own and print an error's code.
    #[serde(default)]
    pub(super) tries: Vec<Try>,
    /// Programs that run one after another in one sandbox.
    #[serde(default)]
    pub(super) turns: Vec<Turn>,
}

/// What a second time in another sandbox has to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Again {
    /// The same output, and fuel that is enough to the unit.
    SameFuel,
    /// Another output.
    OtherOutput,
}

/// A program, and the code of the error that it meets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Try {
    python: String,
    javascript: String,
    /// `done` if there is none.
    pub(super) errno: Per<String>,
}

/// A program, and everything that is expected of its result. What is absent is expected to be absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Turn {
    python: String,
    javascript: String,
    #[serde(default)]
    pub(super) stdin: String,
    pub(super) argv: Option<Vec<String>>,
    pub(super) ending: Option<Ending>,
    /// Needed for `exit`; each other ending has its own.
    pub(super) exit_code: Option<u8>,
    /// The error's type, for an exception.
    pub(super) error: Option<Per<String>>,
    #[serde(default)]
    pub(super) stdout: Per<String>,
    /// Not looked at if absent and the program failed: it then has a traceback.
    pub(super) stderr: Option<String>,
    /// `stdout`, `stderr`
    #[serde(default)]
    pub(super) truncated: Vec<String>,
    /// What the advice is about, with the policy fields that it suggests.
    #[serde(default)]
    pub(super) advice: Per<BTreeMap<AdviceKind, BTreeMap<String, u64>>>,
    #[serde(default)]
    pub(super) created: Vec<String>,
    #[serde(default)]
    pub(super) modified: Vec<String>,
    #[serde(default)]
    pub(super) deleted: Vec<String>,
    /// What of the run was taken back. Not looked at after a timeout, which a language may survive.
    pub(super) rolled_back: Option<String>,
    /// Units of host work, exact.
    pub(super) host_work: Option<u64>,
}

/// One for all languages, or one for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Per<T> {
    /// For all.
    All(T),
    /// By the language.
    Each(BTreeMap<String, T>),
}

impl<T: Default> Default for Per<T> {
    fn default() -> Self {
        Self::All(T::default())
    }
}

impl<T> Per<T> {
    pub(super) fn of(&self, language: &Language) -> &T {
        match self {
            Self::All(value) => value,
            Self::Each(values) => values.get(language.key).expect("a value for each language"),
        }
    }
}

/// The code that a case has for this language.
pub(super) fn code<'a>(language: &Language, python: &'a str, javascript: &'a str) -> &'a str {
    match language.key {
        "python" => python,
        "javascript" => javascript,
        other => panic!("no code for {other}"),
    }
}

impl Try {
    pub(super) fn code(&self, language: &Language) -> &str {
        code(language, &self.python, &self.javascript)
    }
}

impl Turn {
    pub(super) fn code(&self, language: &Language) -> &str {
        code(language, &self.python, &self.javascript)
    }
}

/// The cases of a list. One whose only turn stands in the case itself, for short, is read like any other.
pub(super) fn cases(list: &str) -> Vec<Case> {
    const OF_CASE: [&str; 9] =
        ["name", "policy", "files", "mount", "host_files", "persist", "again", "tries", "turns"];
    let mut list: Table = list.parse().unwrap_or_else(|error| panic!("{error}"));
    let Some(Value::Array(cases)) = list.remove("case") else { panic!("a list has cases") };
    assert!(list.is_empty(), "a list has nothing but cases: {list:?}");
    let read = |value: Value| {
        let Value::Table(table) = value else { panic!("a case is a table") };
        let (mut case, turn): (Table, Table) =
            table.into_iter().partition(|(key, _)| OF_CASE.contains(&key.as_str()));
        if !turn.is_empty() {
            assert!(!case.contains_key("turns"), "{:?} has a turn beside its turns", case["name"]);
            case.insert("turns".to_owned(), Value::Array(vec![Value::Table(turn)]));
        }
        let name = case["name"].clone();
        let case: Case =
            Value::Table(case).try_into().unwrap_or_else(|error| panic!("the case {name}: {error}"));
        assert!(case.turns.is_empty() != case.tries.is_empty(), "{name} has turns or tries");
        case
    };
    cases.into_iter().map(read).collect()
}
