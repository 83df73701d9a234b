//! What is asked of the interpreter: `guest/README.md` is the protocol.

use std::{collections::BTreeMap, sync::Arc};

use sbx_host::{CancellationToken, OutputSink};
use serde::Serialize;

/// Starts a request.
const MAGIC: u8 = 1;

/// What kind of source a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A script if it can be one, else a module if it imports or exports.
    #[default]
    Auto,
    /// A script, with `await` at its top level.
    Script,
    /// An ES module.
    Module,
}

/// Source text and how to run it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Program {
    /// The source.
    pub code: String,
    /// Its file name in stacks. Default `<string>`.
    pub name: String,
    /// What kind of source it is. Default [`Kind::Auto`].
    pub kind: Kind,
    /// Whether it is TypeScript, whose types are taken out first; needs the image `typescript`.
    pub is_typescript: bool,
    /// What `__filename` says, if not its name.
    pub main_file: Option<String>,
    /// `process.argv` from its second element on; the policy's, else `[name]`.
    pub argv: Option<Vec<String>>,
    /// What the program reads from its standard input. Default nothing.
    pub stdin: Arc<[u8]>,
    /// Ends the run from outside.
    pub cancel: Option<CancellationToken>,
    /// Sees output while it is produced.
    pub sink: Option<Arc<dyn OutputSink>>,
    /// Prints the value of the last expression, as a console does, instead of keeping it in the result.
    pub echo: bool,
    /// Tells `process.on('exit', …)` when it ends: for the last program of an interpreter.
    pub at_exit: bool,
}

impl Program {
    /// A program called `<string>`.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: "<string>".to_owned(),
            kind: Kind::Auto,
            is_typescript: false,
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

    /// The same program as this kind of source.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same program as TypeScript.
    #[must_use]
    pub fn with_typescript(mut self) -> Self {
        self.is_typescript = true;
        self
    }

    /// The same program with a `__filename`.
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
    Validate {
        name: &'a str,
        kind: Kind,
        #[serde(skip_serializing_if = "Option::is_none")]
        language: Option<&'a str>,
    },
    /// Adds a part of the prelude while an image is built. The guest knows this header by its first bytes.
    Install { name: &'a str },
    /// Runs set-up code while an image is built.
    Warm {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        language: Option<&'a str>,
    },
    /// Ends the building of an image.
    Seal,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct RunHeader<'a> {
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "is_auto")]
    pub(crate) kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<&'a str>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit_ms: Option<u32>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) stdin_reset: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) echo: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) at_exit: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_auto(kind: &Kind) -> bool {
    *kind == Kind::Auto
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_carry_code_verbatim() {
        let request = Request::Validate { name: "a\"b", kind: Kind::Module, language: None };
        assert_eq!(
            request.encode("x = '\n'").unwrap(),
            b"\x01{\"op\":\"validate\",\"name\":\"a\\\"b\",\"kind\":\"module\"}\nx = '\n'"
        );
        assert_eq!(Request::Seal.encode("").unwrap(), b"\x01{\"op\":\"seal\"}\n");
    }

    #[test]
    fn a_part_of_the_prelude_is_known_by_the_first_bytes() {
        let bytes = Request::Install { name: "sbx:x" }.encode("f").unwrap();
        assert_eq!(bytes, b"\x01{\"op\":\"install\",\"name\":\"sbx:x\"}\nf");
    }
}
