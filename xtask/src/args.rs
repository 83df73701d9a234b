//! The command line, parsed by hand: a parser crate would take longer to build than all the rest.

use std::path::PathBuf;

use crate::bench::{self, Subject};
use crate::fuzz::Plan;

pub(crate) const HELP: &str = "\
usage: cargo xtask TASK

to use it
  setup [--source PATH]  fetch and prepare the guests (PATH: a local wheel or a folder)
  demo [--source PATH]   setup, then show what this is for

to change it
  vendor COMMAND [ARGS]  vendored packages: list, add NAME, remove NAME, lock, check; with `--runtime js` JavaScript's
  test [ARGS]            setup, then all tests; ARGS go to `cargo test`
  bless                  rewrite the expected texts of all tests; read the diff as code
  bench [--quick]        setup, then all benchmarks
  bench --peers [--quick] [--only ROW | --report]
                         sbx beside what users would pick instead: docs/peers.md (--report: from what was measured)
  bench --scaling [--quick] [--only PART | --report]
                         how costs grow: docs/scaling.md
  soak [--runs N] [--minutes M] [--seed S] [--json FILE]
                         setup, then 10,000 hostile programs beside ordinary ones
  fuzz [TARGET|--all] [--runs N] [--nightly]  random inputs against what reads them (default: wasi_calls)
  chaos [PART]           kills, full disks, broken lines, jumping clocks: the long form of those tests, and a table
  test262 FOLDER         a part of the checkout of test262 in FOLDER, inside the sandbox
  ci                     all checks below and the tests, with a summary
  fmt | clippy | doc     formatting, lints, documentation
  tidy                   layers and rules about the repository's text
  deny                   licences, sources and duplicates of dependencies";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Setup { source: Option<PathBuf> },
    Demo { source: Option<PathBuf> },
    Vendor { rest: Vec<String> },
    Test { rest: Vec<String> },
    Bless,
    Bench(bench::Options),
    Soak { rest: Vec<String> },
    Fuzz(Plan),
    Chaos { part: Option<String> },
    Test262 { folder: PathBuf },
    Ci,
    Fmt,
    Clippy,
    Doc,
    Tidy,
    Deny,
}

/// Reads the arguments after the program's name; the error is a sentence.
pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Task, String> {
    let mut args = args.into_iter();
    let name = args.next().ok_or("which task?")?;
    let rest: Vec<String> = args.collect();
    let task = match name.as_str() {
        "setup" => return Ok(Task::Setup { source: source(&rest)? }),
        "demo" => return Ok(Task::Demo { source: source(&rest)? }),
        "vendor" if rest.is_empty() => return Err("vendor takes list, add, remove, lock or check".to_owned()),
        "vendor" => return Ok(Task::Vendor { rest }),
        "test" => return Ok(Task::Test { rest }),
        "bench" => return bench(rest),
        "soak" => return Ok(Task::Soak { rest }),
        "fuzz" => return fuzz(&rest),
        "chaos" => match &rest[..] {
            [] => return Ok(Task::Chaos { part: None }),
            [part] if !part.starts_with('-') => return Ok(Task::Chaos { part: Some(part.clone()) }),
            _ => return Err("chaos takes a part of the name of one of its parts".to_owned()),
        },
        "test262" => match &rest[..] {
            [folder] => return Ok(Task::Test262 { folder: PathBuf::from(folder) }),
            _ => return Err("test262 takes the folder of a checkout".to_owned()),
        },
        "help" | "--help" | "-h" => return Ok(Task::Help),
        "bless" => Task::Bless,
        "ci" => Task::Ci,
        "fmt" => Task::Fmt,
        "clippy" => Task::Clippy,
        "doc" => Task::Doc,
        "tidy" => Task::Tidy,
        "deny" => Task::Deny,
        _ => return Err(format!("there is no task {name:?}")),
    };
    match rest.first() {
        None => Ok(task),
        Some(extra) => Err(format!("{name} does not take {extra:?}")),
    }
}

fn source(rest: &[String]) -> Result<Option<PathBuf>, String> {
    let path = match rest {
        [] => return Ok(None),
        [flag, path] if flag == "--source" => path,
        [flag] => match flag.strip_prefix("--source=") {
            Some(path) => path,
            None => return Err(format!("{flag:?} is not `--source PATH`")),
        },
        _ => return Err("only `--source PATH` may follow".to_owned()),
    };
    Ok(Some(PathBuf::from(path)))
}

