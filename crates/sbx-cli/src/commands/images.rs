//! `sbx images`: what interpreters can start from.

use std::{path::Path, process::ExitCode};

use sbx::{DEFAULT_IMAGE, Runtimes};
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
        console::print_json(json!({ "images": list }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = images.iter().map(|image| {
        let memory = image.memory_bytes.map_or_else(|| "not built".to_owned(), sbx::show_bytes);
        let default = if image.name == DEFAULT_IMAGE { " (default)" } else { "" };
        [image.name.to_owned(), memory, format!("{}{default}", image.description)]
    });
    console::print_table(["IMAGE", "MEMORY", "HOLDS"], &[1], rows)?;
    Ok(ExitCode::SUCCESS)
}
