//! `sbx images`: what interpreters can start from.

use std::{path::Path, process::ExitCode};

use comfy_table::{CellAlignment, Table, presets};
use sbx::{Runtimes, SCHEMA_VERSION, default_image};
use serde_json::json;

use crate::{console, failure::Outcome};

/// Lists the images.
pub(crate) fn images(cache: Option<&Path>, as_json: bool) -> Outcome {
    let runtimes = Runtimes::load(cache)?;
    let images = runtimes.images()?;
    if as_json {
        let list: Vec<_> = images
            .iter()
            .map(|image| {
                json!({
                    "name": image.name,
                    "runtime": image.runtime,
                    "description": image.description,
                    "memory_bytes": image.memory_bytes,
                    "is_default": image.name == default_image(image.runtime),
                })
            })
            .collect();
        console::print(&json!({ "schema_version": SCHEMA_VERSION, "images": list }).to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["IMAGE", "RUNTIME", "MEMORY", "HOLDS"]);
    for image in images {
        let memory = image.memory_bytes.map_or_else(|| "not built".to_owned(), sbx::show_bytes);
        let default = if image.name == default_image(image.runtime) { " (default)" } else { "" };
        table.add_row([
            image.name.to_owned(),
            image.runtime.to_string(),
            memory,
            format!("{}{default}", image.description),
        ]);
    }
    if let Some(memory) = table.column_mut(2) {
        memory.set_cell_alignment(CellAlignment::Right);
    }
    console::print(&table.trim_fmt())?;
    Ok(ExitCode::SUCCESS)
}
