//! Source text and how to run it, whatever its language.

use std::sync::Arc;

use sbx_host::{CancellationToken, OutputSink};

/// Source text and how to run it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Program {
    /// The source.
    pub code: String,
    /// Its file name in tracebacks and stacks. Default `<string>`. Where a language has several kinds of source, the name
    /// says which: JavaScript in `a.mjs` is a module, in `a.cjs` a script.
    pub name: String,
    /// What `__file__` or `__filename` says, if anything.
    pub main_file: Option<String>,
    /// The program's arguments: all of `sys.argv`, what follows the first element of `process.argv`. Default the policy's,
    /// else `[name]`.
    pub argv: Option<Vec<String>>,
    /// What the program reads from its standard input. Default nothing.
    pub stdin: Arc<[u8]>,
    /// Ends the run from outside.
    pub cancel: Option<CancellationToken>,
    /// Sees output while it is produced, line by line.
    pub sink: Option<Arc<dyn OutputSink>>,
    /// Prints the value of the last expression, as a console does, instead of keeping it in the result.
    pub echo: bool,
    /// How figures that it leaves open are drawn into its results, where the language has figures. Default PNG.
    pub figures: Figures,
    /// Runs at its end what it registered for that (`atexit`, `process.on('exit')`): for the last program of an
    /// interpreter.
    pub at_exit: bool,
}

impl Program {
    /// A program called `<string>`.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: "<string>".to_owned(),
            main_file: None,
            argv: None,
            stdin: Arc::default(),
            cancel: None,
            sink: None,
            echo: false,
            figures: Figures::Png,
            at_exit: false,
        }
    }

    /// The same program under another name.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same program with a `__file__`.
    #[must_use]
    pub fn with_main_file(mut self, path: impl Into<String>) -> Self {
        self.main_file = Some(path.into());
        self
    }

    /// The same program with arguments; the first is its own name.
    #[must_use]
    pub fn with_argv(mut self, argv: Vec<String>) -> Self {
        self.argv = Some(argv);
        self
    }

    /// The same program with something to read.
    #[must_use]
    pub fn with_stdin(mut self, stdin: impl Into<Arc<[u8]>>) -> Self {
        self.stdin = stdin.into();
        self
    }

    /// The same program with a way to end it from outside.
    #[must_use]
    pub fn with_cancel(mut self, cancel: CancellationToken) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// The same program with someone who sees its output.
    #[must_use]
    pub fn with_sink(mut self, sink: Arc<dyn OutputSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// The same program in a console.
    #[must_use]
    pub fn with_echo(mut self) -> Self {
        self.echo = true;
        self
    }

    /// The same program with its figures in another form.
    #[must_use]
    pub fn with_figures(mut self, figures: Figures) -> Self {
        self.figures = figures;
        self
    }

    /// The extension of its name, without the dot.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.name.rsplit_once('.').map(|(_, extension)| extension)
    }
}

/// How open figures are drawn at the end of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Figures {
    /// As `image/png`.
    #[default]
    Png,
    /// As `image/svg+xml`.
    Svg,
    /// Not at all: they stay open, for a later program of the same interpreter.
    None,
}

impl Figures {
    /// The stable word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::None => "none",
        }
    }
}

impl From<&str> for Program {
    fn from(code: &str) -> Self {
        Self::new(code)
    }
}

impl From<String> for Program {
    fn from(code: String) -> Self {
        Self::new(code)
    }
}
