//! `docs/scaling.md` and its charts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Measured;
use super::law;
use super::parts::{Chart, Part};
use crate::bench::chart::{Axis, Series, lines};
use crate::bench::{GENERATED, write_chart};

const INTRODUCTION: &str = "\
How costs grow, and where they bend. Axes are logarithmic: a straight line is a power law, and its slope is the exponent that
the tables give, fitted to all sizes, or to the smaller and the larger half where the two differ by more than 0.25. \"Constant\" is an
exponent between -0.1 and 0.1, or numbers that differ by less than a factor of two. One part can be measured alone: `--only PART`; `--quick` is a short form.
";

/// Writes the page and its charts into a folder.
pub(super) fn write(measured: &[Measured], folder: &Path) -> anyhow::Result<PathBuf> {
    for one in measured {
        for chart in one.part.charts {
            write_chart(folder, &chart_name(chart), &draw(one, chart))?;
        }
    }
    let path = folder.join("scaling.md");
    fs::write(&path, page(measured)).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn page(measured: &[Measured]) -> String {
    let generated = GENERATED.replace("{}", "cargo xtask bench --scaling");
    let mut page = format!("# How costs grow\n\n{generated}\n\n{INTRODUCTION}\n");
    let days: Vec<&str> = measured.iter().map(|one| one.when.as_str()).collect();
    let (first, last) = (days.iter().min().unwrap_or(&""), days.iter().max().unwrap_or(&""));
    let days = if first == last { (*first).to_owned() } else { format!("{first} to {last}") };
    let busiest = measured.iter().map(|one| one.load).fold(0.0, f64::max);
    let machine = measured.first().map_or("", |one| one.machine.as_str());
    page += &format!("Machine: {machine}. Measured {days}.");
    if busiest > 2.5 {
        page += &format!(
            " The machine was busy with other things too: a load of up to {busiest:.1} when a part began."
        );
    }
    page += "\n\n";
    for one in measured {
        page += &section(one);
    }
    page
}

fn section(measured: &Measured) -> String {
    let Part { title, what, size, .. } = measured.part;
    let mut text = format!("## {title}\n\n{}.\n\n", sentence(what));
    for chart in measured.part.charts {
        text += &format!("![{}](charts/{})\n\n", chart.title, chart_name(chart));
    }
    let largest = measured.points.iter().filter_map(|point| point.get("n")?.as_f64()).fold(0.0, f64::max);
    let show = |number: f64| measured.part.size_unit.show(number);
    let smallest = measured.part.charts.iter().flat_map(|chart| chart.costs);
    let smallest =
        smallest.filter_map(|(key, _)| measured.cost(key).first().map(|(n, _)| *n)).fold(largest, f64::min);
    text += &format!(
        "| by n, the {size} | at {} | at {} | law |\n|---|---:|---:|---|\n",
        show(smallest),
        show(largest)
    );
    for chart in measured.part.charts {
        for (key, name) in chart.costs {
            let points = measured.cost(key);
            let (Some((_, first)), Some((_, last))) = (points.first(), points.last()) else { continue };
            let (first, last) = (chart.unit.show(*first), chart.unit.show(*last));
            text += &format!("| {name} | {first} | {last} | {} |\n", law::words(&points));
        }
    }
    if !measured.part.found.is_empty() {
        text += &format!("\n{}\n", measured.part.found);
    }
    text + "\n"
}

fn draw(measured: &Measured, chart: &Chart) -> String {
    let series: Vec<Series> = chart
        .costs
        .iter()
        .map(|(key, name)| Series { name: (*name).to_owned(), points: measured.cost(key) })
        .filter(|series| !series.points.is_empty())
        .collect();
    let x_axis = Axis { label: measured.part.size, unit: measured.part.size_unit };
    lines(chart.title, x_axis, Axis { label: chart.axis, unit: chart.unit }, &series)
}

fn chart_name(chart: &Chart) -> String {
    format!("scaling-{}.svg", chart.id)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
