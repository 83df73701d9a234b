//! What a guest is told: everything at first, later only what is new.

use sbx_core::{Deterministic, ExecutionPolicy, GuestPath};
use sbx_runtime::{Interpreter, Program};
use serde_json::{Value, json};

use crate::parrot::{open, turn};

const WELL: &str = r#"{"v":1,"status":"ok"}"#;

/// The header that the guest got for a program.
fn header(interpreter: &mut Interpreter, program: impl Into<Program>) -> Value {
    serde_json::from_str(&turn(interpreter, program).stdout).unwrap()
}

fn policy() -> ExecutionPolicy {
    let mut policy = ExecutionPolicy::default();
    policy.env.insert("KEY".to_owned(), "value".to_owned());
    policy.guest_mount_path = GuestPath::parse("/space").unwrap();
    policy.argv = Some(vec!["of the policy".to_owned()]);
    policy
}

#[test]
fn the_first_turn_has_what_makes_an_interpreter_its_own_and_later_ones_have_not() {
    let mut interpreter = open(policy(), None);
    let mut first = header(&mut interpreter, WELL);
    let seed = first["seed"].take();
    assert!(
        seed.as_str().is_some_and(|seed| seed.len() == 32 && seed.bytes().all(|b| b.is_ascii_hexdigit()))
    );
    assert_eq!(
        first,
        json!({
            "op": "run", "name": "<string>", "language": "parrot", "argv": ["of the policy"],
            "env": { "KEY": "value" }, "cwd": "/space", "seed": null,
        })
    );
    assert_eq!(
        header(&mut interpreter, WELL),
        json!({ "op": "run", "name": "<string>", "language": "parrot", "argv": ["of the policy"] })
    );
    assert_ne!(header(&mut open(policy(), None), WELL)["seed"], seed, "another interpreter has another seed");
}

#[test]
fn a_program_says_how_it_is_run() {
    let mut program = Program::new(WELL)
        .with_name("a.mjs")
        .with_main_file("/app/a")
        .with_argv(vec!["own".to_owned()])
        .with_echo();
    program.at_exit = true;
    assert_eq!(program.extension(), Some("mjs"));
    let mut interpreter = open(policy(), None);
    turn(&mut interpreter, WELL);
    assert_eq!(
        header(&mut interpreter, program),
        json!({
            "op": "run", "name": "a.mjs", "language": "parrot", "main_file": "/app/a", "argv": ["own"],
            "echo": true, "at_exit": true,
        })
    );
}

#[test]
fn one_that_is_woken_is_made_its_own_again_unless_it_is_fixed() {
    for (policy, is_seeded) in [(policy(), true), (policy().with_deterministic(Deterministic::new(1)), false)]
    {
        let mut asleep = open(policy.clone(), None);
        turn(&mut asleep, WELL);
        let mut woken = open(policy, Some(&mut asleep));
        assert_eq!(header(&mut woken, WELL).get("seed").is_some(), is_seeded);
        assert_eq!(header(&mut woken, WELL).get("seed"), None);
    }
}

#[test]
fn results_count_turns_and_name_the_image_and_the_code() {
    let mut interpreter = open(policy(), None);
    let (first, second) = (turn(&mut interpreter, WELL), turn(&mut interpreter, WELL));
    assert_eq!((first.turn, second.turn), (1, 2));
    assert_ne!(first.metadata["run_id"], second.metadata["run_id"]);
    assert_eq!(first.metadata["code_hash"], second.metadata["code_hash"]);
    assert_eq!(first.metadata["image"], "base");
}
