//! Nothing of the host, of the building of images, or of another run is in a run.

use std::collections::BTreeSet;

use crate::lab::{open, policy, prints, run, turn};

#[test]
fn a_thousand_fresh_runs_have_a_thousand_values_of_each_kind() {
    let _held = crate::lab::busy();
    let mut seen = vec![BTreeSet::new(); 4];
    for _ in 0..1000 {
        let text = run("console.log(Math.random(), crypto.randomUUID(), crypto.getRandomValues(new Uint32Array(4)).join(), require('crypto').randomBytes(8).toString('hex'))").stdout;
        let words: Vec<_> = text.split_whitespace().collect();
        assert_eq!(words.len(), 4, "{text}");
        for (values, word) in seen.iter_mut().zip(words) {
            values.insert(word.to_owned());
        }
    }
    assert_eq!(seen.iter().map(BTreeSet::len).collect::<Vec<_>>(), [1000; 4]);
}

#[test]
fn turns_of_one_interpreter_go_on_with_new_randomness() {
    let mut interpreter = open(policy());
    let values: BTreeSet<_> =
        (0..20).map(|_| turn(&mut interpreter, "Math.random()").value().unwrap().to_owned()).collect();
    assert_eq!(values.len(), 20);
}

#[test]
fn interpreters_do_not_share_what_programs_change() {
    let mut first = open(policy());
    turn(
        &mut first,
        "globalThis.mine = 1; Array.prototype.mine = 2; process.env.MINE = 'x'; require('fs').mine = 3; console.log = () => {}; require('fs').writeFileSync('mine', 'x'); process.chdir('/tmp')",
    );
    assert_eq!(
        prints(
            "console.log(typeof mine, [].mine, process.env.MINE, require('fs').mine, require('fs').readdirSync('.'), process.cwd())"
        ),
        "undefined undefined undefined undefined [] /app\n"
    );
}

#[test]
fn memory_of_a_run_is_not_seen_by_the_next() {
    let secret = "canary-4f1d9c";
    run(format!("globalThis.keep = '{secret}'.repeat(1000); const b = new Uint8Array(1 << 20).fill(77)"));
    for _ in 0..20 {
        // What is allocated is zero, whatever lay there before.
        let result = run("new Uint8Array(4 << 20).every((byte) => byte === 0)");
        assert_eq!(result.value(), Some("true"));
    }
}

#[test]
fn images_have_nothing_of_the_machine_that_built_them() {
    let result = run(
        "[JSON.stringify(process.env), process.argv, process.cwd(), require('os').hostname(), require('fs').readdirSync('/').join(), require('fs').readdirSync('/tmp').length]",
    );
    assert_eq!(
        result.value(),
        Some(
            "[\n  '{\"HOME\":\"/app\",\"PWD\":\"/app\",\"PATH\":\"\",\"LANG\":\"C.UTF-8\",\"TZ\":\"UTC\",\"TMPDIR\":\"/tmp\"}',\n  [ 'js', '/app/[eval]' ],\n  '/app',\n  'sandbox',\n  'app,dev,tmp,usr',\n  0\n]"
        )
    );
}

#[test]
fn there_is_no_way_out() {
    for name in [
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "Worker",
        "WebAssembly",
        "Deno",
        "Bun",
        "native",
        "sbx",
        "parts",
        "hooks",
    ] {
        assert_eq!(run(format!("typeof {name}")).value(), Some("'undefined'"), "{name}");
    }
    for name in [
        "http",
        "https",
        "net",
        "child_process",
        "worker_threads",
        "dgram",
        "dns",
        "vm",
        "v8",
        "inspector",
        "ffi",
    ] {
        assert!(!run(format!("require('{name}')")).success, "{name}");
    }
}
