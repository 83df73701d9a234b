//! `sbx run`: one program, its output as it comes, its exit code as ours.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use anyhow::Context as _;
use sbx::{
    CancellationToken, Ending, OutputSink, OutputStream, Program, Runtimes, Sandbox, SandboxBuilder,
    SandboxResult,
};

use crate::{
    config::{Report, RunConfig, SandboxConfig},
    console,
    failure::{Failure, Outcome},
    interrupt::Interrupts,
};

/// Runs the program.
pub(crate) fn run(config: RunConfig, cache: Option<&Path>) -> Outcome {
    let mut sandbox = open(&config.sandbox, &Runtimes::load(cache)?, false)?;
    let interrupts = Interrupts::install()?;
    let cancel = interrupts.arm();
    let mut program =
        Program::new(config.code).with_name(config.name).with_stdin(config.stdin).with_cancel(cancel.clone());
    program.argv = config.argv;
    if let Some(name) = config.file_name {
        program.main_file = Some(format!("{}/{name}", sandbox.policy().guest_mount_path));
    }
    let result = if config.report == Report::Json {
        sandbox.execute(program)?
    } else {
        let output = LiveOutput::start(cancel).map_err(Failure::Broken)?;
        let result = sandbox.execute(program.with_sink(output.sink()))?;
        output.finish()?;
        result
    };
    interrupts.disarm();
    keep_changes(&sandbox, &result, config.sandbox.workspace.as_deref())?;
    match config.report {
        Report::Json => {
            let json = serde_json::to_string(&result).context("the result cannot be written as JSON");
            console::print(&json.map_err(Failure::Broken)?)?;
        }
        Report::Live => {
            tell(&result);
            if let Some(logs) = result.metadata.get("logs") {
                console::remark(&format!("logs are in {logs}"));
            }
        }
        Report::Quiet => {}
    }
    Ok(ExitCode::from(result.exit_code))
}

/// The sandbox, with the workspace's files in it.
pub(crate) fn open(config: &SandboxConfig, runtimes: &Runtimes, persists: bool) -> Outcome<Sandbox> {
    let mut sandbox = SandboxBuilder::new(config.runtime)
        .runtimes(runtimes.clone())
        .policy(config.policy.clone())
        .image(&config.image)
        .auto_persist_globals(persists)
        .build()?;
    if let Some(dir) = &config.workspace {
        sandbox
            .import_dir(dir)
            .with_context(|| format!("cannot copy {} into the sandbox", dir.display()))
            .map_err(Failure::Usage)?;
    }
    Ok(sandbox)
}

/// Brings what the program did to the workspace back to its folder.
pub(crate) fn keep_changes(
    sandbox: &Sandbox,
    result: &SandboxResult,
    workspace: Option<&Path>,
) -> Outcome<()> {
    let Some(dir) = workspace else { return Ok(()) };
    sandbox
        .export_changes(result, dir)
        .with_context(|| format!("cannot copy the program's files back to {}", dir.display()))
        .map_err(Failure::Broken)
}

/// Says how the program ended, unless it did well or has said so itself.
pub(crate) fn tell(result: &SandboxResult) {
    let advice = result.advice.iter().map(|advice| advice.message.as_str());
    let ended = match result.ending {
        Ending::FuelExhausted => Some("out of fuel"),
        Ending::Timeout => Some("time limit"),
        Ending::MemoryExhausted => Some("out of memory"),
        Ending::StackOverflow => Some("stack overflow"),
        Ending::Trap => Some("the interpreter was broken or aborted"),
        Ending::Cancelled => Some("interrupted"),
        // A traceback or the program's own words are on stderr already.
        Ending::Ok | Ending::Exception | Ending::Exit | _ => None,
    };
    let mut line = ended.map(|ended| format!("{ended}.")).into_iter().collect::<Vec<_>>();
    line.extend(advice.map(str::to_owned));
    if line.is_empty() {
        return;
    }
    // On a terminal, or in one file, both streams are one text: begin a line of our own.
    let last = if result.stderr.is_empty() { &result.stdout } else { &result.stderr };
    if !last.is_empty() && !last.ends_with('\n') {
        console::say("");
    }
    console::remark(&line.join(" "));
}

/// Passes output on while it is produced, to the byte and in order.
///
/// On a thread of its own: a reader who takes his time must not use up the program's. What waits here is bounded by the
/// policy's output limits.
pub(crate) struct LiveOutput {
    sink: Arc<Sender>,
    writer: JoinHandle<io::Result<()>>,
}

struct Sender {
    /// Taken out when the program is done, so that the writer ends.
    pieces: Mutex<Option<mpsc::Sender<Piece>>>,
}

/// What was written in one go.
struct Piece {
    stream: OutputStream,
    bytes: Vec<u8>,
}

impl LiveOutput {
    /// Starts the writer. It cancels the run when nobody reads its output any more.
    pub(crate) fn start(cancel: CancellationToken) -> anyhow::Result<Self> {
        let (sender, pieces) = mpsc::channel();
        let writer = thread::Builder::new().name("sbx-output".to_owned());
        let write = move || {
            for Piece { stream, bytes } in pieces {
                match stream {
                    OutputStream::Stderr => {
                        // Who closed stderr does not want to hear; the result has it all the same.
                        io::stderr().write_all(&bytes).ok();
                    }
                    OutputStream::Stdout | _ => {
                        let mut stdout = io::stdout().lock();
                        stdout
                            .write_all(&bytes)
                            .and_then(|()| stdout.flush())
                            .inspect_err(|_error| cancel.cancel())?;
                    }
                }
            }
            Ok(())
        };
        let writer = writer.spawn(write).context("cannot start a thread")?;
        Ok(Self { sink: Arc::new(Sender { pieces: Mutex::new(Some(sender)) }), writer })
    }

    /// What the program gets.
    pub(crate) fn sink(&self) -> Arc<dyn OutputSink> {
        Arc::clone(&self.sink) as Arc<dyn OutputSink>
    }

    /// Waits until everything is written.
    pub(crate) fn finish(self) -> Outcome<()> {
        drop(self.sink.pieces.lock().unwrap_or_else(PoisonError::into_inner).take());
        match self.writer.join() {
            Ok(written) => written.map_err(Failure::of_output),
            Err(_panic) => Err(Failure::Broken(anyhow::Error::msg("the thread that writes output panicked"))),
        }
    }
}

impl OutputSink for Sender {
    fn write(&self, stream: OutputStream, bytes: &[u8]) {
        if let Some(pieces) = &*self.pieces.lock().unwrap_or_else(PoisonError::into_inner) {
            // The writer is gone only after an error, which `finish` returns.
            pieces.send(Piece { stream, bytes: bytes.to_vec() }).ok();
        }
    }
}
