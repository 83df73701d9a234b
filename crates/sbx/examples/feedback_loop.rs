//! The loop around a model: run what it wrote, and hand back what went wrong and what to change, until it works.
//!
//! The model here is a list of three attempts, so that the example runs without one.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use sbx::{ExecutionPolicy, FuelStatus, RuntimeType, SandboxBuilder, SandboxResult};

/// What a model might write: a package that is not there, then a slow loop, then what was wanted.
const ATTEMPTS: [&str; 3] = [
    "import polars as pl\nprint(pl.read_csv('sales.csv')['amount'].sum())",
    "total = 0\nfor _ in range(2_000_000):\n    total += 21\nprint(total)",
    "import pandas as pd\nprint(pd.read_csv('sales.csv')['amount'].sum())",
];

fn main() -> anyhow::Result<()> {
    let policy = ExecutionPolicy::default().with_fuel_budget(200_000_000);
    let mut sandbox = SandboxBuilder::new(RuntimeType::Python).policy(policy).build()?;
    sandbox.write_file("sales.csv", b"item,amount\na,40\nb,2\n")?;

    for (attempt, code) in ATTEMPTS.iter().enumerate() {
        let result = sandbox.execute(*code)?;
        println!("attempt {}: {}", attempt + 1, result.ending);
        match feedback(&result) {
            None => {
                println!("  answer: {}", result.stdout.trim_end());
                anyhow::ensure!(attempt == 2 && result.stdout == "42\n");
                return Ok(());
            }
            // This is what the next prompt would hold.
            Some(Feedback { feedback, suggestion }) => {
                println!("  feedback: {feedback}\n  suggestion: {suggestion}");
            }
        }
    }
    anyhow::bail!("no attempt was good enough")
}

/// What a model needs to know to do better.
struct Feedback {
    feedback: String,
    suggestion: String,
}

/// `None` if there is nothing to improve.
fn feedback(result: &SandboxResult) -> Option<Feedback> {
    let advice: Vec<&str> = result.advice.iter().map(|advice| advice.message.as_str()).collect();
    let suggestion = advice.join(" ");
    if let Some(error) = &result.error {
        let line = error.line.map(|line| format!(" in line {line}")).unwrap_or_default();
        return Some(Feedback { feedback: format!("{}{line}: {}", error.kind, error.message), suggestion });
    }
    if !result.success {
        return Some(Feedback {
            feedback: format!("the program exited with {}", result.exit_code),
            suggestion,
        });
    }
    if matches!(result.fuel_status, FuelStatus::Warning | FuelStatus::Critical) {
        let share = result.fuel_consumed * 100 / result.fuel_budget.max(1);
        let feedback = format!("it worked, but used {share} % of its fuel");
        return Some(Feedback {
            feedback,
            suggestion: "Use vectorised operations in place of loops.".to_owned(),
        });
    }
    None
}
