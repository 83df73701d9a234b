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
    let word = |exponent: f64| match exponent {
        e if e.abs() < 0.1 => "constant".to_owned(),
        e => format!("n<sup>{e:.2}</sup>"),
    };
    match halves(points) {
        Some((small, large)) if (small.exponent - large.exponent).abs() > 0.25 => {
            format!("{}, then {}", word(small.exponent), word(large.exponent))
        }
        _ => word(law.exponent),
    }
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
        // A constant share that is overtaken by a linear one.
        assert_eq!(words(&points(|x| 1000.0 + x * x / 10.0)), "n<sup>0.15</sup>, then n<sup>1.85</sup>");
        assert_eq!(words(&[]), "too few sizes");
    }
}
