//! Every example runs to its end, checks its own expectations, and the README shows what the crate's documentation does.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The examples that need nothing but the guests; `demo` is run below.
const EXAMPLES: [(&str, &str); 8] = [
    ("hello", "Hello from WASM!\n"),
    ("feedback_loop", "answer: 42\n"),
    ("files", "exported 2 files, 9 bytes\n"),
    ("javascript", "the first primes: [ 2, 3, 5, 7, 11 ]\n"),
    ("limits", "cancelled         exit code 130"),
    ("sessions", "pruned 3 sessions"),
    ("streaming", "Stdout: tick 2\nended as cancelled"),
    ("many", "400 programs on "),
];

#[test]
fn examples_run() {
    for (name, shows) in EXAMPLES {
        let output = example(name, &[]);
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{name}, {}: {stdout}\n{stderr}", advice(&stderr));
        assert!(stdout.contains(shows), "{name}: {stdout}");
    }
}

#[test]
fn the_demo_finds_everything_as_expected_and_leaves_its_results() {
    let folder = tempfile::tempdir().unwrap();
    let output = example("demo", &[folder.path()]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{}: {stdout}\n{stderr}", advice(&stderr));
    for name in ["revenue.png", "report.xlsx", "orders.csv"] {
        assert!(fs::metadata(folder.path().join(name)).unwrap().len() > 1000, "{name}");
    }
}

#[test]
fn every_example_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "demo")
        .collect();
    names.sort();
    let mut tested = EXAMPLES.map(|(name, _)| name);
    tested.sort_unstable();
    assert_eq!(names, tested);
}

#[test]
fn the_readme_shows_the_example_of_javascript() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("../../README.md")).unwrap();
    let example = fs::read_to_string(root.join("examples/javascript.rs")).unwrap();
    let (_, body) = example.split_once("fn main() -> anyhow::Result<()> {\n").unwrap();
    let (body, _) = body.split_once("    println!").unwrap();
    let shown: Vec<&str> =
        body.trim_end().lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    assert!(readme.contains(&shown.join("\n")), "{}", shown.join("\n"));
}

#[test]
fn the_readme_shows_the_example_of_the_documentation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    let readme = read(root.join("../../README.md"));
    let docs: String = read(root.join("src/lib.rs"))
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let first = |text: &str| {
        let (_, block) = text.split_once("```").unwrap();
        let (_, code) = block.split_once('\n').unwrap();
        code.split_once("```")
            .unwrap()
            .0
            .lines()
            .filter(|line| !line.starts_with("# "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (_, from_rust) =
        readme.split_once("```rust").map(|(_, rest)| ((), format!("```rust{rest}"))).unwrap();
    assert_eq!(first(&from_rust), first(&docs));
}

fn example(name: &str, args: &[&Path]) -> Output {
    // `target/PROFILE/deps/THIS` and `target/PROFILE/examples/NAME`.
    let this = env::current_exe().unwrap();
    let profile = this.parent().and_then(Path::parent).unwrap();
    let path = profile.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built: run `cargo test -p sbx` without picking a target",
        path.display()
    );
    Command::new(path).args(args).output().unwrap()
}

fn advice(stderr: &str) -> &'static str {
    if stderr.contains("is not set up") { "run `cargo xtask setup` before the tests" } else { "it failed" }
}
