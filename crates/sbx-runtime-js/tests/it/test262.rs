//! A part of test262, the language's own test suite, inside the sandbox: `cargo xtask test262 FOLDER` names a checkout.
//!
//! Failures are a strict list: one that is not on it fails, and so does one on it that passes. Each test runs once, in a
//! fresh interpreter; strict mode only where a test asks for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use sbx_core::Ending;
use sbx_runtime_js::Program;

use crate::lab::{policy, run_with};

/// What is run of it, below `test/`.
const FOLDERS: [&str; 16] = [
    "language/types",
    "language/literals",
    "language/destructuring",
    "language/statements",
    "language/expressions",
    "built-ins/Array",
    "built-ins/Error",
    "built-ins/Function",
    "built-ins/JSON",
    "built-ins/Map",
    "built-ins/Math",
    "built-ins/Number",
    "built-ins/Object",
    "built-ins/Promise",
    "built-ins/Set",
    "built-ins/String",
];

/// One test of how many is run; they are sorted by name, so it is always the same ones.
const ONE_OF: usize = 4;

/// What the engine does not have, by the names that tests give it; and what needs a second realm or agent.
const LEFT_OUT: [&str; 17] = [
    "Temporal",
    "Intl",
    "decorators",
    "tail-call-optimization",
    "ShadowRealm",
    "import-defer",
    "source-phase-imports",
    "IsHTMLDDA",
    "cross-realm",
    "Atomics.waitAsync",
    "explicit-resource-management",
    "caller",
    "import-bytes",
    "import-text",
    "await-dictionary",
    "canonical-tz",
    "immutable-arraybuffer",
];

/// The failures that are known, one path a line.
const KNOWN: &str = include_str!("../test262-failures.txt");

/// What test262 expects of its host.
const HOST: &str = "globalThis.$262 = { global: globalThis, gc() { std.gc() }, evalScript: (code) => std.evalScript(code), agent: {} };\n";

/// The comment at the head of a test, as far as it matters here.
#[derive(Debug, Default)]
struct Head {
    flags: BTreeSet<String>,
    features: BTreeSet<String>,
    includes: Vec<String>,
    /// The type of the error that it must end in.
    negative: Option<String>,
}

impl Head {
    fn of(source: &str) -> Self {
        let text = source
            .split_once("/*---")
            .and_then(|(_, rest)| rest.split_once("---*/"))
            .map_or("", |(head, _)| head);
        let list = |key: &str| -> Vec<String> {
            let Some((_, rest)) = text.split_once(&format!("\n{key}:")) else { return Vec::new() };
            let first = rest.lines().next().unwrap_or_default().trim();
            if let Some(inline) = first.strip_prefix('[') {
                // A list in brackets can go over lines.
                let whole = rest
                    .split_once('[')
                    .map_or(inline, |(_, rest)| rest)
                    .split(']')
                    .next()
                    .unwrap_or_default();
                return whole
                    .split(',')
                    .map(|word| word.trim().to_owned())
                    .filter(|word| !word.is_empty())
                    .collect();
            }
            rest.lines()
                .skip(1)
                .map_while(|line| line.trim().strip_prefix("- "))
                .map(|word| word.trim().to_owned())
                .collect()
        };
        let negative = text.split_once("\nnegative:").and_then(|(_, rest)| rest.split_once("type:"));
        Self {
            flags: list("flags").into_iter().collect(),
            features: list("features").into_iter().collect(),
            includes: list("includes"),
            negative: negative.map(|(_, rest)| rest.lines().next().unwrap_or_default().trim().to_owned()),
        }
    }
}

struct Suite {
    root: PathBuf,
    harness: BTreeMap<String, String>,
}

impl Suite {
    fn open(root: &Path) -> Self {
        let mut harness = BTreeMap::new();
        for entry in fs::read_dir(root.join("harness")).expect("a checkout of test262") {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "js") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                harness.insert(name, fs::read_to_string(path).unwrap());
            }
        }
        Self { root: root.to_owned(), harness }
    }

    fn tests(&self) -> Vec<String> {
        let mut found = Vec::new();
        for folder in FOLDERS {
            self.collect(&format!("test/{folder}"), &mut found);
        }
        found.sort();
        found.into_iter().step_by(ONE_OF).collect()
    }

    fn collect(&self, folder: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(self.root.join(folder)).expect("the folders of test262") {
            let entry = entry.unwrap();
            let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                self.collect(&name, found);
            } else if name.ends_with(".js") && !name.contains("_FIXTURE") {
                found.push(name);
            }
        }
    }

    /// Whether the test passes; `None` if it is left out.
    fn run(&self, name: &str) -> Option<bool> {
        let source = fs::read_to_string(self.root.join(name)).ok()?;
        let head = Head::of(&source);
        let is_left_out = head.features.iter().any(|feature| LEFT_OUT.contains(&feature.as_str()))
            || head.flags.contains("CanBlockIsFalse")
            || head.flags.contains("module")
            // Other files are not brought into the sandbox.
            || source.contains("_FIXTURE");
        if is_left_out {
            return None;
        }
        let mut code = String::new();
        if head.flags.contains("onlyStrict") {
            code.push_str("'use strict';\n");
        }
        if !head.flags.contains("raw") {
            code.push_str(HOST);
            let usual = ["assert.js", "sta.js", "doneprintHandle.js"].map(str::to_owned);
            for include in usual.iter().chain(&head.includes) {
                code.push_str(self.harness.get(include)?);
                code.push('\n');
            }
        }
        code.push_str(&source);
        let mut kept = policy().with_timeout_seconds(10.0);
        kept.stdout_max_bytes = 100_000;
        // The name makes it a script, whatever is in it.
        let name = name.replace(".js", ".cjs");
        let result = run_with(kept, Program::new(code).with_name(name));
        let error = result.error.as_ref().map(|error| error.kind.as_str());
        Some(match &head.negative {
            Some(kind) => result.ending == Ending::Exception && error == Some(kind.as_str()),
            None if head.flags.contains("async") => result.stdout.contains("Test262:AsyncTestComplete"),
            None => result.ending == Ending::Ok,
        })
    }
}

#[test]
fn test262() {
    let Some(root) = std::env::var_os("SBX_TEST262") else { return };
    let suite = Suite::open(Path::new(&root));
    let tests = suite.tests();
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                while let Some(name) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = suite.run(name);
                    outcomes.lock().unwrap().insert(name.clone(), outcome);
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    let failed: BTreeSet<&str> = outcomes
        .iter()
        .filter(|(_, outcome)| **outcome == Some(false))
        .map(|(name, _)| name.as_str())
        .collect();
    let n_left_out = outcomes.values().filter(|outcome| outcome.is_none()).count();
    let n_run = outcomes.len() - n_left_out;
    let share = 100.0 * (n_run - failed.len()) as f64 / n_run as f64;
    println!("test262: {n_run} run, {n_left_out} left out, {} failed, {share:.2} % passed", failed.len());
    let known: BTreeSet<&str> = KNOWN.lines().filter(|line| !line.starts_with('#')).collect();
    let new: Vec<_> = failed.difference(&known).collect();
    let gone: Vec<_> = known.difference(&failed).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "fail and are not on the list: {new:#?}\non the list and pass: {gone:#?}"
    );
}
