//! The command from outside: what it prints, what it exits with.
//!
//! `transcripts` runs what is in `tests/cmd` and the README; `streams` what a transcript cannot show: bytes, pipes,
//! signals; `repl` the console; `sessions` what several processes do with one session; `packages` real pip over wheels that
//! are written here; `javascript` real npm over a `registry` that runs here.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod streams;
mod repl;
mod sessions;
mod packages;
mod registry;
mod javascript;
mod transcripts;

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

/// The command, with nothing on its standard input.
fn sbx(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sbx"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
fn run(args: &[&str]) -> Output {
    sbx(args).output().unwrap()
}

/// Runs it to its end with this on its standard input.
fn run_with(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = sbx(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // A program that ends early does not read everything.
    let writer = std::thread::spawn(move || pipe.write_all(&stdin).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Fails with what to do if the guests are not there; a test that needs them must not pass without.
fn need_guests() {
    let output = run(&["images"]);
    assert!(output.status.success(), "run `cargo xtask setup` before the tests: {}", stderr(&output));
}
