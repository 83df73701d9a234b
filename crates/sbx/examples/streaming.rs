//! Output while it is produced, and a program that is cancelled from outside.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sbx::{CancellationToken, Ending, OutputSink, OutputStream, Program, RuntimeType, create_sandbox};

/// Shows what comes, and cancels the program after its third line.
struct Watcher {
    cancel: CancellationToken,
    n_lines: AtomicUsize,
}

impl OutputSink for Watcher {
    fn write(&self, stream: OutputStream, bytes: &[u8]) {
        let n_new = bytes.iter().filter(|byte| **byte == b'\n').count();
        let n_lines = self.n_lines.fetch_add(n_new, Ordering::Relaxed) + n_new;
        println!("{stream:?}: {}", String::from_utf8_lossy(bytes).trim_end());
        if n_lines >= 3 {
            self.cancel.cancel();
        }
    }
}

fn main() -> anyhow::Result<()> {
    let code = "import time\nfor n in range(1_000_000):\n    print('tick', n)\n    time.sleep(0.05)";
    let cancel = CancellationToken::new();
    let watcher = Arc::new(Watcher { cancel: cancel.clone(), n_lines: AtomicUsize::new(0) });
    let program = Program::new(code).with_cancel(cancel).with_sink(watcher);
    let result = create_sandbox(RuntimeType::Python)?.execute(program)?;
    println!("ended as {} after {:.0} ms", result.ending, result.duration_ms);
    anyhow::ensure!(result.ending == Ending::Cancelled);
    anyhow::ensure!(result.stdout == "tick 0\ntick 1\ntick 2\n", "{:?}", result.stdout);
    Ok(())
}
