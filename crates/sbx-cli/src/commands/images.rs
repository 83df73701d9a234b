//! `sbx images`: what interpreters can start from, and building more.

use std::{path::Path, process::ExitCode};

use sbx::{ImageBuilder, RuntimeType, Runtimes, default_image};
use serde_json::json;

use crate::{
    args::{BuildArgs, ImagesArgs, ImagesCommand},
    config, console,
    failure::Outcome,
    progress::Steps,
};

/// Lists the images, or does what is asked with one.
pub(crate) fn images(args: ImagesArgs, cache: Option<&Path>) -> Outcome {
    let runtimes = Runtimes::load(cache)?;
    match args.command {
        None => list(&runtimes, args.json),
        Some(ImagesCommand::Build(args)) => build(&runtimes, &args),
        Some(ImagesCommand::Rm { name }) => {
            runtimes.remove_image(&name)?;
            console::print(&format!("removed {name}"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn build(runtimes: &Runtimes, args: &BuildArgs) -> Outcome {
    let BuildArgs { name, runtime, from, packages, imports, setup } = args;
    let is_again =
        runtime.is_none() && from.is_none() && packages.is_empty() && imports.is_empty() && setup.is_empty();
    let mut builder = ImageBuilder::new(name).runtime(runtime.unwrap_or(RuntimeType::Python));
    if let Some(from) = from {
        builder = builder.from_image(from);
    }
    builder = packages.iter().fold(builder, |builder, package| builder.package(package));
    builder = imports.iter().fold(builder, |builder, module| builder.import(module));
    for path in setup {
        let file = path.file_name().map_or_else(|| "setup".into(), |file| file.to_string_lossy());
        builder = builder.setup(file, config::read_program(path)?);
    }
    let steps = Steps::new();
    let built = if is_again { runtimes.rebuild_image(name, &steps) } else { builder.build(runtimes, &steps) };
    steps.close(built.is_ok());
    let image = built?;
    let memory = image.memory_bytes.map(sbx::show_bytes).unwrap_or_default();
    console::print(&format!("built {name} ({memory}): {}", image.description))?;
    Ok(ExitCode::SUCCESS)
}

fn list(runtimes: &Runtimes, as_json: bool) -> Outcome {
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
        [image.name.clone(), image.runtime.to_string(), memory, description]
    });
    console::print_table(["IMAGE", "RUNTIME", "MEMORY", "HOLDS"], &[2], rows)?;
    Ok(ExitCode::SUCCESS)
}
