//! What each ending looks like: one program for every way in which a run can stop.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::{thread, time::Duration};

use sbx::{CancellationToken, Ending, ExecutionPolicy, Program, RuntimeType, SandboxBuilder};

const PROGRAMS: [(Ending, &str); 9] = [
    (Ending::Ok, "print('fine')"),
    (Ending::Exception, "1 / 0"),
    (Ending::Exit, "import sys; sys.exit(3)"),
    (Ending::FuelExhausted, "n = 0\nwhile True:\n    n += 1"),
    (Ending::Timeout, "import time; time.sleep(1e9)"),
    (Ending::MemoryExhausted, "hoard = []\nwhile True:\n    hoard.append(bytearray(10_000_000))"),
    (Ending::StackOverflow, "nested = ()\nfor _ in range(100_000):\n    nested = (nested,)\nhash(nested)"),
    (Ending::Trap, "import os; os.abort()"),
    (Ending::Cancelled, "print('waiting'); import time; time.sleep(1e9)"),
];

fn main() -> anyhow::Result<()> {
    for (expected, code) in PROGRAMS {
        let policy = ExecutionPolicy::default()
            .with_fuel_budget(1_000_000_000)
            .with_memory_bytes(64_000_000)
            .with_timeout_seconds(if expected == Ending::Timeout { 0.5 } else { 20.0 });
        let mut sandbox = SandboxBuilder::new(RuntimeType::Python).policy(policy).build()?;
        let cancel = CancellationToken::new();
        if expected == Ending::Cancelled {
            let cancel = cancel.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(200));
                cancel.cancel();
            });
        }
        let result = sandbox.execute(Program::new(code).with_cancel(cancel))?;
        println!(
            "{:<17} exit code {:>3}  {:>13} fuel  {:>7.1} ms",
            result.ending.as_str(),
            result.exit_code,
            result.fuel_consumed,
            result.duration_ms
        );
        for advice in &result.advice {
            println!("  {}", advice.message);
        }
        anyhow::ensure!(result.ending == expected, "expected {expected}, but it was {}", result.ending);
    }
    Ok(())
}
