//! `docs/peers.md` and its charts, from what was measured and the words of the catalogue.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Measured;
use super::catalogue::{Ask, BEHIND, OURS, PEERS, Peer};
use super::measure::Found;
use crate::bench::chart::{Bar, bars};
use crate::bench::units::Unit;
use crate::bench::{GENERATED, write_chart};

/// Writes the page and its charts into a folder.
pub(super) fn write(rows: &[Measured], folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join("peers.md");
    for measured in rows {
        if let Some(svg) = chart(measured) {
            write_chart(folder, &chart_name(measured), &svg)?;
        }
    }
    fs::write(&path, page(rows)).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn page(rows: &[Measured]) -> String {
    let mut page = format!(
        "# sbx beside what users would pick instead\n\n{}\n\n{INTRODUCTION}\n",
        GENERATED.replace("{}", "cargo xtask bench --peers")
    );
    page += &conditions(rows);
    page += &overview(rows);
    for measured in rows.iter().filter(|measured| is_timed(measured)) {
        page += &section(measured);
    }
    page += &isolation(rows);
    page += &versions(rows);
    page
}

const INTRODUCTION: &str = "\
Everybody runs the same programs on the same machine in one run and takes turns, a tenth of a second each, so that noise is
shared; numbers are medians. Each is used as its documentation recommends, with warm pools where it has them. Ratios are
how many times as long as sbx, or as much memory; below 1 the peer is ahead, and the row says why. sbx is measured
through its public crate in the profile of the tests. One row can be measured alone: `--only ROW`; `--quick` is a short form.
";

fn conditions(rows: &[Measured]) -> String {
    let days: Vec<&str> = rows.iter().map(|row| row.when.as_str()).collect();
    let (first, last) = (days.iter().min().unwrap_or(&""), days.iter().max().unwrap_or(&""));
    let days = if first == last { (*first).to_owned() } else { format!("{first} to {last}") };
    let loads: Vec<f64> = rows.iter().map(|row| row.load).collect();
    let most = loads.iter().copied().fold(0.0, f64::max);
    let machine = rows.first().map_or("", |row| row.machine.as_str());
    let mut text = format!("Machine: {machine}. Measured {days}.");
    // The bench itself is a load of one, and of two while it runs many programs.
    if most > 2.5 {
        write!(
            text,
            " The machine was busy with other things too: a load of up to {most:.1} when a row began."
        )
        .expect("writing to a text cannot fail");
    }
    text + "\n\n"
}

/// One table: a row for each row, a column for each peer.
fn overview(rows: &[Measured]) -> String {
    let peers: Vec<&Peer> = PEERS.iter().collect();
    let mut text = "## At a glance\n\n| |".to_owned();
    for peer in &peers {
        text += &format!(" {} |", peer.title);
    }
    text += &format!("\n|---|{}\n", "---:|".repeat(peers.len()));
    for measured in rows.iter().filter(|measured| is_timed(measured)) {
        text += &format!("| [{}](#{}) |", measured.row.title, anchor(measured.row.title));
        for peer in &peers {
            let cell = match (number(measured, peer.id), number(measured, OURS)) {
                (Some(value), _) if peer.id == OURS => format!("**{}**", measured.row.unit.show(value)),
                (Some(value), Some(ours)) => format!("{}&nbsp;×", factor(value / ours)),
                (Some(value), None) => measured.row.unit.show(value),
                (None, _) => "–".to_owned(),
            };
            text += &format!(" {cell} |");
        }
        text.push('\n');
    }
    text + "\n"
}

fn section(measured: &Measured) -> String {
    let row = measured.row;
    let mut text = format!("## {}\n\n{}.\n\n", row.title, capital(row.what));
    text += &format!("![{}](charts/{})\n\n", row.title, chart_name(measured));
    text += "| | median | 90 % | samples | ratio |\n|---|---:|---:|---:|---:|\n";
    let ours = number(measured, OURS);
    let mut left_out = Vec::new();
    for peer in &PEERS {
        match measured.found.get(peer.id) {
            Some(Found::Number { median, p90, n, note }) => {
                let name =
                    if peer.id == OURS { format!("**{}**", peer.title) } else { peer.title.to_owned() };
                let n = if note.is_empty() { n.to_string() } else { format!("{n} ({note})") };
                let ratio = ours.map_or_else(String::new, |ours| factor(median / ours));
                let (median, p90) = (row.unit.show(*median), row.unit.show(*p90));
                text += &format!("| {name} | {median} | {p90} | {n} | {ratio} |\n");
            }
            Some(Found::Cannot(reason)) if !is_about_language(reason) => {
                left_out.push(format!("{} ({reason})", peer.title));
            }
            Some(Found::Cannot(_) | Found::Word(_)) | None => {}
        }
    }
    if !left_out.is_empty() {
        text += &format!("\nNot in this row: {}.\n", left_out.join("; "));
    }
    text += &behind(measured);
    text + "\n"
}

/// Which peers are ahead, and why.
fn behind(measured: &Measured) -> String {
    let Some(ours) = number(measured, OURS) else { return String::new() };
    let is_ahead =
        |peer: &&Peer| peer.id != OURS && number(measured, peer.id).is_some_and(|value| value < ours * 0.95);
    let ahead: Vec<&Peer> = PEERS.iter().filter(is_ahead).collect();
    let mut text = String::new();
    let mut explained: Vec<&str> = Vec::new();
    for (_, peers, why) in BEHIND.iter().filter(|(row, ..)| *row == measured.row.id) {
        let named: Vec<&str> =
            ahead.iter().filter(|peer| peers.contains(&peer.id)).map(|peer| peer.title).collect();
        if !named.is_empty() {
            text += &format!("\n**Ahead of sbx: {}.** {why}\n", named.join(", "));
            explained.extend(*peers);
        }
    }
    let unexplained: Vec<&str> =
        ahead.iter().filter(|peer| !explained.contains(&peer.id)).map(|peer| peer.title).collect();
    if !unexplained.is_empty() {
        text += &format!("\n**Ahead of sbx: {}.** Why was not looked into.\n", unexplained.join(", "));
    }
    text
}

fn isolation(rows: &[Measured]) -> String {
    let found = |row: &str, peer: &Peer| {
        rows.iter().find(|measured| measured.row.id == row).and_then(|measured| measured.found.get(peer.id))
    };
    let mut text = "## What keeps programs apart\n\nThe last two columns were measured: whether a program reads \
                    `/etc/passwd` of the host, and when `while True: pass` ended under a limit of half a second. The others \
                    are from documentation and source.\n\n\
                    | | boundary | a fresh interpreter for each program | limits | reads the host's file | ended after |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    for peer in &PEERS {
        let read = match found("escape", peer) {
            Some(Found::Word(word)) if word == "read" => "**yes**".to_owned(),
            Some(Found::Word(_)) => "no".to_owned(),
            _ => "–".to_owned(),
        };
        let ended = match found("limit", peer) {
            Some(Found::Number { median, .. }) => Unit::Time.show(*median),
            _ => "–".to_owned(),
        };
        let Peer { title, facts, .. } = peer;
        text += &format!(
            "| {title} | {} | {} | {} | {read} | {ended} |\n",
            facts.boundary, facts.fresh, facts.limits
        );
    }
    text + "\n"
}

