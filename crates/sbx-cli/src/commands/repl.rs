//! `sbx repl`: a console whose interpreter remembers, on a terminal or fed by a pipe.
//!
//! One input is one run: it has the whole policy's fuel and time. Whether an input is complete is asked of the language
//! itself, inside a second sandbox, so the host parses nothing.

mod editor;
mod complete;
mod session;

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    path::Path,
    process::ExitCode,
};

use sbx::{Cache, Durability, Ending, Program, RuntimeType, Runtimes, SandboxBuilder, SandboxResult};

use crate::{
    args::FigureArgs,
    commands::{
        figures,
        place::Place,
        run::{LiveOutput, tell},
    },
    config::{ReplConfig, SandboxConfig},
    console,
    failure::{Failure, Outcome},
    interrupt::Interrupts,
};
use complete::Completeness;
use editor::{Editor, Input};

const HELP: &str = "\
:help    this list
:files   the files of the workspace
:reset   a fresh interpreter; files stay
:quit    leave, as Ctrl-D does
Ctrl-C cancels what runs; an input that is cut off takes all variables with it.";

/// Reads, runs and prints until the input ends.
pub(crate) fn repl(config: ReplConfig, cache: Option<&Path>) -> Outcome {
    let runtimes = Runtimes::load(cache)?;
    let ReplConfig { sandbox, session, figures } = config;
    let checker = Completeness::new(&sandbox, &runtimes)?;
    let mut console = Console {
        place: Place::open(&sandbox, session.as_ref(), &runtimes, true, Durability::PerTurn)?,
        runtimes,
        interrupts: Interrupts::install()?,
        n_inputs: 0,
        config: &sandbox,
        figures: &figures,
    };
    let ended =
        if io::stdin().is_terminal() { console.interactive(checker, cache) } else { console.piped(&checker) };
    console.place.close()?;
    ended
}

/// The language's own name.
fn language(runtime: RuntimeType) -> &'static str {
    match runtime {
        RuntimeType::JavaScript => "JavaScript",
        RuntimeType::TypeScript => "TypeScript",
        RuntimeType::Python | _ => "Python",
    }
}

struct Console<'a> {
    place: Place,
    runtimes: Runtimes,
    interrupts: Interrupts,
    n_inputs: u64,
    config: &'a SandboxConfig,
    figures: &'a FigureArgs,
}

impl Console<'_> {
    fn interactive(&mut self, checker: Completeness, cache: Option<&Path>) -> Outcome {
        let begin = match self.place.session() {
            Some(session) => format!("session {:?}", session.id()),
            None => format!("image {}", self.config.image),
        };
        let language = language(self.config.runtime);
        console::say(&format!("{language} in a sandbox, {begin}; :help lists commands, Ctrl-D leaves"));
        // Without a place for it there is no history, which is no reason to have no console.
        let history = Cache::locate(cache).ok().map(|root| root.join("repl-history"));
        let mut editor = Editor::new(checker, history)?;
        loop {
            match editor.read()? {
                Input::Text(text) => {
                    if let Some(code) = self.take(&text)? {
                        return Ok(code);
                    }
                }
                Input::Abandoned => console::say("KeyboardInterrupt"),
                Input::End => return Ok(ExitCode::SUCCESS),
            }
        }
    }

    /// As the console of Python does it: lines are collected until they make an input.
    fn piped(&mut self, checker: &Completeness) -> Outcome {
        let mut pending = String::new();
        let mut lines = io::stdin().lock().lines();
        loop {
            let Some(line) = lines.next() else {
                return Ok(self.take(&pending)?.unwrap_or(ExitCode::SUCCESS));
            };
            let line = line.map_err(|error| {
                if error.kind() == io::ErrorKind::InvalidData {
                    return Failure::usage("standard input is not UTF-8");
                }
                Failure::Broken(anyhow::Error::new(error).context("cannot read standard input"))
            })?;
            pending.push_str(&line);
            if checker.is_complete(&pending) {
                if let Some(code) = self.take(&pending)? {
                    return Ok(code);
                }
                pending.clear();
            } else {
                pending.push('\n');
            }
        }
    }

    /// Runs an input or a command; a code if the console is to end with it.
    fn take(&mut self, text: &str) -> Outcome<Option<ExitCode>> {
        match text.trim() {
            "" => {}
            ":quit" | ":q" | ":exit" => return Ok(Some(ExitCode::SUCCESS)),
            ":help" if self.place.session().is_some() => console::say(session::HELP),
            ":help" => console::say(HELP),
            ":files" => self.list_files()?,
            command if command.starts_with(':') => self.command(command)?,
            _ => return self.run(text),
        }
        Ok(None)
    }

    fn command(&mut self, command: &str) -> Outcome<()> {
        let done = match &mut self.place {
            Place::Session(session) => session::command(session, command)?,
            Place::Sandbox(sandbox) if command == ":reset" => {
                // The same files and a fresh interpreter.
                let builder = SandboxBuilder::new(self.config.runtime)
                    .runtimes(self.runtimes.clone())
                    .policy(self.config.policy.clone())
                    .image(&self.config.image)
                    .files(sandbox.files())
                    .auto_persist_globals(true);
                **sandbox = builder.build()?;
                console::say("fresh interpreter");
                true
            }
            Place::Sandbox(_) => false,
        };
        if !done {
            console::say(&format!("there is no command {command}; :help lists them"));
        }
        Ok(())
    }

    fn run(&mut self, code: &str) -> Outcome<Option<ExitCode>> {
        self.n_inputs += 1;
        let cancel = self.interrupts.arm();
        let output = LiveOutput::start(cancel.clone()).map_err(Failure::Broken)?;
        let program = Program::new(code)
            .with_name(format!("<input-{}>", self.n_inputs))
            .with_cancel(cancel)
            .with_sink(output.sink())
            .with_figures(self.figures.figures)
            .with_echo();
        let executed = self.place.execute(program);
        self.interrupts.disarm();
        output.finish()?;
        let result = match executed {
            // The session is safe where it is kept: the next input can have better luck.
            Err(Failure::Busy(error) | Failure::Broken(error)) if self.place.session().is_some() => {
                console::complain(&error);
                return Ok(None);
            }
            executed => executed?,
        };
        self.place.keep_changes(&result, self.config)?;
        tell(&result);
        self.keep_figures(&result)?;
        if result.metadata.contains_key("rolled_back") {
            console::remark(match self.place {
                Place::Session(_) => "variables and files are as they were before this input",
                Place::Sandbox(_) => {
                    "the interpreter is fresh, and the files are as they were before this input"
                }
            });
        }
        Ok((result.ending == Ending::Exit).then(|| ExitCode::from(result.exit_code)))
    }

    fn keep_figures(&self, result: &SandboxResult) -> Outcome<()> {
        match &self.figures.save_figures {
            Some(folder) => figures::save(result, folder, true)?,
            None if figures::count(result) > 0 => {
                console::remark("a figure was drawn; `sbx repl --save-figures DIR` keeps such");
            }
            None => {}
        }
        Ok(())
    }

    fn list_files(&self) -> Outcome<()> {
        let paths = self.place.list_files()?;
        if paths.is_empty() {
            console::say(&format!("{} is empty", self.config.policy.guest_mount_path));
        }
        paths.iter().try_for_each(|path| console::print(&console::one_line(path.as_str())))
    }
}
