//! What a result suggests, for each kind of trouble.

use sbx_core::{Advice, AdviceKind, FuelStatus, SandboxResult};
use sbx_runtime_python::Program;

use crate::lab::{policy, run, run_with};

#[track_caller]
fn only(result: &SandboxResult, kind: AdviceKind) -> Advice {
    let kinds: Vec<_> = result.advice.iter().map(|advice| advice.kind).collect();
    assert_eq!(kinds, [kind], "{:?} {}", result.ending, result.stderr);
    result.advice[0].clone()
}

#[track_caller]
fn suggests(advice: &Advice, field: &str, value: u64) {
    assert_eq!(advice.suggested_policy.get(field), Some(&value), "{advice:?}");
}

#[test]
fn a_good_run_has_no_advice() {
    for code in ["print(1)", "exit(0)", "try: 1/0\nexcept ZeroDivisionError: pass", "raise ValueError('x')"] {
        assert_eq!(run(code).advice, [], "{code}");
    }
}

#[test]
fn out_of_fuel_names_the_budget_and_a_larger_one() {
    let result = run_with(policy().with_fuel_budget(100_000_000), "while True: pass");
    let advice = only(&result, AdviceKind::OutOfFuel);
    suggests(&advice, "fuel_budget", 200_000_000);
    assert!(
        advice.message.contains("100000000") && advice.message.contains("200000000"),
        "{}",
        advice.message
    );
    assert_eq!(result.fuel_status, FuelStatus::Exhausted);
}

#[test]
fn fuel_status_follows_from_what_was_used() {
    let code = "for n in range(30_000): pass";
    let used = run(code).fuel_consumed;
    let status = |budget| run_with(policy().with_fuel_budget(budget), code).fuel_status;
    assert_eq!(status(used * 3), FuelStatus::Efficient);
    assert_eq!(status(used * 3 / 2), FuelStatus::Moderate);
    assert_eq!(status(used * 5 / 4), FuelStatus::Warning);
    assert_eq!(status(used * 21 / 20), FuelStatus::Critical);
}

#[test]
fn a_timeout_suggests_more_seconds() {
    let result = run_with(policy().with_timeout_seconds(0.1), "import time\ntime.sleep(100)");
    let advice = only(&result, AdviceKind::Timeout);
    assert!(advice.message.contains("0.1 s"), "{}", advice.message);
    assert!(advice.suggested_policy["timeout_seconds"] >= 1);
}

#[test]
fn missing_packages_have_alternatives() {
    for (module, word) in [
        ("polars", "pandas"),
        ("torch", "sklearn"),
        ("numpi", "did you mean `numpy`?"),
        ("plotly.express", "matplotlib"),
        ("no_such_thing", "built-in packages"),
    ] {
        let advice = only(&run(format!("import {module}")), AdviceKind::MissingPackage);
        assert!(advice.message.contains(word), "{}", advice.message);
        assert!(advice.message.contains(module.split('.').next().unwrap()), "{}", advice.message);
    }
    assert_eq!(run("try: import torch\nexcept ImportError: pass").advice, [], "it was handled");
}

#[test]
fn the_network_threads_and_processes_are_named() {
    for code in [
        "import urllib.request\nurllib.request.urlopen('http://example.com')",
        "import socket\nsocket.create_connection(('example.com', 80))",
        "import socket\nsocket.socket()",
        "import requests\nrequests.get('http://example.com')",
        "import httpx\nhttpx.Client().get('http://example.com')",
        "import http.client\nhttp.client.HTTPConnection('example.com').request('GET', '/')",
    ] {
        only(&run(code), AdviceKind::NetworkUnavailable);
    }
    for code in ["import threading\nthreading.Barrier(2).wait()", "import queue\nqueue.Queue().get()"] {
        only(&run(code), AdviceKind::ThreadsUnavailable);
    }
    for code in [
        "import subprocess\nsubprocess.run(['ls'])",
        "import os\nos.system('ls')",
        "import os\nos.fork()",
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
    ] {
        only(&run(code), AdviceKind::SubprocessUnavailable);
    }
}

#[test]
fn a_senseless_argument_is_nothing_that_the_sandbox_lacks() {
    for code in [
        "time.sleep(-1)",
        "time.sleep(float('nan'))",
        "time.sleep(1e300)",
        "threading.Lock().acquire(False, 1)",
    ] {
        let result = run(format!("import threading, time\n{code}").as_str());
        assert_eq!((result.error.is_some(), result.advice), (true, vec![]), "{code}");
    }
}

#[test]
fn paths_outside_say_where_files_belong() {
    for code in [
        "open('/etc/passwd')",
        "open('/srv/data.csv')",
        "open('/usr/x', 'w')",
        "import os\nos.mkdir('/data2')",
        "import pathlib\npathlib.Path('/var/x').read_text()",
    ] {
        let advice = only(&run(code), AdviceKind::PathOutside);
        assert!(advice.message.contains("/app"), "{}", advice.message);
    }
    for code in ["open('missing.txt')", "open('/app/missing.txt')"] {
        let advice = only(&run(code), AdviceKind::FileNotFound);
        assert!(advice.message.contains("`missing.txt`"), "{}", advice.message);
    }
    assert_eq!(run("open('/tmp/missing')").advice, []);
}

#[test]
fn empty_input_is_explained() {
    only(&run("input()"), AdviceKind::NoStdin);
    assert_eq!(run(Program::new("input()\ninput()").with_stdin(*b"one\n")).advice, []);
}

#[test]
fn recursion_is_explained_by_its_exception() {
    let result = run("def f(): f()\nf()");
    assert_eq!(result.error.unwrap().kind, "RecursionError");
}
