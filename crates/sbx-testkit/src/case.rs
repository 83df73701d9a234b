//! Cases from TOML, as `tests/cases/README.md` describes them. A key that nobody reads is an error: an expectation that is
//! misspelt must not pass.

use std::collections::BTreeMap;

use sbx::{AdviceKind, Ending, MountMode};
use serde::Deserialize;
use toml::{Table, Value};

use crate::language::{LANGUAGES, Language};

/// What is run in a sandbox of its own, turn after turn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Case {
    /// What it shows, as a sentence.
    pub name: String,
    /// The numbered requirements of `docs/security.md` that it attacks.
    #[serde(default)]
    pub security: Vec<u8>,
    /// The image, if not the language's small one.
    pub image: Option<String>,
    /// Fields of the policy that differ from the default.
    #[serde(default)]
    pub policy: Table,
    /// The workspace's files to start with.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// How a folder of the host is mounted at `/data`.
    pub mount: Option<MountMode>,
    /// Symbolic links that the host has put into that folder, with their targets; `../beside` is a folder outside of it.
    #[serde(default)]
    pub host_links: BTreeMap<String, String>,
    /// What is in that folder afterwards, if it is not what was there before.
    pub host_files: Option<BTreeMap<String, String>>,
    /// Whether one interpreter is kept for all turns.
    #[serde(default)]
    pub persist: bool,
    /// What a second time in another sandbox has to give.
    pub again: Option<Again>,
    /// Programs that each run in a sandbox of their own and print an error's code.
    #[serde(default)]
    pub tries: Vec<Try>,
    /// Programs that run one after another in one sandbox.
    #[serde(skip)]
    pub turns: Vec<Turn>,
}

/// What a second time in another sandbox has to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Again {
    /// The same output, and fuel that is enough to the unit.
    SameFuel,
    /// Another output.
    OtherOutput,
}

/// The source in each language that a program is written in.
#[derive(Debug, Clone, Default)]
pub struct Code(BTreeMap<&'static str, String>);

/// A program, and the code of the error that it meets.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Table")]
#[non_exhaustive]
pub struct Try {
    /// Its source.
    pub code: Code,
    /// `done` if there is none.
    pub errno: Per<String>,
}

/// A program, and everything that is expected of its result.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Table")]
#[non_exhaustive]
pub struct Turn {
    /// Its source.
    pub code: Code,
    /// What it can read.
    pub stdin: String,
    /// Its arguments.
    pub argv: Option<Vec<String>>,
    /// What is expected of its result.
    pub expected: Expected,
    /// What can rightly come of it otherwise; `why` says why.
    pub or: Vec<Expected>,
}

/// What is expected of a result. What is absent is expected to be absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Expected {
    /// How it ends; absent: `ok`.
    pub ending: Option<Ending>,
    /// Needed for `exit`; each other ending has its own.
    pub exit_code: Option<u8>,
    /// The error's type, for an exception.
    pub error: Option<Per<String>>,
    /// Standard output.
    pub stdout: Per<String>,
    /// Not looked at if absent and the program failed: it then has a traceback.
    pub stderr: Option<String>,
    /// `stdout`, `stderr`
    pub truncated: Vec<String>,
    /// What the advice is about, with the policy fields that it suggests.
    pub advice: Per<BTreeMap<AdviceKind, BTreeMap<String, u64>>>,
    /// Files of the workspace that it made.
    pub created: Vec<String>,
    /// Files of the workspace that it changed.
    pub modified: Vec<String>,
    /// Files of the workspace that it removed.
    pub deleted: Vec<String>,
    /// What of the run was taken back. Not looked at after a timeout, which a language may survive.
    pub rolled_back: Option<String>,
    /// Units of host work, exact. Not looked at if absent.
    pub host_work: Option<u64>,
    /// The last of its results as plain text. Not looked at if absent.
    pub value: Option<String>,
    /// How many results it shows. Not looked at if absent.
    pub n_results: Option<usize>,
}

/// One for all languages, or one for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Per<T> {
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
    /// The one for this language.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn of(&self, language: &Language) -> &T {
        match self {
            Self::All(value) => value,
            Self::Each(values) => values.get(language.key).expect("a value for each language"),
        }
    }
}

