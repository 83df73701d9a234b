//! Interpreters that are put away between two programs and woken: nothing of what they were is lost.

use std::{collections::BTreeSet, sync::Arc};

use proptest::prelude::*;
use sbx_core::{Deterministic, ExecutionPolicy, PAGE_BYTES, Snapshot};
use sbx_runtime_python::{Interpreter, Program};

use crate::lab::{DATA, PLAIN, open, policy, python, turn};

/// The interpreter in another instance, as a session's next turn finds it.
fn wake(interpreter: &mut Interpreter, policy: &ExecutionPolicy) -> Interpreter {
    let snapshot = interpreter.snapshot(None).unwrap();
    wake_from(interpreter, &snapshot, policy)
}

fn wake_from(interpreter: &Interpreter, snapshot: &Snapshot, policy: &ExecutionPolicy) -> Interpreter {
    let (files, descriptors) = (interpreter.files().unwrap(), interpreter.descriptors().unwrap());
    let woken = python().wake(Arc::new(policy.clone()), files, snapshot.clone(), descriptors);
    python().host().block_on(woken).unwrap()
}

#[track_caller]
fn says(interpreter: &mut Interpreter, code: &str) -> String {
    let result = turn(interpreter, code);
    assert!(result.success, "{code}: {}", result.stderr);
    result.stdout
}

#[test]
fn everything_that_is_alive_goes_on() {
    let policy = policy();
    let mut first = open(DATA, policy.clone());
    says(
        &mut first,
        r#"
import pandas as pd, itertools, threading, sqlite3
frame = pd.DataFrame({"n": range(1000)})
def squares():
    for n in itertools.count():
        yield n * n
generator = squares()
next(generator), next(generator)
class Account:
    def __init__(self): self.total = 0
    def add(self, n): self.total += n; return self
account = Account().add(5)
closure = (lambda kept: lambda: kept)([1, 2])
lock = threading.Lock(); lock.acquire()
database = sqlite3.connect(":memory:"); database.execute("create table t(x)"); database.execute("insert into t values (7)")
log = open("log.txt", "w"); log.write("first"); 
import os
unlinked = open("gone.txt", "w+"); unlinked.write("still here"); unlinked.flush(); os.remove("gone.txt")
here = os.open("/app", os.O_RDONLY)
"#,
    );
    let mut second = wake(&mut first, &policy);
    drop(first);
    let seen = says(
        &mut second,
        r#"
print(frame.n.sum(), next(generator), account.add(2).total, closure(), lock.locked())
print(database.execute("select * from t").fetchall())
print(log.write(" second"), log.tell()); log.close(); print(open("log.txt").read())
unlinked.seek(0); print(unlinked.read(), os.fstat(unlinked.fileno()).st_nlink)
print(os.stat("log.txt", dir_fd=here).st_size, os.path.samestat(os.fstat(here), os.stat("/app")))
"#,
    );
    assert_eq!(seen, "499500 4 7 [1, 2] True\n[(7,)]\n7 12\nfirst second\nstill here 0\n12 True\n");
    let mut third = wake(&mut second, &policy);
    assert_eq!(says(&mut third, "print(next(generator), len(frame), account.total)"), "9 1000 7\n");
}

#[test]
fn a_woken_interpreter_is_bit_for_bit_the_same_in_deterministic_mode() {
    let policy = policy().with_deterministic(Deterministic::new(11));
    let programs: [Program; 6] = [
        "import random, time, os\nx = [random.random()]\nprint(x, time.time(), os.urandom(4))".into(),
        "open('a', 'w').write('1'); open('b', 'w')\nx.append(random.random())\nx".into(),
        Program::new("print(input())").with_stdin(b"line\nleft over\n".to_vec()),
        "import sys\nprint(repr(sys.stdin.read()), time.monotonic(), id(x))".into(),
        "import uuid, tempfile\nprint(uuid.uuid4(), tempfile.mktemp(), os.listdir('/app'), os.stat('a'))"
            .into(),
        "import gc\nprint(gc.collect(), hash('x'), {str(n) for n in range(9)})\n1/0".into(),
    ];
    let mut live = open(PLAIN, policy.clone());
    let mut chain = open(PLAIN, policy.clone());
    let mut last: Option<Snapshot> = None;
    for program in programs {
        let (expected, got) = (turn(&mut live, program.clone()), turn(&mut chain, program));
        assert_eq!((&got.stdout, &got.stderr), (&expected.stdout, &expected.stderr));
        assert_eq!(got.fuel_consumed, expected.fuel_consumed, "{}", got.stdout);
        assert_eq!(got.ending, expected.ending);
        assert_eq!(chain.instance().memory_digest(), live.instance().memory_digest());
        let snapshot = chain.snapshot(last.as_ref()).unwrap();
        chain = wake_from(&chain, &snapshot, &policy);
        last = Some(snapshot);
    }
}

