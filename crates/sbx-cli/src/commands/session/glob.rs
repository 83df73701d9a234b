//! Patterns of files, as shells have them.

/// Whether a path below the workspace is one that `pattern` means. In one part `*` stands for anything and `?` for one
/// character; `**` stands for any number of parts. A pattern without a slash is looked for in all folders.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let mut wanted: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if wanted.len() == 1 {
        wanted.insert(0, "**");
    }
    let parts: Vec<&str> = path.split('/').collect();
    wild(&wanted, &parts, |want| *want == "**", |want, part| part_matches(want, part))
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let (pattern, part): (Vec<char>, Vec<char>) = (pattern.chars().collect(), part.chars().collect());
    wild(&pattern, &part, |want| *want == '*', |want, char| *want == '?' || want == char)
}

/// Matches from the left; after a miss, the last star takes one more.
fn wild<T>(pattern: &[T], text: &[T], is_star: impl Fn(&T) -> bool, fits: impl Fn(&T, &T) -> bool) -> bool {
    let (mut at, mut n_done) = (0, 0);
    let mut after_star = None;
    while let Some(item) = text.get(n_done) {
        match pattern.get(at) {
            Some(want) if is_star(want) => {
                at += 1;
                after_star = Some((at, n_done));
            }
            Some(want) if fits(want, item) => (at, n_done) = (at + 1, n_done + 1),
            _ => {
                let Some((star, taken)) = after_star else { return false };
                (at, n_done) = (star, taken + 1);
                after_star = Some((star, n_done));
            }
        }
    }
    pattern.iter().skip(at).all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_shells_mean() {
        for (pattern, path, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", "x/y/a.csv", true),
            ("*.csv", "a.csv.bak", false),
            ("./*.csv", "x/a.csv", true),
            ("x/*.csv", "x/a.csv", true),
            ("x/*.csv", "x/y/a.csv", false),
            ("x/**/*.csv", "x/a.csv", true),
            ("x/**/*.csv", "x/y/z/a.csv", true),
            ("**", "x/y", true),
            ("x/**", "x/y", true),
            ("x/**", "y/x", false),
            ("?.txt", "a.txt", true),
            ("?.txt", "ab.txt", false),
            ("ä*", "äöü", true),
            ("a", "a/b", false),
            ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