impl Code {
    /// The source in this language.
    #[must_use]
    pub fn of(&self, language: &Language) -> Option<&str> {
        self.0.get(language.key).map(String::as_str)
    }

    /// Takes the members that are code out of a program.
    fn take(table: &mut Table) -> Result<Self, String> {
        let mut code = BTreeMap::new();
        for language in &LANGUAGES {
            match table.remove(language.key) {
                Some(Value::String(source)) => {
                    code.insert(language.key, source);
                }
                Some(other) => return Err(format!("{} is no text: {other}", language.key)),
                None => {}
            }
        }
        if code.is_empty() { Err("it has code in no language".to_owned()) } else { Ok(Self(code)) }
    }
}

impl TryFrom<Table> for Try {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Rest {
            errno: Per<String>,
        }
        let code = Code::take(&mut table)?;
        let Rest { errno } = read(table)?;
        Ok(Self { code, errno })
    }
}

impl TryFrom<Table> for Turn {
    type Error = String;

    fn try_from(mut table: Table) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Given {
            #[serde(default)]
            stdin: String,
            argv: Option<Vec<String>>,
            #[serde(default)]
            or: Vec<Expected>,
            why: Option<String>,
        }
        let code = Code::take(&mut table)?;
        let (given, expected): (Table, Table) =
            table.into_iter().partition(|(key, _)| ["stdin", "argv", "or", "why"].contains(&key.as_str()));
        let Given { stdin, argv, or, why } = read(given)?;
        if or.is_empty() != why.is_none() {
            return Err("`or` needs a `why`, and the other way round".to_owned());
        }
        Ok(Self { code, stdin, argv, expected: read(expected)?, or })
    }
}

fn read<T: for<'de> Deserialize<'de>>(table: Table) -> Result<T, String> {
    table.try_into().map_err(|error| error.to_string())
}

impl Case {
    /// Whether it is written in this language.
    #[must_use]
    pub fn has(&self, language: &Language) -> bool {
        self.tries.iter().all(|attempt| attempt.code.of(language).is_some())
            && self.turns.iter().all(|turn| turn.code.of(language).is_some())
    }
}

/// The cases of a list. One whose only turn stands in the case itself, for short, is read like any other.
///
/// # Panics
/// If the list cannot be read, with the reason.
#[must_use]
pub fn cases(list: &str) -> Vec<Case> {
    let mut list: Table = list.parse().unwrap_or_else(|error| panic!("{error}"));
    let Some(Value::Array(cases)) = list.remove("case") else { panic!("a list has cases") };
    assert!(list.is_empty(), "a list has nothing but cases: {list:?}");
    cases.into_iter().map(one).collect()
}

fn one(value: Value) -> Case {
    const OF_CASE: [&str; 11] = [
        "name",
        "security",
        "image",
        "policy",
        "files",
        "mount",
        "host_links",
        "host_files",
        "persist",
        "again",
        "tries",
    ];
    let Value::Table(mut table) = value else { panic!("a case is a table") };
    let name = table.get("name").cloned().unwrap_or_else(|| panic!("a case has a name: {table:?}"));
    let turns = table.remove("turns");
    let (case, turn): (Table, Table) =
        table.into_iter().partition(|(key, _)| OF_CASE.contains(&key.as_str()));
    assert!(turn.is_empty() || turns.is_none(), "{name} has a turn beside its turns");
    let turns = match turns {
        Some(turns) => turns,
        None if turn.is_empty() => Value::Array(Vec::new()),
        None => Value::Array(vec![Value::Table(turn)]),
    };
    let mut case: Case = read(case).unwrap_or_else(|error| panic!("the case {name}: {error}"));
    case.turns = turns.try_into().unwrap_or_else(|error| panic!("the case {name}: {error}"));
    assert!(case.turns.is_empty() != case.tries.is_empty(), "{name} has turns or tries");
    assert!(LANGUAGES.iter().any(|language| case.has(language)), "{name} has no language throughout");
    case
}
