//! `label`, `delete` and `prune`.

use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    process::ExitCode,
};

use sbx::{PruneOptions, PruneResult};
use serde_json::json;

use super::Desk;
use crate::{
    args::{DeleteArgs, LabelArgs, PruneArgs},
    console,
    failure::{Failure, Outcome},
};

/// The exit code of a prune that could not do everything.
const INCOMPLETE: u8 = 1;

/// Sets and removes labels, and shows those that there are then.
pub(super) fn label(desk: &Desk<'_>, args: LabelArgs) -> Outcome<()> {
    let mut labels = desk.ask(|| desk.store.info(&args.id))?.labels;
    let before = labels.clone();
    for key in &args.remove {
        if labels.remove(key).is_none() {
            return Err(Failure::usage(format!("session {:?} has no label {key:?}", args.id)));
        }
    }
    labels.extend(args.set);
    if labels != before {
        desk.ask(|| desk.store.set_labels(&args.id, labels.clone()))?;
    }
    if desk.json {
        return console::print_json(json!({ "id": args.id, "labels": labels }));
    }
    labels.iter().try_for_each(|(key, value)| console::print(&console::one_line(&format!("{key}={value}"))))
}

/// Deletes sessions, if all of them are there.
pub(super) fn delete(desk: &Desk<'_>, args: &DeleteArgs) -> Outcome<()> {
    for id in &args.ids {
        desk.ask(|| desk.store.info(id))?;
    }
    if !args.yes && io::stdin().is_terminal() && !agrees(args)? {
        return Err(Failure::usage("nothing is deleted"));
    }
    for id in &args.ids {
        desk.ask(|| desk.store.delete(id))?;
    }
    if desk.json {
        return console::print_json(json!({ "deleted": args.ids }));
    }
    Ok(())
}

fn agrees(args: &DeleteArgs) -> Outcome<bool> {
    let what = match &args.ids[..] {
        [one] => format!("session {one:?}"),
        several => format!("{} sessions", several.len()),
    };
    let ask = || {
        let mut stderr = io::stderr().lock();
        write!(stderr, "delete {what} with all files and turns? [y/N] ")?;
        stderr.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok::<_, io::Error>(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    };
    ask().map_err(|error| Failure::Broken(anyhow::Error::new(error).context("cannot ask on the terminal")))
}

/// Deletes by rules.
pub(super) fn prune(desk: &Desk<'_>, args: PruneArgs) -> Outcome {
    if args.older_than.is_none() && args.max_sessions.is_none() && args.max_size.is_none() {
        return Err(Failure::usage(
            "what is to be deleted? Give --older-than, --max-sessions or --max-size; --dry-run shows it first",
        ));
    }
    let mut options = PruneOptions::new().with_dry_run(args.dry_run).with_grace(args.grace);
    options.older_than = args.older_than;
    options.max_sessions = args.max_sessions;
    options.max_bytes = args.max_size;
    options.labels = args.labels.into_iter().collect();
    let result = desk.ask(|| desk.store.prune(&options))?;
    if desk.json {
        console::print_json(json!(result))?;
    } else {
        tell(&result)?;
    }
    Ok(if result.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE) })
}

fn tell(result: &PruneResult) -> Outcome<()> {
    let (delete, remove) =
        if result.dry_run { ("would delete", "would remove") } else { ("deleted", "removed") };
    for id in &result.deleted {
        console::print(&format!("{delete} {id}"))?;
    }
    for id in &result.skipped {
        console::remark(&format!("session {id:?} is in use, and stays"));
    }
    for problem in &result.errors {
        console::remark(problem);
    }
    let sessions = if result.deleted_count == 1 { "session" } else { "sessions" };
    let freed = sbx::show_bytes(result.bytes_freed);
    let mut line = format!("{delete} {} {sessions}, {freed}", result.deleted_count);
    let swept = &result.swept;
    if swept.objects > 0 {
        line.push_str(&format!(
            "; {remove} {} unused, {}",
            swept.objects,
            sbx::show_bytes(swept.bytes_freed)
        ));
    }
    if swept.pending > 0 {
        line.push_str(&format!("; {} unused wait for their grace period", swept.pending));
    }
    console::print(&line)
}
