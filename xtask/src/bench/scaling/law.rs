//! The exponent of a cost: a straight line through the logarithms.

/// A cost that grows as `size` to the power of `exponent`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Law {
    pub(super) exponent: f64,
    /// How much of the variation the law explains, 0 to 1.
    pub(super) r_squared: f64,
}

/// The law through these points; None if there are too few to say.
pub(super) fn fit(points: &[(f64, f64)]) -> Option<Law> {
    let logs: Vec<(f64, f64)> =
        points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (x.ln(), y.ln())).collect();
    if logs.len() < 3 {
        return None;
    }
    let n = logs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / n;
    let (x_mean, y_mean) = (mean(|point| point.0), mean(|point| point.1));
    let sum =
        |of: &dyn Fn(f64, f64) -> f64| -> f64 { logs.iter().map(|(x, y)| of(x - x_mean, y - y_mean)).sum() };
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    let r_squared = if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 };
    Some(Law { exponent: xy / xx, r_squared })
}

/// The laws of the smaller and the larger half: two numbers where there is a bend.
pub(super) fn halves(points: &[(f64, f64)]) -> Option<(Law, Law)> {
    let middle = points.len() / 2;
    Some((fit(points.get(..=middle)?)?, fit(points.get(middle..)?)?))
}

/// The law in words.
pub(super) fn words(points: &[(f64, f64)]) -> String {
    let Some(law) = fit(points) else { return "too few sizes".to_owned() };
    let middle = points.len() / 2;
    let small_points = points.get(..=middle).unwrap_or_default();
    let large_points = points.get(middle..).unwrap_or_default();
    match halves(points) {
        _ if is_constant(law, points) => word(law, points),
        Some((small, large)) if bends(small, large) => {
            format!("{}, then {}", word(small, small_points), word(large, large_points))
        }
        _ => word(law, points),
    }
}

fn word(law: Law, points: &[(f64, f64)]) -> String {
    if is_constant(law, points) {
        "constant".to_owned()
    } else if law.r_squared < 0.5 {
        "no clear law".to_owned()
    } else {
        format!("n<sup>{:.2}</sup>", law.exponent)
    }
}

/// Whether the numbers differ by no more than a busy machine makes them differ.
fn is_constant(law: Law, points: &[(f64, f64)]) -> bool {
    let range =
        points.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), (_, y)| (low.min(*y), high.max(*y)));
    let spread = range.1 / range.0;
    spread < 2.0 || (law.exponent.abs() < 0.1 && spread < 2.5)
}

/// Whether the halves follow laws of their own, rather than none.
fn bends(small: Law, large: Law) -> bool {
    let is_law = |law: Law| law.r_squared > 0.6 || law.exponent.abs() < 0.1;
    (small.exponent - large.exponent).abs() > 0.25 && is_law(small) && is_law(large)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(of: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        [1.0, 10.0, 100.0, 1e3, 1e4].map(|x| (x, of(x))).to_vec()
    }

    #[test]
    fn a_power_is_found() {
        let law = fit(&points(|x| 3.0 * x.powf(1.5))).unwrap();
        assert!((law.exponent - 1.5).abs() < 1e-9 && law.r_squared > 0.999, "{law:?}");
        assert_eq!(fit(&[(1.0, 1.0), (2.0, 2.0)]), None);
    }

    #[test]
    fn laws_are_told_in_words() {
        assert_eq!(words(&points(|_| 7.0)), "constant");
        assert_eq!(words(&points(|x| x)), "n<sup>1.00</sup>");
        let noise = [(1.0, 1.0), (10.0, 1.9), (100.0, 1.1), (1e3, 1.8), (1e4, 1.9)];
        assert_eq!(words(&noise), "constant", "no law is read into noise");
        // A constant share that is overtaken by a linear one.
        assert_eq!(words(&points(|x| 1000.0 + x * x / 10.0)), "constant, then n<sup>1.85</sup>");
        assert_eq!(words(&[]), "too few sizes");
    }
}
