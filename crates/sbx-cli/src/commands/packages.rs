//! `sbx packages`: the lock file of vendored packages.

use std::{path::Path, process::ExitCode};

use sbx::{PackageChange, Packages, Runtimes};
use serde_json::json;

use crate::{
    args::{PackagesArgs, PackagesCommand},
    console,
    failure::Outcome,
    progress::Steps,
};

/// Does what is asked with the lock file.
pub(crate) fn packages(args: PackagesArgs, cache: Option<&Path>) -> Outcome {
    let mut packages = Packages::open(&Runtimes::load(cache)?, args.runtime, args.lock.as_deref())?;
    match args.command {
        PackagesCommand::List { json } => list(&packages, json),
        PackagesCommand::Add { requests } => {
            let requests =
                requests.iter().map(|text| packages.request(text)).collect::<Result<Vec<_>, _>>()?;
            change(|steps| packages.add(&requests, steps))
        }
        PackagesCommand::Remove { names } => {
            let names = names.iter().map(|text| packages.name(text)).collect::<Result<Vec<_>, _>>()?;
            change(|_steps| packages.remove(&names))
        }
        PackagesCommand::Lock => change(|steps| packages.relock(steps)),
        PackagesCommand::Check => check(&packages),
    }
}

fn list(packages: &Packages, as_json: bool) -> Outcome {
    let mut rows = Vec::new();
    for package in packages.lock().packages() {
        let needs: Vec<String> = package.needs.iter().map(ToString::to_string).collect();
        rows.push((package, needs, packages.is_fetched(package)?));
    }
    if as_json {
        let list = rows.iter().map(|(package, needs, is_fetched)| {
            json!({
                "name": package.name.as_str(),
                "version": package.version.as_str(),
                "requested": package.request.as_ref().map(sbx::PackageRequest::as_str),
                "needs": needs,
                "is_fetched": is_fetched,
            })
        });
        let list: Vec<_> = list.collect();
        let builtin: Vec<_> =
            packages.builtin().map(|(name, version)| json!({ "name": name, "version": version })).collect();
        console::print_json(json!({ "packages": list, "builtin": builtin }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = rows.into_iter().map(|(package, needs, is_fetched)| {
        let note = if is_fetched { needs.join(", ") } else { "not fetched: run `sbx setup`".to_owned() };
        [package.name.to_string(), package.version.to_string(), note]
    });
    console::print_table(["PACKAGE", "VERSION", "NEEDS"], &[], rows)?;
    let n_builtin = packages.builtin().count();
    if n_builtin > 0 {
        console::remark(&format!("{n_builtin} more are built in; `sbx packages list --json` names them"));
    }
    Ok(ExitCode::SUCCESS)
}

fn change(act: impl FnOnce(&Steps) -> sbx::Result<Vec<PackageChange>>) -> Outcome {
    let steps = Steps::new();
    let done = act(&steps);
    steps.close(done.is_ok());
    let changes = done?;
    for change in &changes {
        console::print(&match change {
            PackageChange::Added(name, version) => format!("added {name} {version}"),
            PackageChange::Moved(name, from, to) => format!("moved {name} from {from} to {to}"),
            PackageChange::Removed(name, version) => format!("removed {name} {version}"),
            other => format!("{other:?}"),
        })?;
    }
    if changes.is_empty() {
        console::print("nothing changed")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(packages: &Packages) -> Outcome {
    let steps = Steps::new();
    let done = packages.check(&steps);
    steps.close(done.is_ok());
    let problems = done?;
    for problem in &problems {
        console::print(&problem.to_string())?;
    }
    if problems.is_empty() {
        console::print(&format!("{} packages, all as they should be", packages.lock().packages().count()))?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}
