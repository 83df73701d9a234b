//! `fork`, `branch`, `rewind` and `peek`: other futures of a session.

use std::process::ExitCode;

use sbx::{SessionError, SessionId};
use serde_json::json;

use super::Desk;
use crate::{
    args::{BranchArgs, ForkArgs, PeekArgs, RewindArgs},
    commands::{figures, run},
    config::{self, Report},
    console,
    failure::Outcome,
};

/// Makes forks and prints their ids.
pub(super) fn fork(desk: &Desk<'_>, args: &ForkArgs) -> Outcome<()> {
    let ids: Vec<SessionId> = match &args.name {
        None => (0..args.n).map(|_| SessionId::generate()).collect(),
        Some(name) if args.n == 1 => vec![parse(name)?],
        Some(name) => (1..=args.n).map(|n| parse(&format!("{name}-{n}"))).collect::<Outcome<_>>()?,
    };
    make(desk, &args.id, args.turn, &ids)
}

/// Makes one fork of an earlier turn and prints its id.
pub(super) fn branch(desk: &Desk<'_>, args: &BranchArgs) -> Outcome<()> {
    let id = args.name.as_deref().map_or_else(|| Ok(SessionId::generate()), parse)?;
    make(desk, &args.id, Some(args.turn), &[id])
}

fn make(desk: &Desk<'_>, id: &SessionId, turn: Option<u64>, ids: &[SessionId]) -> Outcome<()> {
    desk.ask(|| desk.store.fork(id, turn, ids))?;
    if desk.json {
        return console::print_json(json!({ "forked_from": id, "ids": ids }));
    }
    let names: Vec<&str> = ids.iter().map(SessionId::as_str).collect();
    console::print(&names.join("\n"))
}

fn parse(name: &str) -> Outcome<SessionId> {
    Ok(SessionId::parse(name).map_err(SessionError::from)?)
}

/// Goes back to an earlier turn.
pub(super) fn rewind(desk: &Desk<'_>, args: &RewindArgs) -> Outcome<()> {
    desk.ask(|| desk.store.rewind(&args.id, args.turn))?;
    let info = desk.ask(|| desk.store.info(&args.id))?;
    if desk.json {
        return console::print_json(json!({ "id": args.id, "rewound_to": args.turn, "turn": info.turn }));
    }
    console::say(&format!("turn {}: as after turn {}", info.turn, args.turn));
    Ok(())
}

/// Runs a program in a fork that is thrown away, as `sbx run` would.
pub(super) fn peek(desk: &Desk<'_>, args: PeekArgs) -> Outcome {
    let policy = config::policy(args.policy)?;
    let report = Report::new(desk.json, args.program.quiet);
    let program = config::program(args.program, &policy)?;
    let (_, session) = desk.open(&args.id, policy)?;
    let workspace = super::files::workspace(desk, &session)?;
    let save_figures = program.figures.save_figures.clone();
    let result = run::execute(program, &workspace, report, |program| Ok(session.peek(program)?))?;
    run::show(&result, report)?;
    if let Some(folder) = save_figures {
        figures::save(&result, &folder, report == Report::Live)?;
    }
    Ok(ExitCode::from(result.exit_code))
}
