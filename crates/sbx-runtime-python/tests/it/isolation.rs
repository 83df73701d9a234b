//! Nothing of the host, of the building of images, or of another run is in a run.

use std::collections::BTreeSet;

use sbx_core::{Deterministic, Ending};

use crate::lab::{DATA, PLAIN, open, policy, prints, run, run_data, run_with, turn};

const ENTROPY: &str = "import random, secrets, tempfile, uuid, os
print(random.random(), random.getrandbits(64), secrets.token_hex(8), uuid.uuid4(), os.urandom(8).hex())
print(random.Random().random(), random.SystemRandom().random(), next(tempfile._get_candidate_names()), uuid.uuid1().node, uuid.uuid7().bytes[8:].hex())";

#[test]
fn a_thousand_fresh_runs_have_a_thousand_values_of_each_kind() {
    let _held = crate::lab::busy();
    let mut seen = vec![BTreeSet::new(); 10];
    for _ in 0..1000 {
        let text = run(ENTROPY).stdout;
        let words: Vec<_> = text.split_whitespace().collect();
        assert_eq!(words.len(), 10, "{text}");
        for (values, word) in seen.iter_mut().zip(words) {
            values.insert(word.to_owned());
        }
    }
    let counts: Vec<_> = seen.iter().map(BTreeSet::len).collect();
    assert_eq!(counts, [1000; 10]);
}

#[test]
fn numpy_is_reseeded_in_every_run() {
    let _held = crate::lab::busy();
    let code = "import numpy as np\nprint(np.random.rand(), np.random.default_rng().random(), np.random.RandomState().rand())";
    let mut seen = vec![BTreeSet::new(); 3];
    for _ in 0..300 {
        let text = run_data(code).stdout;
        for (values, word) in seen.iter_mut().zip(text.split_whitespace()) {
            values.insert(word.to_owned());
        }
    }
    // 31 bits of seed for the first: two of 300 are equal once in 50,000 times.
    assert_eq!(seen.iter().map(BTreeSet::len).collect::<Vec<_>>(), [300; 3]);
}

#[test]
fn turns_of_one_interpreter_go_on_with_new_randomness() {
    let mut interpreter = open(PLAIN, policy());
    let values: BTreeSet<_> = (0..20)
        .map(|_| turn(&mut interpreter, "import random\nrandom.random()").value().unwrap().to_owned())
        .collect();
    assert_eq!(values.len(), 20);
}

#[test]
fn fixed_runs_have_fixed_randomness_with_numpy_too() {
    let code = "import numpy as np, random\nprint(np.random.rand(), np.random.default_rng().random(), random.random(), np.linalg.svd(np.random.rand(20, 20))[1])";
    let run = |seed| {
        let mut interpreter = open(DATA, policy().with_deterministic(Deterministic::new(seed)));
        let result = turn(&mut interpreter, code);
        assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
        (result.stdout, result.fuel_consumed, interpreter.instance().memory_digest())
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3).0, run(4).0);
}

#[test]
fn a_seed_of_the_programs_own_is_honoured() {
    assert_eq!(prints("import random\nrandom.seed(1)\nprint(random.random())"), "0.13436424411240122\n");
}

#[test]
fn interpreters_do_not_share_what_programs_change() {
    run(
        "import json, builtins, sys\njson.canary = builtins.canary = sys.canary = 'tweet'\nopen('/tmp/canary', 'w').write('tweet')",
    );
    let code = "import json, builtins, sys, os\nprint([hasattr(m, 'canary') for m in (json, builtins, sys)], os.listdir('/tmp'))";
    assert_eq!(prints(code), "[False, False, False] []\n");
}

/// Looks through fresh, uninitialised memory of the interpreter for what another run left; numpy hands it out unzeroed.
const LOOK: &str = "import numpy as np
found = 0
blocks = []
for size in (100, 1000, 10_000, 100_000, 1_000_000):
    for _ in range(20):
        block = np.empty(size, np.uint8)
        found += block.tobytes().count(b'CANARY-OF-ANOTHER-RUN'[:6] + b'-IN-MEMORY')
        blocks.append(block)