fn versions(rows: &[Measured]) -> String {
    let mut text = "## Versions, and how each is used\n\n| | versions | how |\n|---|---|---|\n".to_owned();
    let last = rows.last();
    for peer in &PEERS {
        let version = last.and_then(|row| row.versions.get(peer.id)).map_or("", String::as_str);
        text += &format!("| {} | {version} | {} |\n", peer.title, peer.how);
    }
    text + "\nThe versions are pinned in `xtask/src/bench/peers/catalogue.rs`, the runners are in \
            `crates/sbx/benches/peers`.\n"
}

fn chart(measured: &Measured) -> Option<String> {
    let row = measured.row;
    if !is_timed(measured) {
        return None;
    }
    let ours = number(measured, OURS);
    let found: Vec<Bar> = PEERS
        .iter()
        .filter_map(|peer| {
            let value = number(measured, peer.id)?;
            let ratio = match ours {
                Some(ours) if peer.id != OURS => format!("  ({} ×)", factor(value / ours)),
                _ => String::new(),
            };
            let note = format!("{}{ratio}", row.unit.show(value));
            Some(Bar { label: peer.title.to_owned(), value, note, is_ours: peer.id == OURS })
        })
        .collect();
    let axis = match row.unit {
        Unit::Bytes => "memory for each, logarithmic: shorter is better",
        Unit::Time | Unit::Count | Unit::PerSecond => "time, logarithmic: shorter is better",
    };
    Some(bars(row.title, axis, row.unit, &found))
}

fn chart_name(measured: &Measured) -> String {
    format!("peers-{}.svg", measured.row.id)
}

/// Whether the row is a section with a chart, rather than a column of the table about isolation.
fn is_timed(measured: &Measured) -> bool {
    !matches!(measured.row.ask, Ask::Limited { .. } | Ask::Escape { .. })
}

fn number(measured: &Measured, peer: &str) -> Option<f64> {
    match measured.found.get(peer) {
        Some(Found::Number { median, .. }) => Some(*median),
        _ => None,
    }
}

/// Whether the reason is only that the peer is for another language, which the row's title says.
fn is_about_language(reason: &str) -> bool {
    reason.ends_with(" only")
}

fn factor(ratio: f64) -> String {
    Unit::Count.show(ratio)
}

/// The anchor that a Markdown heading gets.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|char| char.is_alphanumeric() || [' ', '-'].contains(char));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
