//! `sbx images`: what interpreters can start from.

use std::{path::Path, process::ExitCode};

use comfy_table::{CellAlignment, Table, presets};
use sbx::{DEFAULT_IMAGE, Runtimes, SCHEMA_VERSION};
use serde_json::json;

use crate::{
    console,
    failure::{Failure, Outcome},
};

/// Lists the images.
pub(crate) fn images(cache: Option<&Path>, as_json: bool) -> Outcome {
    let runtimes = Runtimes::load(cache)?;
    let images = runtimes.python().images().map_err(|error| Failure::from(sbx::Error::from(error)))?;
    if as_json {
        let list: Vec<_> = images
            .iter()
            .map(|image| {
                json!({
                    "name": image.name,
                    "runtime": "python",
                    "description": image.description,
                    "memory_bytes": image.memory_bytes,
                    "is_default": image.name == DEFAULT_IMAGE,
                })
            })
            .collect();
        console::print(&json!({ "schema_version": SCHEMA_VERSION, "images": list }).to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["IMAGE", "MEMORY", "HOLDS"]);
    for image in images {
        let memory = image.memory_bytes.map_or_else(|| "not built".to_owned(), sbx::show_bytes);
        let default = if image.name == DEFAULT_IMAGE { " (default)" } else { "" };
        table.add_row([image.name.to_owned(), memory, format!("{}{default}", image.description)]);
    }
    if let Some(memory) = table.column_mut(1) {
        memory.set_cell_alignment(CellAlignment::Right);
    }
    console::print(&table.trim_fmt())?;
    Ok(ExitCode::SUCCESS)
}
