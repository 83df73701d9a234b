//! Whether an input is complete, by the language's own rule.

use std::sync::{Mutex, PoisonError};

use sbx::{Program, RuntimeType, Runtimes, Sandbox, SandboxBuilder};

use crate::{config::SandboxConfig, failure::Outcome};

/// `codeop` decides, as in Python's own console: a block ends with an empty line. Its answer is `True` while more is to
/// come; input that can never be right counts as complete, so that running it shows the error.
const CHECK: &str = "\
import ast, codeop, sys
rule = codeop.CommandCompiler()
rule.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
def is_open(source):
    try:
        return rule(source, '<input>', 'single') is None
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return False
is_open(sys.stdin.read())
";

/// An interpreter of its own that parses inputs and runs nothing of them.
pub(crate) struct Completeness {
    sandbox: Mutex<Sandbox>,
}

impl Completeness {
    pub(crate) fn new(config: &SandboxConfig, runtimes: &Runtimes) -> Outcome<Self> {
        let sandbox =
            SandboxBuilder::new(config.runtime).runtimes(runtimes.clone()).image(&config.image).build()?;
        Ok(Self { sandbox: Mutex::new(sandbox) })
    }

    /// Whether to run `input` now. Input that cannot be checked is: running it shows why.
    pub(crate) fn is_complete(&self, input: &str) -> bool {
        if input.trim_start().starts_with(':') {
            return true;
        }
        let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
        if sandbox.runtime() != RuntimeType::Python {
            return !is_open_javascript(&sandbox, input);
        }
        let checked = sandbox.execute(Program::new(CHECK).with_stdin(input.as_bytes()));
        checked.map_or(true, |result| result.value() != Some("True"))
    }
}

/// JavaScript says where it stopped: an input that is wrong only because it ends has its error at the end, where there is
/// no token.
fn is_open_javascript(sandbox: &Sandbox, input: &str) -> bool {
    // The first is what the engine says of a string or template that is not closed, and of nothing else.
    const AT_THE_END: [&str; 5] = [
        "Invalid or unexpected token",
        "Unexpected end of input",
        "unexpected end of comment",
        "unexpected end of regexp",
        "''",
    ];
    let Ok(Some(error)) = sandbox.check_code(input) else { return false };
    error.kind == "SyntaxError" && AT_THE_END.iter().any(|end| error.message.ends_with(end))
}
