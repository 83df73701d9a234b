//! What a result suggests.

use sbx_core::{Advice, AdviceKind, SandboxResult};

use crate::lab::{policy, run, run_with};

#[track_caller]
fn only(result: &SandboxResult, kind: AdviceKind) -> Advice {
    let [advice] = result.advice.as_slice() else { panic!("{:?}", result.advice) };
    assert_eq!(advice.kind, kind);
    advice.clone()
}

#[test]
fn a_good_run_has_no_advice() {
    for code in ["1", "try { require('http') } catch {}", "process.exit(1)"] {
        assert_eq!(run(code).advice, [], "{code}");
    }
}

#[test]
fn limits_name_themselves_and_a_larger_one() {
    let result = run_with(policy().with_fuel_budget(100_000_000), "while (true);");
    assert_eq!(only(&result, AdviceKind::OutOfFuel).suggested_policy["fuel_budget"], 200_000_000);
    let result = run_with(policy().with_timeout_seconds(1.0 / 16.0), "while (true);");
    assert_eq!(only(&result, AdviceKind::Timeout).suggested_policy["timeout_seconds"], 1);
    let result = run_with(policy().with_memory_bytes(16 << 20), "new Uint8Array(1 << 29)");
    assert_eq!(only(&result, AdviceKind::OutOfMemory).suggested_policy["memory_bytes"], 32 << 20);
    let mut small = policy();
    small.stdout_max_bytes = 10;
    let result = run_with(small, "console.log('x'.repeat(100))");
    assert_eq!(only(&result, AdviceKind::OutputTruncated).suggested_policy["stdout_max_bytes"], 20);
    let mut small = policy();
    small.disk_bytes = 1000;
    let result = run_with(small, "require('fs').writeFileSync('x', 'x'.repeat(2000))");
    assert_eq!(only(&result, AdviceKind::DiskQuota).suggested_policy["disk_bytes"], 2000);
}

#[test]
fn what_the_sandbox_does_not_have_is_named() {
    for (code, kind) in [
        ("fetch('http://x')", AdviceKind::NetworkUnavailable),
        ("await fetch('http://x')", AdviceKind::NetworkUnavailable),
        ("new WebSocket('ws://x')", AdviceKind::NetworkUnavailable),
        ("require('https').get('x')", AdviceKind::NetworkUnavailable),
        ("import net from 'node:net'", AdviceKind::NetworkUnavailable),
        ("const axios = require('axios')", AdviceKind::NetworkUnavailable),
        ("std.urlGet('http://x')", AdviceKind::NetworkUnavailable),
        ("new Worker('x.js')", AdviceKind::ThreadsUnavailable),
        ("new (require('qjs:os').Worker)('x')", AdviceKind::ThreadsUnavailable),
        ("require('worker_threads')", AdviceKind::ThreadsUnavailable),
        ("require('child_process').execSync('ls')", AdviceKind::SubprocessUnavailable),
        ("import { exec } from 'node:child_process'", AdviceKind::SubprocessUnavailable),
        ("std.popen('ls', 'r')", AdviceKind::SubprocessUnavailable),
        ("require('lodash')", AdviceKind::MissingPackage),
        ("import _ from 'lodash'", AdviceKind::MissingPackage),
    ] {
        only(&run(code), kind);
    }
    assert!(only(&run("require('lodash')"), AdviceKind::MissingPackage).message.contains("`lodash`"));
}

#[test]
fn paths_outside_say_where_files_belong() {
    for path in ["/etc/passwd", "/usr/x", "../../etc/passwd"] {
        let result = run(format!("require('fs').readFileSync('{path}')"));
        assert!(only(&result, AdviceKind::PathOutside).message.contains("/app"));
    }
    assert_eq!(run("require('fs').readFileSync('missing.txt')").advice, []);
}
