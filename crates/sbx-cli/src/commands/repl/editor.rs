//! Reads inputs from a terminal, over several lines where Python wants more, with a history.

use std::path::PathBuf;

use anyhow::Context as _;
use rustyline::{
    Config, Context, Helper, Result,
    completion::Completer,
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::DefaultHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};

use crate::{
    commands::repl::complete::Completeness,
    failure::{Failure, Outcome},
};

/// What the person did.
pub(crate) enum Input {
    /// Entered this.
    Text(String),
    /// Gave it up with Ctrl-C.
    Abandoned,
    /// Left with Ctrl-D.
    End,
}

/// A line editor that knows when Python wants more lines.
pub(crate) struct Editor {
    lines: rustyline::Editor<Python, DefaultHistory>,
    history: Option<PathBuf>,
}

impl Editor {
    /// An editor that keeps its history in this file, readable by the user alone.
    pub(crate) fn new(completeness: Completeness, history: Option<PathBuf>) -> Outcome<Self> {
        let config =
            Config::builder().auto_add_history(true).max_history_size(10_000).map(|config| config.build());
        let open = || {
            let mut lines = rustyline::Editor::with_config(config?)?;
            lines.set_helper(Some(Python(completeness)));
            Ok::<_, ReadlineError>(lines)
        };
        let mut lines = open().context("cannot use the terminal").map_err(Failure::Broken)?;
        if let Some(path) = &history {
            // There is none before the first time.
            lines.load_history(path).ok();
        }
        Ok(Self { lines, history })
    }

    /// The next input.
    pub(crate) fn read(&mut self) -> Outcome<Input> {
        let read = self.lines.readline(">>> ");
        if let (Ok(_), Some(path)) = (&read, &self.history) {
            // A history that cannot be kept is not worth an error after every line.
            self.lines.append_history(path).ok();
        }
        match read {
            Ok(text) => Ok(Input::Text(text)),
            Err(ReadlineError::Interrupted) => Ok(Input::Abandoned),
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(error) => {
                Err(Failure::Broken(anyhow::Error::new(error).context("cannot read from the terminal")))
            }
        }
    }
}

struct Python(Completeness);

impl Validator for Python {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let is_complete = self.0.is_complete(context.input());
        Ok(if is_complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Python {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, context: &Context<'_>) -> Result<(usize, Vec<String>)> {
        let _unused = (line, context);
        Ok((at, Vec::new()))
    }
}

impl Hinter for Python {
    type Hint = String;
}

impl Highlighter for Python {}

impl Helper for Python {}
