//! What a result suggests.

use sbx_core::{Advice, AdviceKind, SandboxResult};

use crate::lab::run;

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
        ("require('underscore')", AdviceKind::MissingPackage),
        ("import _ from 'underscore'", AdviceKind::MissingPackage),
    ] {
        only(&run(code), kind);
    }
    assert!(only(&run("require('underscore')"), AdviceKind::MissingPackage).message.contains("`lodash`"));
}

#[test]
fn paths_outside_say_where_files_belong() {
    for path in ["/etc/passwd", "/usr/x", "../../etc/passwd"] {
        let result = run(format!("require('fs').readFileSync('{path}')"));
        assert!(only(&result, AdviceKind::PathOutside).message.contains("/app"));
    }
    let missing = run("require('fs').readFileSync('missing.txt')");
    assert!(only(&missing, AdviceKind::FileNotFound).message.contains("`missing.txt`"));
}
