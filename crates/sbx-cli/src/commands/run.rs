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
    CancellationToken, Durability, Ending, GuestPath, OutputSink, OutputStream, Program, Runtimes,
    SandboxResult,
};

use crate::{
    commands::{figures, place::Place},
    config::{ProgramConfig, Report, RunConfig},
    console,
    failure::{Failure, Outcome},
    interrupt::Interrupts,
};

/// Runs the program.
pub(crate) fn run(config: RunConfig, cache: Option<&Path>) -> Outcome {
    let runtimes = Runtimes::load(cache)?;
    let RunConfig { sandbox, session, fresh, program, report } = config;
    let persists = session.is_some() && !fresh;
    // What one program did is stored once, when the session is closed.
    let durability = Durability::OnIdle;
    let mut place = Place::open(&sandbox, session.as_ref(), &runtimes, persists, durability)?;
    let workspace = &sandbox.policy.guest_mount_path;
    let save_figures = program.figures.save_figures.clone();
    let mut result = execute(program, workspace, report, |program| place.execute(program))?;
    place.keep_changes(&result, &sandbox)?;
    let closed = place.close();
    if let Err(Failure::Busy(error) | Failure::Broken(error) | Failure::Usage(error)) = &closed {
        result.metadata.insert("unsaved".to_owned(), format!("{error:#}"));
    }
    show(&result, report)?;
    if let Some(folder) = save_figures {
        figures::save(&result, &folder, report == Report::Live)?;
    }
    closed?;
    Ok(ExitCode::from(result.exit_code))
}

/// Runs a program with `run`, passing its output on while it is produced unless there will be a report as JSON. Ctrl-C
/// ends it.
pub(crate) fn execute(
    config: ProgramConfig,
    workspace: &GuestPath,
    report: Report,
    run: impl FnOnce(Program) -> Outcome<SandboxResult>,
) -> Outcome<SandboxResult> {
    let interrupts = Interrupts::install()?;
    let cancel = interrupts.arm();
    let mut program =
        Program::new(config.code).with_name(config.name).with_stdin(config.stdin).with_cancel(cancel.clone());
    program.figures = config.figures.figures;
    program.argv = config.argv;
    program.main_file = config.file_name.map(|name| format!("{workspace}/{name}"));
    let result = if report == Report::Json {
        run(program)?
    } else {
        let output = LiveOutput::start(cancel).map_err(Failure::Broken)?;
        let result = run(program.with_sink(output.sink()))?;
        output.finish()?;
        result
    };
    interrupts.disarm();
    Ok(result)
}

/// Shows the result as far as its output was not it.
pub(crate) fn show(result: &SandboxResult, report: Report) -> Outcome<()> {
    match report {
        Report::Json => {
            let json = serde_json::to_string(&result).context("the result cannot be written as JSON");
            console::print(&json.map_err(Failure::Broken)?)?;
        }
        Report::Live => {
            tell(result);
            if let (Some(id), true) = (&result.session_id, result.metadata.contains_key("rolled_back")) {
                console::remark(&format!("session {id:?} is as it was before this turn"));
            }
            if let Some(logs) = result.metadata.get("logs") {
                let folder = sbx::default_log_dir()?.join(logs);
                console::remark(&format!("logs are in {}", folder.display()));
            }
        }
        Report::Quiet => {}
    }
    Ok(())
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
