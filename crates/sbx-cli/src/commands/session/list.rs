//! `ls`, `show` and `log`: what is known without reading what a session holds.

use std::collections::BTreeSet;

use sbx::{SessionId, SessionInfo, TurnEntry};
use serde_json::json;

use super::Desk;
use crate::{
    args::ListArgs,
    console,
    failure::Outcome,
    when::{ago, now_ms, utc},
};

/// Lists sessions.
pub(super) fn ls(desk: &Desk<'_>, args: ListArgs) -> Outcome<()> {
    let mut list = desk.ask(|| desk.store.list())?;
    let has = |info: &SessionInfo| args.labels.iter().all(|(key, value)| info.labels.get(key) == Some(value));
    list.sessions.retain(has);
    if desk.json {
        return console::print_json(json!({ "sessions": list.sessions, "unreadable": list.unreadable }));
    }
    if list.sessions.is_empty() {
        console::say("no sessions; `sbx run --session NAME` makes one");
    } else {
        let now = now_ms();
        let rows = list.sessions.iter().map(|info| {
            [
                info.id.to_string(),
                info.turn.to_string(),
                sbx::show_bytes(info.size_bytes),
                ago(info.updated_ms, now),
                if info.in_use.is_some() { "yes" } else { "" }.to_owned(),
                labels(info),
            ]
        });
        console::print_table(["SESSION", "TURN", "SIZE", "UPDATED", "IN USE", "LABELS"], &[1, 2], rows)?;
    }
    if !list.unreadable.is_empty() {
        let rows = list.unreadable.iter().map(|one| [one.key_part.clone(), one.problem.clone()]);
        console::print_table(["UNREADABLE", "WHY"], &[], rows)?;
    }
    Ok(())
}

/// Tells what is known of one.
pub(super) fn show(desk: &Desk<'_>, id: &SessionId) -> Outcome<()> {
    let info = desk.ask(|| desk.store.info(id))?;
    let turns = desk.ask(|| desk.store.log(id))?;
    let runtimes: BTreeSet<&str> =
        turns.iter().filter_map(|turn| turn.runtime).map(|runtime| runtime.as_str()).collect();
    if desk.json {
        let mut object = json!(info);
        object["runtimes"] = json!(runtimes);
        return console::print_json(object);
    }
    let now = now_ms();
    let when = |ms: u64| format!("{} ({})", utc(ms), ago(ms, now));
    let turn = match info.turn {
        turn if turn == info.good_turn => turn.to_string(),
        turn => format!("{turn}, rolled back to {}", info.good_turn),
    };
    let origin = info.forked_from.as_ref().map(|origin| format!("{}, turn {}", origin.session, origin.turn));
    let in_use = info
        .in_use
        .as_ref()
        .map(|user| format!("by {}, for {} s at most", user.holder, user.expires_in_ms.div_ceil(1000)));
    let facts = [
        ("session", Some(info.id.to_string())),
        ("turn", Some(turn)),
        ("turns kept", Some(info.n_turns.to_string())),
        ("runtime", Some(runtimes.into_iter().collect::<Vec<_>>().join(", "))),
        ("size", Some(sbx::show_bytes(info.size_bytes))),
        ("created", Some(when(info.created_ms))),
        ("updated", Some(when(info.updated_ms))),
        ("workspace", Some(info.workspace.to_string())),
        ("forked from", origin),
        ("in use", in_use),
        ("labels", Some(labels(&info))),
    ];
    let said =
        facts.into_iter().filter_map(|(name, fact)| Some((name, fact.filter(|fact| !fact.is_empty())?)));
    let lines: Vec<String> =
        said.map(|(name, fact)| format!("{name:<12} {}", console::one_line(&fact))).collect();
    console::print(&lines.join("\n"))
}

/// Lists its turns.
pub(super) fn log(desk: &Desk<'_>, id: &SessionId) -> Outcome<()> {
    let turns = desk.ask(|| desk.store.log(id))?;
    if desk.json {
        return console::print_json(json!({ "id": id, "turns": turns }));
    }
    show_log(&turns)
}

/// Prints turns as a table.
pub(crate) fn show_log(turns: &[TurnEntry]) -> Outcome<()> {
    let now = now_ms();
    let rows = turns.iter().map(|turn| {
        let ran = turn.ending.is_some();
        let only_if_ran = |text: String| if ran { text } else { String::new() };
        [
            turn.turn.to_string(),
            ago(turn.at_ms, now),
            turn.ending.map_or_else(String::new, |ending| ending.as_str().to_owned()),
            outcome(turn).to_owned(),
            only_if_ran(turn.fuel.to_string()),
            only_if_ran(turn.duration_ms.to_string()),
            turn.note.clone().unwrap_or_default(),
        ]
    });
    console::print_table(["TURN", "WHEN", "ENDING", "OUTCOME", "FUEL", "MS", "NOTE"], &[0, 4, 5], rows)
}

fn outcome(turn: &TurnEntry) -> &'static str {
    match (turn.kept, turn.success) {
        (false, _) => "rolled back",
        (true, true) => "success",
        (true, false) => "failed, kept",
    }
}

fn labels(info: &SessionInfo) -> String {
    let pairs: Vec<String> = info.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(" ")
}
