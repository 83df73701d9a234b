//! JavaScript: files from turn to turn and from language to language, and a console that survives its time limit.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use sbx::{Ending, ExecutionPolicy, RuntimeType, SandboxBuilder, create_sandbox};

fn main() -> anyhow::Result<()> {
    let mut sandbox = create_sandbox(RuntimeType::JavaScript)?;
    sandbox.execute("require('fs').writeFileSync('/app/data.json', JSON.stringify({ users: ['Ann'] }))")?;
    let result = sandbox.execute(
        "const data = readJson('data.json'); data.users.push('Bob'); writeJson('data.json', data); console.log(data)",
    )?;
    assert_eq!(result.stdout, "{ users: [ 'Ann', 'Bob' ] }\n");

    let mut python = SandboxBuilder::new(RuntimeType::Python).files(sandbox.files()).build()?;
    let result = python.execute("import json; print(json.load(open('data.json'))['users'])")?;
    assert_eq!(result.stdout, "['Ann', 'Bob']\n");

    let mut console = SandboxBuilder::new(RuntimeType::JavaScript)
        .policy(ExecutionPolicy::default().with_timeout_seconds(0.2))
        .auto_persist_globals(true)
        .build()?;
    console.execute("let found = []")?;
    let result = console.execute("for (let n = 2; ; n++) if (found.every((p) => n % p)) found.push(n)")?;
    assert_eq!(result.ending, Ending::Timeout);
    let result = console.execute("found.slice(0, 5)")?;
    assert_eq!(result.value(), Some("[ 2, 3, 5, 7, 11 ]"));
    println!("the first primes: {}", result.value().unwrap_or_default());
    Ok(())
}
