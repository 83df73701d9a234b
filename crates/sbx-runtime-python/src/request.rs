//! What is asked of the interpreter: `guest/README.md` is the protocol.

use std::{collections::BTreeMap, sync::Arc};

use sbx_host::{CancellationToken, OutputSink};
use serde::Serialize;

/// Starts a request; no Python program can begin with it.
const MAGIC: u8 = 1;

/// Source text and how to run it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Program {
    /// The source.
    pub code: String,
    /// Its file name in tracebacks. Default `<string>`.
    pub name: String,
    /// What `__file__` says, if anything.
    pub main_file: Option<String>,
    /// `sys.argv`; the policy's, else `[name]`.
    pub argv: Option<Vec<String>>,
    /// What the program reads from its standard input. Default nothing.
    pub stdin: Arc<[u8]>,
    /// Ends the run from outside.
    pub cancel: Option<CancellationToken>,
    /// Sees output while it is produced; standard output then comes line by line.
    pub sink: Option<Arc<dyn OutputSink>>,
    /// Prints the value of the last expression, as a console does, instead of keeping it in the result.
    pub echo: bool,
    /// Runs at its end what it registered with `atexit`: for the last program of an interpreter.
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

/// A request's header; what is absent keeps its value in the guest.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Request<'a> {
    /// Runs a program.
    Run(RunHeader<'a>),
    /// Compiles and reports, runs nothing.
    Validate { name: &'a str },
    /// Runs set-up code while an image is built.
    Warm { name: &'a str },
    /// Ends the building of an image.
    Seal {
        /// Whether the names in `__main__` stay.
        #[serde(skip_serializing_if = "is_false")]
        keep: bool,
    },
}

#[derive(Debug, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the switches of the guest's `run`, one member each")]
pub(crate) struct RunHeader<'a> {
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) argv: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) env: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cwd: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) stdin: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) echo: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) line_buffered: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) at_exit: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Request<'_> {
    /// The bytes of the turn: `[MAGIC][header: one line of JSON]\n[code]`.
    pub(crate) fn encode(&self, code: &str) -> serde_json::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(code.len() + 256);
        bytes.push(MAGIC);
        serde_json::to_writer(&mut bytes, self)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(code.as_bytes());
        Ok(bytes)
    }
}

/// The turn that makes the bootstrap's modules, in plain Python: there is nothing yet that reads requests.
pub(crate) fn install_turn(installer: &str, modules: &[(&str, &str)]) -> Vec<u8> {
    let sources: Vec<String> =
        modules.iter().map(|(name, source)| format!("({}, {})", literal(name), literal(source))).collect();
    format!("exec({}, {{'SOURCES': [{}]}})\n", literal(installer), sources.join(", ")).into_bytes()
}

/// A Python string literal.
fn literal(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ => write!(out, "\\U{:08x}", u32::from(c)).unwrap_or_default(),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_carry_code_verbatim() {
        let request = Request::Validate { name: "a\"b" };
        assert_eq!(
            request.encode("x = '\n'").unwrap(),
            b"\x01{\"op\":\"validate\",\"name\":\"a\\\"b\"}\nx = '\n'"
        );
        assert_eq!(Request::Seal { keep: false }.encode("").unwrap(), b"\x01{\"op\":\"seal\"}\n");
        assert_eq!(
            Request::Seal { keep: true }.encode("").unwrap(),
            b"\x01{\"op\":\"seal\",\"keep\":true}\n"
        );
    }

    #[test]
    fn literals_are_plain_ascii() {
        assert_eq!(literal("a'b\\c\n\u{e9}\0"), r"'a\'b\\c\n\U000000e9\U00000000'");
    }
}