fn bench(rest: Vec<String>) -> Result<Task, String> {
    let mut options = bench::Options::default();
    let mut rest = rest.into_iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--quick" => options.quick = true,
            "--report" => options.report = true,
            "--peers" => options.what = Subject::Peers,
            "--scaling" => options.what = Subject::Scaling,
            "--only" => options.only = Some(rest.next().ok_or("--only takes the name of a row or a part")?),
            _ => return Err(format!("bench does not take {word:?}")),
        }
    }
    if options.what == Subject::Steps && (options.report || options.only.is_some()) {
        return Err("--only and --report go with --peers or --scaling".to_owned());
    }
    Ok(Task::Bench(options))
}

fn fuzz(rest: &[String]) -> Result<Task, String> {
    let mut plan = Plan { target: Some(crate::fuzz::TARGET.to_owned()), ..Plan::default() };
    let mut words = rest.iter().enumerate();
    while let Some((position, word)) = words.next() {
        match word.as_str() {
            "--all" => plan.target = None,
            "--nightly" => plan.nightly = true,
            "--runs" => {
                let (_, number) = words.next().ok_or("--runs takes a number")?;
                let runs =
                    number.parse().map_err(|_not_a_number| format!("{number:?} is not a number of runs"))?;
                plan.runs = Some(runs);
            }
            name if position == 0 && !name.starts_with('-') => plan.target = Some(name.to_owned()),
            _ => return Err("only a target or `--all`, `--runs N` and `--nightly` may follow".to_owned()),
        }
    }
    Ok(Task::Fuzz(plan))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn tasks_and_their_options_parse() {
        let source = || Some(PathBuf::from("w.whl"));
        assert_eq!(check("setup"), Ok(Task::Setup { source: None }));
        assert_eq!(check("setup --source w.whl"), Ok(Task::Setup { source: source() }));
        assert_eq!(check("demo --source=w.whl"), Ok(Task::Demo { source: source() }));
        assert_eq!(check("test -p x"), Ok(Task::Test { rest: vec!["-p".to_owned(), "x".to_owned()] }));
        let rest = ["add", "mammoth"].map(str::to_owned).to_vec();
        assert_eq!(check("vendor add mammoth"), Ok(Task::Vendor { rest }));
        let quick = bench::Options { quick: true, ..bench::Options::default() };
        assert_eq!(check("bench --quick"), Ok(Task::Bench(quick.clone())));
        let only = Some("loop".to_owned());
        let peers = bench::Options { what: Subject::Peers, only, ..quick };
        assert_eq!(check("bench --peers --only loop --quick"), Ok(Task::Bench(peers)));
        let rest = ["--runs", "7"].map(str::to_owned).to_vec();
        assert_eq!(check("soak --runs 7"), Ok(Task::Soak { rest }));
        assert_eq!(check("ci"), Ok(Task::Ci));
        let fuzz = |target: Option<&str>, runs, nightly| {
            Ok(Task::Fuzz(Plan { target: target.map(str::to_owned), runs, nightly }))
        };
        assert_eq!(check("fuzz"), fuzz(Some("wasi_calls"), None, false));
        assert_eq!(check("fuzz --runs 7"), fuzz(Some("wasi_calls"), Some(7), false));
        assert_eq!(check("fuzz other --runs 1000000"), fuzz(Some("other"), Some(1_000_000), false));
        assert_eq!(check("fuzz --all --nightly"), fuzz(None, None, true));
        assert_eq!(check("chaos"), Ok(Task::Chaos { part: None }));
        assert_eq!(check("chaos full"), Ok(Task::Chaos { part: Some("full".to_owned()) }));
    }

    #[test]
    fn what_is_not_a_task_is_said() {
        assert_eq!(check(""), Err("which task?".to_owned()));
        assert_eq!(check("tdiy"), Err("there is no task \"tdiy\"".to_owned()));
        assert_eq!(check("ci --fast"), Err("ci does not take \"--fast\"".to_owned()));
        assert_eq!(check("bench --fast"), Err("bench does not take \"--fast\"".to_owned()));
        assert!(check("bench --report").is_err());
        assert!(check("bench --peers --only").is_err());
        assert!(check("vendor").is_err());
        assert!(check("setup --source").is_err());
        assert!(check("fuzz --runs").is_err());
        assert!(check("fuzz --runs many").is_err());
        assert!(check("fuzz a b").is_err());
        assert!(check("fuzz --fast").is_err());
        assert!(check("chaos --fast").is_err());
        assert!(check("setup w.whl").is_err());
    }

    #[test]
    fn the_help_names_every_task() {
        for task in [
            "setup", "demo", "vendor", "test", "bless", "bench", "soak", "fuzz", "chaos", "ci", "fmt",
            "clippy", "doc", "tidy", "deny",
        ] {
            assert!(HELP.split_whitespace().any(|word| word == task), "{task}");
        }
    }
}
