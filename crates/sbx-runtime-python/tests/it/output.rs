//! Output: everything that programs print, however they do it, up to its limit.

use std::sync::{Arc, Mutex};

use sbx_core::{Ending, ExecutionPolicy};
use sbx_host::{OutputSink, OutputStream};
use sbx_runtime_python::Program;

use crate::lab::{PLAIN, open, policy, prints, run, run_data, run_with, turn};

fn with_output(stdout: u64, stderr: u64) -> ExecutionPolicy {
    let mut policy = policy();
    policy.stdout_max_bytes = stdout;
    policy.stderr_max_bytes = stderr;
    policy
}

/// Bytes of memory that this process holds.
#[cfg(target_os = "linux")]
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[cfg(target_os = "linux")]
#[test]
fn a_gigabyte_of_output_leaves_host_memory_flat_and_the_program_succeeds() {
    let _held = crate::lab::busy();
    let before = resident_bytes();
    // Written 100 kB at a time, 10,000 times; the first character moves all later ones off even offsets.
    let code = "import sys\nsys.stdout.write('a')\nx = 'ñ' * 50_000\nfor _ in range(10_000): sys.stdout.write(x)\nprint(file=sys.stderr, end='done')";
    let result = run_with(with_output(2_000_000, 100).with_fuel_budget(100_000_000_000), code);
    let grown = resident_bytes().saturating_sub(before);
    assert_eq!((result.ending, result.stderr.as_str()), (Ending::Ok, "done"));
    assert!(result.success && result.stdout_truncated && !result.stderr_truncated);
    assert_eq!(result.stdout.len(), 1_999_999, "cut before the character that the limit splits");
    assert!(result.stdout.ends_with('ñ') && !result.stdout.contains('\u{fffd}'));
    // Other tests run meanwhile; that is what most of the allowance is for.
    assert!(grown < 500 << 20, "the host grew by {} MiB", grown >> 20);
}

#[test]
fn output_past_every_layer_is_captured() {
    assert_eq!(prints("import os\n_ = os.write(1, b'raw\\n')"), "raw\n");
    assert_eq!(prints("import sys\n_ = sys.stdout.buffer.write(b'bytes\\n')"), "bytes\n");
    assert_eq!(prints("import os\nos.close(1)\nprint('closed')"), "closed\n");
    assert_eq!(prints("import sys\nsys.stdout.close()\nimport os\n_ = os.write(1, b'x')"), "x");
    assert_eq!(prints("with open(1, 'w', closefd=False) as f: f.write('again\\n')"), "again\n");
    assert_eq!(prints("import os\nwith os.fdopen(1, 'w') as f: f.write('and closed')\n"), "and closed");
    assert_eq!(
        prints(
            "import io, sys\nsys.stdout = io.StringIO()\nprint('hidden')\nsys.stdout = sys.__stdout__\nprint('seen')"
        ),
        "seen\n"
    );
    let stderr = run("import faulthandler, sys\nfaulthandler.dump_traceback(file=sys.stderr)").stderr;
    assert!(stderr.contains("<string>"), "written in C: {stderr}");
    let from_c = run_data(
        "import numpy
print(numpy.arange(3))",
    );
    assert_eq!(
        (from_c.ending, from_c.stdout.as_str()),
        (
            Ending::Ok,
            "[0 1 2]
"
        ),
        "{}",
        from_c.stderr
    );
}

#[test]
fn output_stays_in_order() {
    let code = "import os, sys\nprint('1')\nsys.stdout.flush()\nos.write(1, b'2\\n')\nprint('3', flush=True)\n_ = sys.stdout.buffer.write(b'4\\n')";
    assert_eq!(prints(code), "1\n2\n3\n4\n");
}

#[test]
fn what_is_no_text_is_replaced() {
    assert_eq!(prints("import sys\n_ = sys.stdout.buffer.write(b'a\\xffb')"), "a\u{fffd}b");
    assert_eq!(prints("print('\\udcff', end='')"), "\u{fffd}");
}

#[test]
fn a_program_that_is_cut_off_keeps_every_whole_line() {
    let code = "print('one')\nprint('two')\nprint('half', end='')\nwhile True: pass";
    let result = run_with(policy().with_timeout_seconds(0.1), code);
    assert_eq!((result.ending, result.stdout.as_str()), (Ending::Timeout, "one\ntwo\n"));
    let result = run_with(policy().with_fuel_budget(100_000_000), code);
    assert_eq!((result.ending, result.stdout.as_str()), (Ending::FuelExhausted, "one\ntwo\n"));
}

#[derive(Default)]
struct Collect(Mutex<Vec<(OutputStream, String)>>);

impl OutputSink for Collect {
    fn write(&self, stream: OutputStream, bytes: &[u8]) {
        self.0.lock().unwrap().push((stream, String::from_utf8_lossy(bytes).into_owned()));
    }
}

#[test]
fn a_sink_sees_each_line_when_it_ends() {
    let seen = Arc::new(Collect::default());
    let sink: Arc<dyn OutputSink> = Arc::<Collect>::clone(&seen);
    let code = "import sys\nprint('one')\nprint('two', end='')\nprint(' and a half')\nprint('oh', file=sys.stderr)\nprint('three')";
    let mut interpreter = open(PLAIN, policy());
    let result = turn(&mut interpreter, Program::new(code).with_sink(sink));
    assert_eq!(result.stdout, "one\ntwo and a half\nthree\n", "the result has it too");
    let seen = std::mem::take(&mut *seen.0.lock().unwrap());
    let texts: Vec<_> = seen.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts.concat(), "one\ntwo and a half\noh\nthree\n");
    assert_eq!(seen[0], (OutputStream::Stdout, "one\n".to_owned()));
    assert!(seen.contains(&(OutputStream::Stderr, "oh\n".to_owned())), "{seen:?}");
    let quiet = turn(&mut interpreter, "print('no sink any more')");
    assert_eq!(quiet.stdout, "no sink any more\n");
}
