//! Charts as SVG, written by hand: bars and lines over logarithmic axes, readable on light and dark pages.
//!
//! Why no library: two forms are all that the reports need, and every task starts with building this crate.

use std::fmt::Write as _;

use super::units::Unit;

const WIDTH: f64 = 820.0;
const TITLE: f64 = 34.0;

/// Colours are classes, since the page's scheme decides about them when it is shown.
const STYLE: &str = "\
<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328 }
.paper { fill: #ffffff }
.title { font-size: 16px; font-weight: 600 }
.small { font-size: 12px; fill: #59636e }
.strong { font-weight: 600 }
.plain, .strong { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.other { fill: #9aa7b4 }
.ours { fill: #0969da }
.line { fill: none; stroke-width: 2 }
.dashed { stroke-dasharray: 5 4 }
.s0 { stroke: #0969da } .f0 { fill: #0969da }
.s1 { stroke: #bc4c00 } .f1 { fill: #bc4c00 }
.s2 { stroke: #1a7f37 } .f2 { fill: #1a7f37 }
.s3 { stroke: #8250df } .f3 { fill: #8250df }
.s4 { stroke: #bf3989 } .f4 { fill: #bf3989 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .plain, .strong { stroke: #0d1117 } .paper { fill: #0d1117 } .small { fill: #9198a1 } .grid { stroke: #3d444d }
.other { fill: #656c76 } .ours { fill: #4493f8 }
.s0 { stroke: #4493f8 } .f0 { fill: #4493f8 } .s1 { stroke: #f0883e } .f1 { fill: #f0883e }
.s2 { stroke: #3fb950 } .f2 { fill: #3fb950 } .s3 { stroke: #ab7df8 } .f3 { fill: #ab7df8 }
.s4 { stroke: #db61a2 } .f4 { fill: #db61a2 }
}
</style>
";

/// How many series have a colour of their own.
const COLOURS: usize = 5;

/// One bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// What stands at its end.
    pub(crate) note: String,
    /// Whether it is sbx.
    pub(crate) is_ours: bool,
}

/// Bars from left to right over a logarithmic axis, the shortest on top.
pub(crate) fn bars(title: &str, axis: &str, unit: Unit, bars: &[Bar]) -> String {
    const LABELS: f64 = 200.0;
    const NOTES: f64 = 150.0;
    const ROW: f64 = 28.0;
    let mut bars: Vec<&Bar> = bars.iter().filter(|bar| bar.value > 0.0).collect();
    bars.sort_by(|left, right| left.value.total_cmp(&right.value));
    let scale = Scale::over(bars.iter().map(|bar| bar.value / 1.6), LABELS, WIDTH - NOTES)
        .including(bars.iter().map(|bar| bar.value));
    let (top, bottom) = (TITLE + 14.0, TITLE + 14.0 + ROW * bars.len() as f64);
    let mut svg = open(title, bottom + 48.0);
    for mark in scale.marks() {
        let x = scale.at(mark);
        line(&mut svg, (x, top), (x, bottom));
        text(&mut svg, (x, bottom + 17.0), "small", "middle", &unit.mark(mark));
    }
    for (idx, bar) in bars.iter().enumerate() {
        let y = top + ROW * idx as f64;
        let (fill, weight) = if bar.is_ours { ("ours", "strong") } else { ("other", "plain") };
        let length = (scale.at(bar.value) - LABELS).max(2.0);
        text(&mut svg, (LABELS - 8.0, y + 18.5), weight, "end", &bar.label);
        push(
            &mut svg,
            format_args!(
                "<rect class=\"{fill}\" x=\"{LABELS}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"18\" rx=\"2\"/>",
                y + 5.0
            ),
        );
        text(&mut svg, (LABELS + length + 6.0, y + 18.5), weight, "start", &bar.note);
    }
    let middle = f64::midpoint(LABELS, WIDTH - NOTES);
    text(&mut svg, (middle, bottom + 37.0), "small", "middle", axis);
    svg + "</svg>\n"
}

/// One line: its name, and its points from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// What an axis says and measures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis<'a> {
    pub(crate) label: &'a str,
    pub(crate) unit: Unit,
}

/// Lines over two logarithmic axes, each with its name at its right end.
pub(crate) fn lines(title: &str, x_axis: Axis<'_>, y_axis: Axis<'_>, series: &[Series]) -> String {
    const LEFT: f64 = 84.0;
    const NAMES: f64 = 200.0;
    const HEIGHT: f64 = 400.0;
    let (top, bottom) = (TITLE + 26.0, HEIGHT - 56.0);
    let points = || series.iter().flat_map(|series| &series.points).filter(|(x, y)| *x > 0.0 && *y > 0.0);
    let x_scale = Scale::over(points().map(|(x, _)| *x), LEFT, WIDTH - NAMES);
    let y_scale = Scale::over(points().map(|(_, y)| *y), bottom, top);
    let mut svg = open(title, HEIGHT);
    for mark in x_scale.marks() {
        let x = x_scale.at(mark);
        line(&mut svg, (x, top), (x, bottom));
        text(&mut svg, (x, bottom + 18.0), "small", "middle", &x_axis.unit.mark(mark));
    }
    for mark in y_scale.marks() {
        let y = y_scale.at(mark);
        line(&mut svg, (LEFT, y), (WIDTH - NAMES, y));
        text(&mut svg, (LEFT - 8.0, y + 4.0), "small", "end", &y_axis.unit.mark(mark));
    }
    text(&mut svg, (LEFT - 60.0, top - 10.0), "small", "start", y_axis.label);
    text(&mut svg, (f64::midpoint(LEFT, WIDTH - NAMES), HEIGHT - 14.0), "small", "middle", x_axis.label);
    for (idx, one) in series.iter().enumerate() {
        let at: Vec<(f64, f64)> = one
            .points
            .iter()
            .filter(|(x, y)| *x > 0.0 && *y > 0.0)
            .map(|(x, y)| (x_scale.at(*x), y_scale.at(*y)))
            .collect();
        let path: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let colour = idx % COLOURS;
        push(
            &mut svg,
            format_args!("<polyline class=\"line s{colour}{}\" points=\"{}\"/>", dashes(idx), path.join(" ")),
        );
        for (x, y) in at {
            push(
                &mut svg,
                format_args!("<circle class=\"f{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>"),
            );
        }
    }
    let ends = series.iter().map(|one| one.points.last().map_or(bottom, |(_, y)| y_scale.at(y.max(1e-12))));
    for ((idx, one), y) in series.iter().enumerate().zip(apart(ends.collect(), 18.0, bottom)) {
        let x = WIDTH - NAMES + 12.0;
        push(
            &mut svg,
            format_args!(
                "<line class=\"line s{}{}\" x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>",
                idx % COLOURS,
                dashes(idx),
                x + 22.0
            ),
        );
        text(&mut svg, (x + 28.0, y + 4.5), "plain", "start", &one.name);
    }
    svg + "</svg>\n"
}

/// When the colours begin again, lines are dashed.
fn dashes(idx: usize) -> &'static str {
    if idx < COLOURS { "" } else { " dashed" }
}

/// Places at least `gap` apart, in the order that they had, near to where they were, none below `bottom`.
fn apart(places: Vec<f64>, gap: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|left, right| places[*left].total_cmp(&places[*right]));
    let mut moved = places;
    for pair in order.windows(2) {
        moved[pair[1]] = moved[pair[1]].max(moved[pair[0]] + gap);
    }
    let mut limit = bottom;
    for idx in order.into_iter().rev() {
        moved[idx] = moved[idx].min(limit);
        limit = moved[idx] - gap;
    }
    moved
}

/// A logarithmic scale from the numbers to places in the picture.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn over(numbers: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) =
            numbers.fold((f64::INFINITY, 0.0_f64), |(low, high), number| (low.min(number), high.max(number)));
        let (low, high) = if low.is_finite() { (low, high) } else { (1.0, 10.0) };
        // A little air on both sides; at least half a decade, so that noise does not fill the picture.
        let (low, high) = (low.log10() - 0.05, high.log10() + 0.05);
        let lacking = (0.5 - (high - low)).max(0.0) / 2.0;
        Self { low: low - lacking, high: high + lacking, from, to }
    }

    fn including(self, numbers: impl Iterator<Item = f64>) -> Self {
        let high = numbers.fold(self.high, |high, number| high.max(number.log10() + 0.05));
        Self { high, ..self }
    }

    fn at(&self, number: f64) -> f64 {
        self.from + (number.log10() - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Whole decades; where there are few of them, steps within them too.
    fn marks(&self) -> Vec<f64> {
        let steps: &[f64] = match self.high - self.low {
            span if span < 1.2 => &[1.0, 2.0, 3.0, 5.0],
            span if span < 3.0 => &[1.0, 3.0],
            _ => &[1.0],
        };
        let mut marks = Vec::new();
        let mut decade = 10_f64.powf(self.low.floor());
        while decade.log10() <= self.high {
            let within = |mark: &f64| (self.low..=self.high).contains(&mark.log10());
            marks.extend(steps.iter().map(|step| decade * step).filter(within));
            decade *= 10.0;
        }
        let every = if marks.len() > 12 { 2 } else { 1 };
        marks.into_iter().step_by(every).collect()
    }
}

fn open(title: &str, height: f64) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">\n{STYLE}",
        escaped(title)
    );
    push(&mut svg, format_args!("<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height:.0}\" rx=\"6\"/>"));
    text(&mut svg, (16.0, 25.0), "title", "start", title);
    svg
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    push(
        svg,
        format_args!(
            "<line class=\"grid\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>",
            from.0, from.1, to.0, to.1
        ),
    );
}

fn text(svg: &mut String, at: (f64, f64), class: &str, anchor: &str, content: &str) {
    push(
        svg,
        format_args!(
            "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            at.0,
            at.1,
            escaped(content)
        ),
    );
}

fn push(svg: &mut String, piece: std::fmt::Arguments<'_>) {
    writeln!(svg, "{piece}").expect("writing to a text cannot fail");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_the_ends_of_lines_do_not_overlap() {
        assert_eq!(apart(vec![10.0, 12.0, 100.0], 18.0, 300.0), [10.0, 28.0, 100.0]);
        assert_eq!(apart(vec![300.0, 299.0, 298.0], 18.0, 300.0), [300.0, 282.0, 264.0]);
    }

    #[test]
    fn marks_are_decades_and_fewer_decades_have_steps() {
        let marks = |low: f64, high: f64| Scale::over([low, high].into_iter(), 0.0, 1.0).marks();
        let close = |found: Vec<f64>, wanted: &[f64]| {
            assert_eq!(found.len(), wanted.len(), "{found:?}");
            assert!(found.iter().zip(wanted).all(|(a, b)| (a / b - 1.0).abs() < 1e-9), "{found:?}");
        };
        close(marks(1.0, 1e4), &[1.0, 10.0, 100.0, 1e3, 1e4]);
        close(marks(2.0, 9.0), &[2.0, 3.0, 5.0, 10.0]);
        close(marks(1.0, 100.0), &[1.0, 3.0, 10.0, 30.0, 100.0]);
    }

    #[test]
    fn the_shortest_bar_is_on_top_and_ours_stands_out() {
        let bar = |label: &str, value, is_ours| Bar {
            label: label.to_owned(),
            value,
            note: Unit::Time.show(value),
            is_ours,
        };
        let svg = bars("A < B", "time", Unit::Time, &[bar("slow", 1.0, false), bar("sbx", 1e-3, true)]);
        let place = |text: &str| svg.find(text).unwrap_or_else(|| unreachable!("{text} is in {svg}"));
        assert!(place(">sbx<") < place(">slow<"));
        assert!(place("class=\"ours\"") < place("class=\"other\" x"));
        for text in [">A &lt; B<", ">1.00 ms<", ">10 ms<", "prefers-color-scheme: dark"] {
            place(text);
        }
        assert!(svg.ends_with("</svg>\n"));
    }

    #[test]
    fn a_line_goes_through_its_points() {
        let series = Series { name: "fork".to_owned(), points: vec![(1.0, 1e-6), (100.0, 1e-4)] };
        let x_axis = Axis { label: "files", unit: Unit::Count };
        let svg = lines("Law", x_axis, Axis { label: "time", unit: Unit::Time }, &[series]);
        assert_eq!(svg.matches("<circle").count(), 2);
        // 0.05 of a decade from each corner of the field: 84 to 620 by 60 to 344.
        assert!(svg.contains("points=\"96.8,337.2 607.2,66.8\""), "{svg}");
    }
}