print(found)";

#[test]
fn memory_of_a_run_is_not_seen_by_the_next() {
    let _held = crate::lab::busy();
    // The marks are made so that neither program's text has them in one piece.
    let soil = "x = [b'CANARY' + b'-IN-MEMORY' * 1 for _ in range(10)]\ny = (b'CANARY' + b'-IN-MEMORY') * 1_000_000\nz = [bytes(y[:n]) for n in range(0, 60_000, 16)]\ndel y, z";
    let n_runs = if std::env::var_os("SBX_SLOW_TESTS").is_some() { 2_000 } else { 24 };
    for index in 0..n_runs {
        let soiled = match index % 4 {
            0 => run_with(policy().with_fuel_budget(3_000_000_000), format!("{soil}\nwhile True: pass")),
            1 => turn(
                &mut open(DATA, policy().with_timeout_seconds(0.15)),
                format!("{soil}\nwhile True: pass"),
            ),
            2 => turn(&mut open(DATA, policy()), format!("{soil}\nimport os\nos.abort()")),
            _ => run_data(soil),
        };
        let wanted = [Ending::FuelExhausted, Ending::Timeout, Ending::Trap, Ending::Ok][index % 4];
        assert_eq!(soiled.ending, wanted, "{}", soiled.stderr);
        let seen = run_data(LOOK);
        assert_eq!(
            (seen.ending, seen.stdout.as_str()),
            (Ending::Ok, "0\n"),
            "after run {index}: {}",
            seen.stderr
        );
    }
    let own = run_data(format!("{soil}\n{LOOK}"));
    assert_ne!(own.stdout, "0\n", "the look finds marks where there are any");
}

#[test]
fn images_have_nothing_of_the_machine_that_built_them() {
    let _held = crate::lab::busy();
    let strings: Vec<String> =
        std::env::vars().map(|(_, value)| value).filter(|value| value.len() >= 12).collect();
    for image in [PLAIN, DATA] {
        let mut interpreter = open(image, policy());
        let code = "import sys, os\nprint(sys.flags.hash_randomization, hash('abc'), os.getcwd(), sys.executable, sys.prefix, os.uname() if hasattr(os, 'uname') else '')";
        let result = turn(&mut interpreter, code);
        assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
        for value in &strings {
            assert!(!result.stdout.contains(value.as_str()), "{value}");
        }
    }
    // Every byte of the images, for the paths that this process was given.
    let root = crate::lab::cache().root().to_string_lossy().into_owned();
    let paths: Vec<String> = std::env::vars()
        .map(|(_, value)| value)
        .chain([root, env!("CARGO_MANIFEST_DIR").to_owned()])
        .filter(|value| value.starts_with('/') && value.len() >= 12 && !value.starts_with("/usr"))
        .collect();
    for image in std::fs::read_dir(crate::lab::cache().root().join("images")).unwrap() {
        let bytes = std::fs::read(image.unwrap().path()).unwrap();
        for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let found = paths.iter().find(|path| bytes[at..].starts_with(path.as_bytes()));
            assert_eq!(found, None, "in an image");
        }
    }
}

#[test]
fn there_is_no_network_no_process_and_no_thread() {
    for (code, kinds) in [
        ("import socket\nsocket.create_connection(('127.0.0.1', 80), 1)", "OSError"),
        ("import _socket\n_socket.socket()", "OSError"),
        ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')", "URLError"),
        ("import subprocess\nsubprocess.run(['ls'])", "OSError"),
        ("import os\nos.system('ls')", "OSError"),
        ("import os\nos.fork()", "AttributeError"),
        ("import _thread\n_thread.start_joinable_thread(print)", "RuntimeError"),
    ] {
        let result = run(code);
        assert_eq!(result.ending, Ending::Exception, "{code}");
        assert_eq!(result.error.unwrap().kind, kinds, "{code}");
    }
}
