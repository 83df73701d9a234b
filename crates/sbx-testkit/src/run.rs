//! One case in one language.

use std::{
    fmt,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use sbx::{CancellationToken, Ending, ExecutionPolicy, GuestPath, Program, Sandbox, SandboxResult};

use crate::{
    canary,
    case::{Again, Case, Turn},
    expect,
    language::Language,
    log,
    place::Place,
};

/// How many lines a program may make the host log.
const MAX_LOG_LINES: usize = 100;

/// What is otherwise than the case says when it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Twist {
    /// Less fuel than the case's policy has. What it had no fuel for is no problem.
    pub fuel_budget: Option<u64>,
    /// Less time than the case's policy has. What it had no time for is no problem.
    pub timeout: Option<Duration>,
    /// Cancels each program after so long. What it did not come to is no problem.
    pub cancel_after: Option<Duration>,
    /// More variables of its environment.
    pub env: Vec<(String, String)>,
    /// Only one of the case's tries: this one, counted around.
    pub only_try: Option<usize>,
}

/// What came of a case.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Ran {
    /// How its programs ended, one after another.
    pub endings: Vec<Ending>,
    /// By how much those that ended at their time limit were late.
    pub overruns: Vec<Duration>,
    /// Everything in which it is not as it says.
    pub problems: Vec<String>,
}

/// Runs a case once, and again if it says what a second time has to give: everything in which it is not as it says.
#[must_use]
pub fn problems(case: &Case, language: &Language) -> Vec<String> {
    let mut problems = run(case, language, &Twist::default()).problems;
    if let Some(again) = case.again {
        problems.extend(second_time(case, again, language));
    }
    problems
}

/// Runs a case once.
///
/// # Panics
/// If it cannot be set up, or the host fails.
#[must_use]
pub fn run(case: &Case, language: &Language, twist: &Twist) -> Ran {
    let mut ran = Ran::default();
    let tries = match twist.only_try {
        Some(number) if !case.tries.is_empty() => &case.tries[number % case.tries.len()..][..1],
        _ => &case.tries[..],
    };
    for attempt in tries {
        let place = Place::new(case, twist);
        let code = attempt.code.of(language).unwrap();
        let mut sandbox = place.open(case, language, &place.policy);
        let result = ran.execute(&mut sandbox, Program::new((language.attempt)(code)), twist);
        let (seen, wanted) = (result.stdout.trim_end(), attempt.errno.of(language));
        if !twist.cut(&result) && (seen != wanted || result.ending != Ending::Ok) {
            let problem = format!("gave {seen:?}, not {wanted:?} ({})", result.ending);
            ran.problem(case, code, &problem, &result.stderr);
        }
        ran.check(case, code, &result, &sandbox);
        ran.problems.extend(place.problems(case, twist.cut(&result)));
    }
    if !case.turns.is_empty() {
        let place = Place::new(case, twist);
        let mut sandbox = place.open(case, language, &place.policy);
        for turn in &case.turns {
            let result = ran.execute(&mut sandbox, program(turn, language), twist);
            let code = turn.code.of(language).unwrap();
            ran.check(case, code, &result, &sandbox);
            if twist.cut(&result) {
                // What comes next may need what it did not come to.
                ran.problems.extend(place.problems(case, true));
                return ran;
            }
            for problem in expect::problems(turn, &result, language) {
                ran.problem(case, code, &problem, &result.stderr);
            }
        }
        ran.problems.extend(place.problems(case, false));
    }
    ran
}

impl Twist {
    /// Whether a result is what the twist made of it.
    fn cut(&self, result: &SandboxResult) -> bool {
        (result.ending == Ending::FuelExhausted && self.fuel_budget.is_some())
            || (result.ending == Ending::Timeout && self.timeout.is_some())
            || (result.ending == Ending::Cancelled && self.cancel_after.is_some())
    }
}

impl Ran {
    fn problem(&mut self, case: &Case, code: &str, problem: &str, stderr: &str) {
        let (code, stderr) = (short(code), short(stderr));
        self.problems.push(format!("{}\n  {code}\n  {problem}\n  {stderr}", case.name));
    }

    fn execute(&mut self, sandbox: &mut Sandbox, program: Program, twist: &Twist) -> SandboxResult {
        let started = Instant::now();
        let (result, n_lines) = log::counted(|| match twist.cancel_after {
            None => sandbox.execute(program),
            Some(delay) => cancelled(sandbox, program, delay),
        });
        let result = result.expect("whatever a program does is a result");
        let took = started.elapsed();
        if n_lines > MAX_LOG_LINES {
            self.problems.push(format!("a program made the host log {n_lines} lines, over {MAX_LOG_LINES}"));
        }
        self.endings.push(result.ending);
        if let (Ending::Timeout, Some(limit)) = (result.ending, sandbox.policy().timeout_seconds) {
            self.overruns.push(took.saturating_sub(limit));
        }
        result
    }

