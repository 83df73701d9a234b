//! What the command says itself: guest output and results go to stdout, everything of ours to stderr.

use std::io::{self, Write as _};

use crate::failure::{Failure, Outcome};

/// Prints a product of the command, such as a result or a table, as one line or block.
pub(crate) fn print(text: &str) -> Outcome<()> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(Failure::of_output)
}

/// Says something to the person in front of it.
pub(crate) fn say(text: &str) {
    // With nobody at the other end of stderr there is nobody to tell.
    writeln!(io::stderr(), "{text}").ok();
}

/// Says it as one line under our name. The text may have parts that a guest chose, so what could move the cursor or
/// start another line is shown as an escape.
pub(crate) fn remark(text: &str) {
    let mut line = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() { line.extend(char.escape_default()) } else { line.push(char) }
    }
    say(&format!("sbx: {line}"));
}

/// Says why a command failed.
pub(crate) fn complain(error: &anyhow::Error) {
    say(&format!("sbx: {error:#}"));
}
