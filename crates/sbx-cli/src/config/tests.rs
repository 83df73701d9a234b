//! Flags as a table: what each one does to the policy, and what the pieces of a command line become.

use clap::Parser as _;
use sbx::ExecutionPolicy;

use super::*;
use crate::args::{Args, Command};

fn run_args(line: &[&str]) -> RunArgs {
    let words = ["sbx", "run", "--no-stdin"].iter().chain(line);
    match Args::try_parse_from(words).map(|args| args.command) {
        Ok(Command::Run(args)) => *args,
        other => panic!("{other:?}"),
    }
}

fn resolve(line: &[&str]) -> RunConfig {
    run(run_args(line)).unwrap()
}

fn policy_of(line: &[&str]) -> ExecutionPolicy {
    policy(run_args(line).policy).unwrap()
}

/// One flag and the one field that it changes, as JSON.
const FLAGS: [(&[&str], &str, &str); 15] = [
    (&["--fuel", "5M"], "fuel_budget", "5000000"),
    (&["--memory", "64MiB"], "memory_bytes", "67108864"),
    (&["--timeout", "1500ms"], "timeout_seconds", "1.5"),
    (&["--timeout", "none"], "timeout_seconds", "\"none\""),
    (&["--stdout-max", "1kB"], "stdout_max_bytes", "1000"),
    (&["--stderr-max", "1KiB"], "stderr_max_bytes", "1024"),
    (&["--disk", "1MB"], "disk_bytes", "1000000"),
    (&["--max-file", "2MB"], "max_file_bytes", "2000000"),
    (&["--max-files", "10k"], "max_files", "10000"),
    (&["--max-open-files", "9"], "max_open_files", "9"),
    (&["--mount", "d:/data:rw"], "mounts", r#"[{"host":"d","guest":"/data","mode":"rw"}]"#),
    (&["--env", "A=1=2", "--env", "B="], "env", r#"{"A":"1=2","B":""}"#),
    (&["--deterministic"], "deterministic", r#"{"seed":0,"epoch":1767225600}"#),
    (&["--package", "mammoth", "--package", "idna"], "packages", r#"["mammoth","idna"]"#),
    (&["--deterministic=7"], "deterministic", r#"{"seed":7,"epoch":1767225600}"#),
];

/// Fields that have no flag: two are what the command line itself is for, two belong into a policy file.
const WITHOUT_FLAG: [&str; 3] = ["argv", "guest_mount_path", "preserve_logs"];

#[test]
fn each_flag_sets_its_field_and_no_other() {
    let default = serde_json::to_value(ExecutionPolicy::default()).unwrap();
    for (line, field, value) in FLAGS {
        let mut expected = default.clone();
        expected[field] = serde_json::from_str(value).unwrap();
        assert_eq!(serde_json::to_value(policy_of(line)).unwrap(), expected, "{line:?}");
    }
}

#[test]
fn each_field_has_a_flag_or_a_reason() {
    let default = serde_json::to_value(ExecutionPolicy::default()).unwrap();
    for field in default.as_object().unwrap().keys() {
        let has_flag = FLAGS.iter().any(|(_, of_flag, _)| of_flag == field);
        assert_ne!(has_flag, WITHOUT_FLAG.contains(&field.as_str()), "{field}");
    }
}

#[test]
fn the_defaults_in_the_help_are_the_policys() {
    let defaults = [
        "--fuel",
        "20G",
        "--memory",
        "128MB",
        "--timeout",
        "30s",
        "--stdout-max",
        "2MB",
        "--stderr-max",
        "1MB",
        "--disk",
        "256MiB",
        "--max-file",
        "128MiB",
        "--max-files",
        "10000",
        "--max-open-files",
        "256",
    ];
    assert_eq!(policy_of(&defaults), ExecutionPolicy::default());
    let mut command = <Args as clap::CommandFactory>::command();
    let help = command.find_subcommand_mut("run").unwrap().render_long_help().to_string();
    for pair in defaults.chunks(2) {
        let of_flag = help.split(&format!("{} <", pair[0])).nth(1).unwrap();
        let default = of_flag.split("[default: ").nth(1).unwrap().split(']').next().unwrap();
        assert_eq!(default, pair[1], "{}", pair[0]);
    }
}

#[test]
fn flags_win_over_the_policy_file_and_leave_the_rest_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    let text = "fuel_budget = 7\ntimeout_seconds = 3\nmounts = [{ host = \"d\", guest = \"/d\" }]\n\
                deterministic = { seed = 1, epoch = 5 }\n[env]\nA = \"1\"\n";
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    let policy = policy_of(&["--policy", file, "--fuel", "9", "--env", "B=2", "--deterministic=4"]);
    assert_eq!((policy.fuel_budget, policy.timeout_seconds), (9, Some(Duration::from_secs(3))));
    assert_eq!(policy.env.len(), 2);
    assert_eq!(policy.deterministic.map(|fixed| (fixed.seed, fixed.epoch)), Some((4, 5)));
    assert_eq!(policy.mounts[0].host, folder.path().join("d"), "relative to the file");
}

#[test]
fn a_written_policy_reads_back() {
    let policy =
        policy_of(&["--mount", "d:/data:rw", "--env", "A=1", "--deterministic=7", "--timeout", "none"]);
    let text = toml::to_string(&policy).unwrap();
    assert_eq!(ExecutionPolicy::from_toml(&text), Ok(policy), "{text}");
}

#[test]
fn arguments_come_after_the_programs_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prog.py");
    std::fs::write(&path, "pass").unwrap();
    let file = path.to_str().unwrap();
    let argv = |line: &[&str]| resolve(line).program.argv.unwrap();
    assert_eq!(argv(&["-c", "x"]), ["-c"]);
    assert_eq!(argv(&["-c", "x", "a", "--", "--b"]), ["-c", "a", "--b"]);
    assert_eq!(argv(&[file, "a", "-c", "x"])[..1], ["-c"], "code wins: the file is its first argument");
    assert_eq!(argv(&[file, "a", "--", "-b"]), ["prog.py", "a", "-b"]);
    let config = resolve(&[file, "--json"]);
    assert_eq!(
        (config.program.name.as_str(), config.program.file_name.as_deref(), config.report),
        ("prog.py", Some("prog.py"), Report::Json)
    );
}

#[test]
fn the_policys_arguments_hold_unless_some_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, "argv = [\"report\", \"-v\"]").unwrap();
    let file = path.to_str().unwrap();
    assert_eq!(resolve(&["--policy", file, "-c", "x"]).program.argv, None);
    assert_eq!(resolve(&["--policy", file, "-c", "x", "a"]).program.argv.unwrap(), ["-c", "a"]);
}

#[test]
fn a_session_is_refused_what_it_cannot_keep() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, "preserve_logs = true").unwrap();
    let refused = |line: &[&str]| match run(run_args(&[&["--session", "a", "-c", "x"], line].concat())) {
        Err(Failure::Usage(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(refused(&["--workspace", folder.path().to_str().unwrap()]).contains("sbx session cp -r"));
    assert!(refused(&["--policy", path.to_str().unwrap()]).contains("preserve_logs"));
}

#[test]
fn text_that_is_not_utf8_is_told_with_its_place() {
    match utf8(b"a = 1\nb = '\xff'".to_vec(), "x.py") {
        Err(Failure::Usage(error)) => {
            assert_eq!(error.to_string(), "x.py is not UTF-8: byte 11, in line 2, cannot be part of it");
        }
        other => panic!("{other:?}"),
    }
}
