//! What the command says itself: guest output and results go to stdout, everything of ours to stderr.

use std::io::{self, Write as _};

use comfy_table::{CellAlignment, Table, presets};
use sbx::SCHEMA_VERSION;
/// Text that may have parts that a guest chose goes through it: nothing in it moves the cursor or starts another line.
pub(crate) use sbx::one_line;

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

/// Says it as one line under our name.
pub(crate) fn remark(text: &str) {
    say(&format!("sbx: {}", one_line(text)));
}

/// Prints an object as JSON, with the version of its form.
pub(crate) fn print_json(mut object: serde_json::Value) -> Outcome<()> {
    object["schema_version"] = SCHEMA_VERSION.into();
    print(&object.to_string())
}

/// Prints a table without lines; the columns in `right` are numbers.
pub(crate) fn print_table<const N: usize>(
    header: [&str; N],
    right: &[usize],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Outcome<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for row in rows {
        table.add_row(row.map(|cell| one_line(&cell)));
    }
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    print(&table.trim_fmt())
}

/// Says why a command failed.
pub(crate) fn complain(error: &anyhow::Error) {
    say(&format!("sbx: {error:#}"));
}
