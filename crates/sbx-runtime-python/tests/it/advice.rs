//! What a result suggests, for each kind of trouble.

use sbx_core::{Advice, AdviceKind, ExecutionPolicy, FuelStatus, SandboxResult};
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
fn out_of_memory_suggests_more_of_it() {
    let result = run_with(policy().with_memory_bytes(32 << 20), "x = bytearray(1 << 30)");
    suggests(&only(&result, AdviceKind::OutOfMemory), "memory_bytes", 64 << 20);
}

#[test]
fn missing_packages_have_alternatives() {
    for (module, word) in [
        ("polars", "pandas"),
        ("docx", "mammoth"),
        ("torch", "scikit-learn"),
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
        "import http.client\nhttp.client.HTTPConnection('example.com').request('GET', '/')",
    ] {
        only(&run(code), AdviceKind::NetworkUnavailable);
    }
    for code in [
        "import threading\nthreading.Thread(target=print).start()",
        "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor().submit(print)",
    ] {
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
    for code in ["open('missing.txt')", "open('/app/missing.txt')", "open('/tmp/missing')"] {
        assert_eq!(run(code).advice, [], "{code}");
    }
}

#[test]
fn empty_input_is_explained() {
    only(&run("input()"), AdviceKind::NoStdin);
    assert_eq!(run(Program::new("input()\ninput()").with_stdin(*b"one\n")).advice, []);
}

#[test]
fn cut_output_suggests_less_or_more_room() {
    let mut small = policy();
    small.stdout_max_bytes = 100;
    let advice = only(&run_with(small, "print('x' * 1000)"), AdviceKind::OutputTruncated);
    suggests(&advice, "stdout_max_bytes", 200);
    let mut small = policy();
    small.stderr_max_bytes = 100;
    let advice =
        only(&run_with(small, "import sys\nprint('x' * 1000, file=sys.stderr)"), AdviceKind::OutputTruncated);
    suggests(&advice, "stderr_max_bytes", 200);
}

#[test]
fn full_disks_name_their_quota() {
    let with = |change: fn(&mut ExecutionPolicy)| {
        let mut policy = policy();
        change(&mut policy);
        policy
    };
    let disk = run_with(
        with(|policy| policy.disk_bytes = 1000),
        "open('x', 'wb', 0).write(bytes(2000))\nopen('y', 'wb', 0).write(b'x')",
    );
    suggests(&only(&disk, AdviceKind::DiskQuota), "disk_bytes", 2000);
    let files = run_with(with(|policy| policy.max_files = 3), "for n in range(9): open(f'{n}', 'w').close()");
    suggests(&only(&files, AdviceKind::DiskQuota), "max_files", 6);
    let open =
        run_with(with(|policy| policy.max_open_files = 5), "x = [open(f'{n}', 'w') for n in range(9)]");
    suggests(&only(&open, AdviceKind::DiskQuota), "max_open_files", 10);
    let size = run_with(
        with(|policy| policy.max_file_bytes = 1000),
        "f = open('x', 'wb', 0)\nf.seek(1000)\nf.write(b'x')",
    );
    suggests(&only(&size, AdviceKind::DiskQuota), "max_file_bytes", 2000);
}

#[test]
fn recursion_is_explained_by_its_exception() {
    let result = run("def f(): f()\nf()");
    assert_eq!(result.error.unwrap().kind, "RecursionError");
}
