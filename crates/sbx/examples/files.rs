//! Files: put some in, let programs work on them, take results out, fork the workspace, grant a folder of the host.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::fs;

use sbx::{ExecutionPolicy, GuestPath, Mount, RuntimeType, SandboxBuilder, create_sandbox};

fn main() -> anyhow::Result<()> {
    let mut sandbox = create_sandbox(RuntimeType::Python)?;

    // In and out. `total.txt` and `/app/total.txt` are the same file.
    sandbox.write_file("numbers.txt", b"1\n2\n39\n")?;
    let result = sandbox.execute(
        "total = sum(int(line) for line in open('numbers.txt'))\n\
         with open('/app/total.txt', 'w') as out:\n    out.write(str(total))\n",
    )?;
    println!("created: {:?}", result.files_created);
    anyhow::ensure!(sandbox.read_file("total.txt")? == b"42");

    // A fork has all files and shares none of the changes.
    let mut fork = SandboxBuilder::new(RuntimeType::Python).files(sandbox.files()).build()?;
    let result = fork.execute("import os; os.remove('total.txt'); open('new.txt', 'w').close()")?;
    println!("the fork deleted {:?} and created {:?}", result.files_deleted, result.files_created);
    anyhow::ensure!(sandbox.list_files().len() == 2 && fork.list_files().len() == 2);
    anyhow::ensure!(sandbox.read_file("total.txt").is_ok() && fork.read_file("total.txt").is_err());

    // A folder of the host, read-only.
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("config.json"), r#"{"colour": "blue"}"#)?;
    let mount = Mount::read_only(folder.path(), GuestPath::parse("/data")?);
    let policy = ExecutionPolicy::default().with_mount(mount);
    let mut granted = SandboxBuilder::new(RuntimeType::Python).policy(policy).build()?;
    let result = granted.execute("import json; print(json.load(open('/data/config.json'))['colour'])")?;
    anyhow::ensure!(result.stdout == "blue\n");
    let result = granted.execute("open('/data/config.json', 'w')")?;
    let error = result.error.ok_or_else(|| anyhow::anyhow!("a read-only folder was written"))?;
    println!("writing to the read-only folder: {}: {}", error.kind, error.message);

    // The whole workspace, to a folder of the host.
    let moved = sandbox.export_dir(&folder.path().join("out"))?;
    println!("exported {} files, {} bytes", moved.files, moved.bytes);
    anyhow::ensure!(fs::read(folder.path().join("out/total.txt"))? == b"42");
    Ok(())
}