    /// What holds for every run of every program: no canary in anything that comes out, and bounds on how much does.
    fn check(&mut self, case: &Case, code: &str, result: &SandboxResult, sandbox: &Sandbox) {
        let policy = sandbox.policy();
        // A byte that is no UTF-8 becomes a character of three.
        let most = |bytes: u64| usize::try_from(bytes.saturating_mul(3)).unwrap_or(usize::MAX);
        for (what, found, bound) in [
            ("stdout", result.stdout.len(), most(policy.stdout_max_bytes)),
            ("stderr", result.stderr.len(), most(policy.stderr_max_bytes)),
            ("results", result.results.len(), 200),
            ("advice", result.advice.iter().map(|advice| advice.message.len()).sum(), 64 << 10),
            (
                "error",
                result.error.as_ref().map_or(0, |error| error.message.len() + error.kind.len()),
                512 << 10,
            ),
        ] {
            if found > bound {
                self.problem(case, code, &format!("{what} is {found}, over {bound}"), "");
            }
        }
        if result.ending != Ending::FuelExhausted && result.fuel_consumed > result.fuel_budget {
            self.problem(case, code, "it used more fuel than it had", "");
        }
        let shown = serde_json::to_vec(result).unwrap();
        if let Some(canary) = canary::seen(&shown) {
            self.problem(case, code, &format!("its result shows {canary:?}"), "");
        }
        if let Some((path, canary)) = in_files(sandbox) {
            self.problem(case, code, &format!("its file {path} shows {canary:?}"), "");
        }
    }
}

/// A canary in the files of a sandbox. One of the sandbox's own is no finding.
fn in_files(sandbox: &Sandbox) -> Option<(GuestPath, String)> {
    /// What is longer is not made of what a program found, but of holes and repetition.
    const LONGEST: u64 = 16 << 20;
    let files = sandbox.files();
    let own: Vec<&String> = sandbox.policy().env.values().collect();
    for folder in ["/app", "/tmp"] {
        for item in files.walk(&GuestPath::parse(folder).unwrap()) {
            let Ok(bytes) = files.read_file_within(&item.path, LONGEST) else { continue };
            match canary::seen(&bytes) {
                Some(canary) if !own.iter().any(|own| canary.starts_with(own.as_str())) => {
                    return Some((item.path, canary));
                }
                _ => {}
            }
        }
    }
    None
}

fn program(turn: &Turn, language: &Language) -> Program {
    let mut program = Program::new(turn.code.of(language).unwrap()).with_stdin(turn.stdin.as_bytes());
    program.argv.clone_from(&turn.argv);
    program
}

/// Runs a program and cancels it after `delay`, unless it ended before.
fn cancelled(sandbox: &mut Sandbox, program: Program, delay: Duration) -> sbx::Result<SandboxResult> {
    let cancel = CancellationToken::new();
    let (ended, waits) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let token = cancel.clone();
        scope.spawn(move || {
            if waits.recv_timeout(delay) == Err(mpsc::RecvTimeoutError::Timeout) {
                token.cancel();
            }
        });
        let result = sandbox.execute(program.with_cancel(cancel));
        drop(ended);
        result
    })
}

/// What is not as it should be when the case's first turn runs again in other sandboxes.
fn second_time(case: &Case, again: Again, language: &Language) -> Vec<String> {
    let place = Place::new(case, &Twist::default());
    let run = |policy: &ExecutionPolicy| {
        let mut sandbox = place.open(case, language, policy);
        let result =
            sandbox.execute(program(&case.turns[0], language)).expect("whatever a program does is a result");
        let files = sandbox.list_files().into_iter();
        let files: Vec<_> =
            files.filter_map(|path| Some((sandbox.read_file(path.as_str()).ok()?, path))).collect();
        (result.ending, result.fuel_consumed, result.stdout, files)
    };
    let (first, second) = (run(&place.policy), run(&place.policy));
    if again == Again::OtherOutput {
        let is_same = (&first.2, &first.3) == (&second.2, &second.3);
        return Vec::from_iter(is_same.then(|| format!("{}: it gave {first:?} twice", case.name)));
    }
    let used = first.1;
    let with = |fuel| run(&place.policy.clone().with_fuel_budget(fuel));
    let (enough, short) = (with(used), with(used - 1));
    let mut problems = Vec::new();
    for (what, is_wrong, found) in [
        ("the second time", second != first, &second),
        ("with exactly its fuel", enough != first, &enough),
        ("with one unit less", (short.0, short.1) != (Ending::FuelExhausted, used - 1), &short),
    ] {
        if is_wrong {
            problems.push(format!("{}: {what} it gave {found:?}; the first time, {first:?}", case.name));
        }
    }
    problems
}

/// The beginning of a text: hostile programs are long and show more.
fn short(text: &str) -> impl fmt::Display {
    const MOST: usize = 2000;
    let end = text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}
