//! Real work: pandas over a file of orders, a figure, a workbook, and the answer checked against our own sum.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use sbx::{RuntimeType, Runtimes, SandboxBuilder};

use crate::{
    orders,
    show::{Summary, count, usage},
};

const ANALYSIS: &str = include_str!("programs/analysis.py");

/// Runs the analysis and leaves its results in `folder`.
pub(crate) fn run(runtimes: &Runtimes, folder: &Path, summary: &mut Summary) -> anyhow::Result<()> {
    let orders = orders::make();
    let mut sandbox = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).build()?;
    sandbox.write_file("orders.csv", orders.csv.as_bytes())?;
    println!(
        "orders.csv: {} rows, {} bytes, in the sandbox's memory\n",
        count(orders::N_ORDERS),
        count(orders.csv.len() as u64)
    );

    let result = sandbox.execute(ANALYSIS)?;
    println!("{}", result.stdout.trim_end());
    if !result.success {
        println!("{}", result.stderr);
    }
    ensure!(result.success, "the analysis ended as {}", result.ending);
    let expected = format!("'{}.{:02}'", orders.total_cents / 100, orders.total_cents % 100);
    ensure!(result.value() == Some(expected.as_str()), "the total is {:?}, not {expected}", result.value());
    summary.add("analysis with figure and workbook", "ok", &result);

    println!("\n{}", usage(&result));
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for (name, magic) in
        [("revenue.png", &b"\x89PNG"[..]), ("report.xlsx", b"PK"), ("orders.csv", b"order_id")]
    {
        let bytes = sandbox.read_file(name)?;
        ensure!(bytes.starts_with(magic), "{name} is not what it should be");
        let path = folder.join(name);
        fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        println!("  {} ({} bytes)", path.display(), count(bytes.len() as u64));
    }
    Ok(())
}