/// A statement that changes the interpreter, its files or what it has open, by what a number says.
fn statement(choice: u32) -> String {
    let n = choice / 16 % 23;
    match choice % 16 {
        0 => format!("names[{n}] = [random.random() for _ in range({n})]"),
        1 => format!("names.pop({n}, None)"),
        2 => format!("open('f{n}', 'a').write(str(names.get({n})))"),
        3 => format!("os.path.exists('f{n}') and os.remove('f{n}')"),
        4 => format!("files.append(open('f{n}', 'a+')); files[-1].write('x' * {n})"),
        5 => "files and files.pop(0).close()".to_owned(),
        6 => format!("def f{n}(x, y={n}): return x * y + len(names)"),
        7 => format!(
            "print([f({n}) for name, f in sorted(globals().items()) if name[0] == 'f' and callable(f)])"
        ),
        8 => "print(next(counter), time.time(), time.monotonic())".to_owned(),
        9 => {
            format!("data = bytearray({n} * 50_000 + 1); data[{n}::4096] = os.urandom(len(data[{n}::4096]))")
        }
        10 => "print(hash(bytes(data)), uuid.uuid4(), sys.stdin.read())".to_owned(),
        11 => "print(sorted(os.listdir()), gc.collect())".to_owned(),
        12 => format!("names['loop'] = names; {n} // ({n} % 5)"),
        13 => format!("class C{n}(list):\n    made = {n}\nnames['c'] = C{n}(names)"),
        14 => format!(
            "os.makedirs('d/{n}', exist_ok=True); os.rename('d', 'e') if {n} % 7 == 0 and not os.path.exists('e') else None"
        ),
        _ => format!("print({{k: v for k, v in names.items() if k != 'loop'}}, {n})"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Random programs, put away and woken at random points: output, fuel and memory are those of one that never slept.
    #[test]
    fn random_programs_do_not_notice_that_they_slept(
        seed in 0u64..1000,
        turns in prop::collection::vec((prop::collection::vec(0u32..16 * 23, 1..6), any::<bool>()), 1..8),
    ) {
        let policy = policy().with_deterministic(Deterministic::new(seed));
        let mut live = open(PLAIN, policy.clone());
        let mut sleeper = open(PLAIN, policy.clone());
        let mut last: Option<Snapshot> = None;
        let begin = "import gc, itertools, os, random, sys, time, uuid\nnames, files, data = {}, [], b''\ncounter = itertools.count()";
        let mut program = begin.to_owned();
        for (statements, sleeps) in turns {
            let (expected, got) = (turn(&mut live, program.as_str()), turn(&mut sleeper, program.as_str()));
            prop_assert_eq!((&got.stdout, &got.stderr), (&expected.stdout, &expected.stderr), "{}", program);
            prop_assert_eq!((got.ending, got.fuel_consumed), (expected.ending, expected.fuel_consumed));
            prop_assert_eq!(sleeper.instance().memory_digest(), live.instance().memory_digest());
            if sleeps {
                let snapshot = sleeper.snapshot(last.as_ref()).unwrap();
                sleeper = wake_from(&sleeper, &snapshot, &policy);
                last = Some(snapshot);
            }
            program = statements.into_iter().map(statement).collect::<Vec<_>>().join("\n");
        }
    }
}

#[test]
fn forks_draw_different_numbers() {
    let policy = policy();
    let mut parent = open(DATA, policy.clone());
    says(
        &mut parent,
        "import random, numpy, uuid, secrets, tempfile\nrandom.seed(1); numpy.random.seed(1); random.random()",
    );
    let snapshot = parent.snapshot(None).unwrap();
    let mut seen = BTreeSet::new();
    let count = 1000;
    for _ in 0..count {
        let mut fork = wake_from(&parent, &snapshot, &policy);
        let drawn = says(
            &mut fork,
            "for x in random.random(), numpy.random.rand(), uuid.uuid1().int & (1 << 62) - 1, uuid.uuid4(), secrets.token_hex(), tempfile.mktemp(): print(x)",
        );
        seen.extend(drawn.lines().map(str::to_owned));
    }
    assert_eq!(seen.len(), 6 * count);
}

#[test]
fn a_small_turn_changes_few_pages() {
    let mut interpreter = open(DATA, policy());
    says(&mut interpreter, "x = 1");
    let first = interpreter.snapshot(None).unwrap();
    assert!(first.pages().len() * PAGE_BYTES <= 1 << 20, "{} pages", first.pages().len());
    says(&mut interpreter, "x += 1\nprint(x)");
    let second = interpreter.snapshot(Some(&first)).unwrap();
    assert!(first.changes(&second).count() <= 150, "of {} pages", second.pages().len());
    let still = interpreter.snapshot(Some(&second)).unwrap();
    assert_eq!(second.changes(&still).count(), 0, "nothing ran in between");
}

#[test]
fn more_memory_than_the_policy_allows_is_not_restored() {
    let mut large = open(PLAIN, policy());
    says(&mut large, "data = bytearray(60_000_000)");
    let (snapshot, files) = (large.snapshot(None).unwrap(), large.files().unwrap());
    let tight = Arc::new(policy().with_memory_bytes(10_000_000));
    let woken = python().wake(tight, files, snapshot, large.descriptors().unwrap());
    let error = python().host().block_on(woken).unwrap_err();
    assert_eq!(error.code(), "runtime.snapshot_too_large");
    assert!(error.to_string().contains("memory_bytes"), "{error}");
}
