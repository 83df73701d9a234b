//! Shows what the sandbox is for: an analysis that a model might have written, the same files in TypeScript, programs that
//! nobody should run, and a thousand fresh interpreters.
//!
//! `demo [FOLDER]` leaves the results of the analysis in FOLDER, by default `sbx-demo` in the current directory. Every
//! expectation is checked: the exit code is 1 if one does not hold.
#![expect(clippy::print_stdout, reason = "it is made to be watched")]

mod orders; // the data
mod analysis;
mod languages;
mod hostile;
mod fresh;
mod show;

use std::{env, path::PathBuf, time::Instant};

use sbx::Runtimes;

fn main() -> anyhow::Result<()> {
    let folder = env::args_os().nth(1).map_or_else(|| PathBuf::from("sbx-demo"), PathBuf::from);
    let started = Instant::now();
    let runtimes = Runtimes::load(None)?;
    let ms = started.elapsed().as_secs_f64() * 1e3;
    println!("CPython 3.15 with numpy, pandas and matplotlib, compiled to WebAssembly: loaded in {ms:.0} ms");

    let mut summary = show::Summary::new();
    show::title("An analysis, as a model might write it");
    analysis::run(&runtimes, &folder, &mut summary)?;
    show::title("The same files in TypeScript, and a console of JavaScript");
    languages::run(&runtimes, &mut summary)?;
    show::title("Programs that nobody should run");
    hostile::run(&runtimes, &mut summary)?;
    show::title("A thousand fresh interpreters, one after another");
    fresh::run(&runtimes, &mut summary)?;
    show::title("In all");
    println!("{summary}");
    println!("Fuel counts instructions, exactly. Memory includes the image, which all runs share.");
    println!("Look at the results: {} and report.xlsx beside it.", folder.join("revenue.png").display());
    Ok(())
}
