//! Programs as models write them, in `tests/programs/`: what they print, and what they are told when they fail.
//!
//! Beside a program that works stands what it prints (`.out`), beside one that cannot what its result says (`.expect`).
//! `UPDATE_EXPECT=1` rewrites both. Each program runs in a fresh sandbox with the default policy, on a fixed clock.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsStr,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use sbx::{Deterministic, Ending, ExecutionPolicy, Program, RuntimeType, SandboxBuilder, SandboxResult};
use serde::{Deserialize, Serialize};

use crate::lab::runtimes;

/// Wall clock for one program: some import half of the scientific packages while other tests run.
const SECONDS: f64 = 120.0;

/// What a program that fails is told.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    ending: String,
    error_kind: Option<String>,
    /// The kind of the first advice.
    advice_kind: Option<String>,
    /// A part of its message.
    advice_contains: Option<String>,
    /// A part of the error's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_contains: Option<String>,
    /// Limits other than the default ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    policy: BTreeMap<String, serde_json::Value>,
}

#[test]
fn python_programs_print_what_they_should() {
    all("python", 150, prints);
}

#[test]
fn sandbox_utils_do_what_they_say() {
    all("python/utils", 8, prints);
}

#[test]
fn stand_ins_do_what_they_can() {
    all("python/shims", 15, prints);
}

#[test]
fn python_programs_that_fail_are_told_why() {
    all("python_fail", 65, is_told);
}

#[test]
fn javascript_programs_print_what_they_should() {
    all("javascript", 69, prints);
}

#[test]
fn sandbox_utils_of_javascript_do_what_they_say() {
    all("javascript/utils", 7, prints);
}

#[test]
fn javascript_programs_that_fail_are_told_why() {
    all("javascript_fail", 44, is_told);
}

/// Checks every program of a folder, of which there are at least so many; all are tried before the first complaint.
fn all(folder: &str, at_least: usize, check: fn(&Path) -> Result<(), String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs").join(folder);
    let mut programs: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| runtime_of(path).is_some())
        .collect();
    programs.sort();
    assert!(programs.len() >= at_least, "{} has {} programs", folder.display(), programs.len());
    let (next, complaints) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(problem) = check(program) {
                let name = program.file_name().unwrap_or_default().to_string_lossy();
                complaints.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{name}: {problem}"));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let complaints = complaints.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), programs.len(), complaints.join("\n"));
}

fn prints(program: &Path) -> Result<(), String> {
    let result = run(program, &BTreeMap::new());
    if result.ending != Ending::Ok || !result.stderr.is_empty() {
        return Err(format!("ended as {}: {}{}", result.ending, result.stdout, result.stderr));
    }
    let path = program.with_extension("out");
    if is_update() {
        fs::write(path, &result.stdout).map_err(|error| error.to_string())
    } else {
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        if wanted == result.stdout { Ok(()) } else { Err(difference(&wanted, &result.stdout)) }
    }
}

fn is_told(program: &Path) -> Result<(), String> {
    let path = program.with_extension("expect");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let wanted: Expect =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let result = run(program, &wanted.policy);
    let advice = result.advice.first();
    let message = advice.map_or("", |advice| &advice.message);
    let contains = match &wanted.advice_contains {
        Some(part) if message.contains(part.as_str()) => Some(part.clone()),
        _ => advice.map(|advice| advice.message.clone()),
    };
    let problem = result.error.as_ref().map(|error| error.message.clone());
    let found = Expect {
        ending: result.ending.to_string(),
        error_kind: result.error.as_ref().map(|error| error.kind.clone()),
        advice_kind: advice.map(|advice| word(&advice.kind)),
        advice_contains: contains,
        error_contains: wanted.error_contains.as_ref().and_then(|part| match problem {
            Some(message) if message.contains(part.as_str()) => Some(part.clone()),
            other => other,
        }),
        policy: wanted.policy.clone(),
    };
    if found == wanted {
        return Ok(());
    }
    let shown = serde_json::to_string_pretty(&found).map_err(|error| error.to_string())? + "\n";
    if is_update() {
        return fs::write(path, shown).map_err(|error| error.to_string());
    }
    Err(format!("{}\nstderr: {}", difference(&text, &shown), result.stderr))
}

/// The stable word of anything that is one in JSON.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}

fn run(program: &Path, policy: &BTreeMap<String, serde_json::Value>) -> SandboxResult {
    let mut limits = String::new();
    for (key, value) in policy {
        writeln!(limits, "{key} = {value}").unwrap();
    }
    let mut limits = ExecutionPolicy::from_toml(&limits).unwrap().with_deterministic(Deterministic::new(1));
    if !policy.contains_key("timeout_seconds") {
        limits = limits.with_timeout_seconds(SECONDS);
    }
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let code = Program::new(fs::read_to_string(program).unwrap()).with_name(name);
    let runtime = runtime_of(program).unwrap();
    let mut sandbox = SandboxBuilder::new(runtime).runtimes(runtimes()).policy(limits).build().unwrap();
    sandbox.execute(code).unwrap()
}

fn runtime_of(program: &Path) -> Option<RuntimeType> {
    match program.extension().and_then(OsStr::to_str)? {
        "py" => Some(RuntimeType::Python),
        "js" | "mjs" | "cjs" => Some(RuntimeType::JavaScript),
        "ts" | "mts" => Some(RuntimeType::TypeScript),
        _ => None,
    }
}

fn is_update() -> bool {
    env::var_os("UPDATE_EXPECT").is_some()
}

/// The first line in which two texts differ.
fn difference(wanted: &str, found: &str) -> String {
    let (mut left, mut right) = (wanted.lines(), found.lines());
    for line in 1.. {
        let (a, b) = (left.next(), right.next());
        if a.is_none() && b.is_none() {
            break;
        }
        if a != b {
            return format!("line {line}:\n  wanted {a:?}\n  found  {b:?}");
        }
    }
    "they differ in their last line end".to_owned()
}
