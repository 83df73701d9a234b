//! The smallest program: run some Python, look at what came of it.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use sbx::{RuntimeType, create_sandbox};

fn main() -> anyhow::Result<()> {
    let mut sandbox = create_sandbox(RuntimeType::Python)?;
    let result = sandbox.execute("print('Hello from WASM!')\n6 * 7")?;
    print!("{}", result.stdout);
    println!("the last expression was {}", result.value().unwrap_or("nothing"));
    println!("{} units of fuel, {:.2} ms", result.fuel_consumed, result.duration_ms);
    anyhow::ensure!(result.success && result.stdout == "Hello from WASM!\n");
    Ok(())
}
