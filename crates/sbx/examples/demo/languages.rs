//! The same files in TypeScript, and a console of JavaScript that goes on after a program that would not end.

use anyhow::ensure;
use sbx::{Ending, ExecutionPolicy, RuntimeType, Runtimes, SandboxBuilder};

use crate::{
    orders,
    show::{Summary, usage},
};

const REGIONS: &str = include_str!("programs/regions.ts");

/// Turns of one console: the code, and what it has to end as and print.
const TURNS: [(&str, Ending, &str); 4] = [
    (
        "import fs from 'node:fs'\nconst regions = JSON.parse(fs.readFileSync('regions.json', 'utf8'))\nlet primes = []",
        Ending::Ok,
        "",
    ),
    ("for (let n = 2; ; n++) if (primes.every((p) => n % p)) primes.push(n)", Ending::Timeout, ""),
    (
        "await new Promise((wake) => setTimeout(wake, 50)); console.log(primes.slice(0, 6))",
        Ending::Ok,
        "[ 2, 3, 5, 7, 11, 13 ]\n",
    ),
    (
        "console.log(Object.keys(regions).join(' '), fs.existsSync('orders.csv'))",
        Ending::Ok,
        "east north south west true\n",
    ),
];

/// Runs both, on the orders of the analysis.
pub(crate) fn run(runtimes: &Runtimes, summary: &mut Summary) -> anyhow::Result<()> {
    let orders = orders::make();
    // Without npm there is no TypeScript, and nothing else is missing.
    let Ok(mut sandbox) = SandboxBuilder::new(RuntimeType::TypeScript).runtimes(runtimes.clone()).build()
    else {
        println!("TypeScript is left out: set-up found no npm");
        return Ok(());
    };
    sandbox.write_file("orders.csv", orders.csv.as_bytes())?;
    let result = sandbox.execute(REGIONS)?;
    println!("{}", result.stdout.trim_end());
    ensure!(result.success, "the TypeScript ended as {}: {}", result.ending, result.stderr);
    let sums: std::collections::BTreeMap<String, u64> =
        serde_json::from_slice(&sandbox.read_file("regions.json")?)?;
    ensure!(sums.values().sum::<u64>() == orders.total_cents, "the sums are {sums:?}");
    println!("{}\n", usage(&result));
    summary.add("orders by region in TypeScript", "ok", &result);

    let mut console = SandboxBuilder::new(RuntimeType::JavaScript)
        .runtimes(runtimes.clone())
        .policy(ExecutionPolicy::default().with_timeout_seconds(0.5).with_fuel_budget(1_000_000_000_000))
        .auto_persist_globals(true)
        .files(sandbox.files())
        .build()?;
    for (code, ending, printed) in TURNS {
        let result = console.execute(code)?;
        println!("> {}\n{}", code.replace('\n', "\n> "), result.stdout.trim_end());
        ensure!(
            (result.ending, result.stdout.as_str()) == (ending, printed),
            "{code} ended as {}: {}",
            result.ending,
            result.stderr
        );
        if ending == Ending::Timeout {
            println!("  cut off after 0.5 s; what it found is kept");
            summary.add("endless loop in JavaScript", "timeout, state kept", &result);
        }
    }
    Ok(())
}
