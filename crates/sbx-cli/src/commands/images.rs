//! `sbx images`: what interpreters can start from.

use std::{path::Path, process::ExitCode};

use sbx::{Runtimes, default_image};
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
        console::print_json(json!({ "images": list }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = images.iter().map(|image| {
        let memory = image.memory_bytes.map_or_else(|| "not built".to_owned(), sbx::show_bytes);
        let default = if image.name == default_image(image.runtime) { " (default)" } else { "" };
        let description = format!("{}{default}", image.description);
        [image.name.to_owned(), image.runtime.to_string(), memory, description]
    });
    console::print_table(["IMAGE", "RUNTIME", "MEMORY", "HOLDS"], &[2], rows)?;
    Ok(ExitCode::SUCCESS)
}
