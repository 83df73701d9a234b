//! Programs that try to take the machine down or to get out, each with what has to happen to it.

use anyhow::ensure;
use sbx::{AdviceKind, Ending, ExecutionPolicy, RuntimeType, Runtimes, SandboxBuilder, SandboxResult};

use crate::show::{Summary, usage};

struct Attack {
    name: &'static str,
    code: &'static str,
    /// What has to come of it.
    expected: Expected,
}

enum Expected {
    /// Cut off.
    Ending(Ending),
    /// An exception inside the program, for this reason.
    Refused(AdviceKind),
    /// It goes on, and its output is dropped.
    Dropped,
}

use Expected::{Dropped, Refused};

const ATTACKS: [Attack; 9] = [
    Attack {
        name: "endless loop, 1 s allowed",
        code: "while True: pass",
        expected: Expected::Ending(Ending::Timeout),
    },
    Attack {
        name: "sleeping for 30 years",
        code: "import time; time.sleep(1e9)",
        expected: Expected::Ending(Ending::Timeout),
    },
    Attack { name: "fuel bomb", code: "10 ** 10 ** 10", expected: Expected::Ending(Ending::FuelExhausted) },
    Attack {
        name: "memory bomb",
        code: "hoard = []\nwhile True:\n    hoard.append(bytearray(10_000_000))",
        expected: Expected::Ending(Ending::MemoryExhausted),
    },
    Attack {
        name: "100 MB of output",
        code: "for _ in range(100): print('x' * 1_000_000)",
        expected: Dropped,
    },
    Attack {
        name: "fork bomb",
        code: "import os\nwhile True: os.fork()",
        expected: Refused(AdviceKind::SubprocessUnavailable),
    },
    Attack {
        name: "calling home",
        code: "import urllib.request\nurllib.request.urlopen('http://example.com')",
        expected: Refused(AdviceKind::NetworkUnavailable),
    },
    Attack {
        name: "reading /etc/passwd",
        code: "print(open('/etc/passwd').read())",
        expected: Refused(AdviceKind::PathOutside),
    },
    Attack {
        name: "endless recursion",
        code: "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(n): return f(n + 1)\nf(0)",
        expected: Expected::Ending(Ending::StackOverflow),
    },
];

/// Runs each in a sandbox of its own.
pub(crate) fn run(runtimes: &Runtimes, summary: &mut Summary) -> anyhow::Result<()> {
    for attack in &ATTACKS {
        let mut policy = ExecutionPolicy::default();
        if attack.expected.is_timeout() {
            // More fuel than any machine burns in that time.
            policy = policy.with_timeout_seconds(1.0).with_fuel_budget(1_000_000_000_000);
        }
        let builder = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).policy(policy);
        let result = builder.build()?.execute(attack.code)?;
        let what = attack.expected.met_by(&result);
        println!("{:<27} {:<18} {}", attack.name, what.as_deref().unwrap_or("NOT STOPPED"), usage(&result));
        ensure!(what.is_some(), "{} ended as {}: {:?}", attack.name, result.ending, result.error);
        summary.add(attack.name, what.as_deref().unwrap_or_default(), &result);
    }
    Ok(())
}

impl Expected {
    fn is_timeout(&self) -> bool {
        matches!(self, Self::Ending(Ending::Timeout))
    }

    /// What happened, if it is what had to.
    fn met_by(&self, result: &SandboxResult) -> Option<String> {
        match self {
            Self::Ending(ending) => (result.ending == *ending).then(|| ending.to_string()),
            Self::Refused(reason) => {
                let is_refused = result.ending == Ending::Exception
                    && result.advice.iter().any(|advice| advice.kind == *reason);
                result.error.as_ref().filter(|_| is_refused).map(|error| error.kind.clone())
            }
            Self::Dropped => {
                let is_cut = result.success && result.stdout_truncated && result.stdout.len() <= 2_000_000;
                is_cut.then(|| "output cut".to_owned())
            }
        }
    }
}
