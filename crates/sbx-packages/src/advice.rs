//! What to use in place of packages that cannot come in, or that are not there.

mod javascript;

use crate::ecosystem::Ecosystem;

/// Packages of Python that are often asked for and have native code or need a network, and what does their job in the guest.
const PYTHON: [(&str, &str); 22] = [
    ("aiohttp", "there is no network: read the data from a file in /app"),
    ("duckdb", "use `sqlite3` or pandas, which are built in"),
    ("fastparquet", "use pandas with CSV, JSON or Excel files"),
    ("httpx", "there is no network: read the data from a file in /app"),
    ("jsonschema", "check the data in plain Python, or with `attrs`, which is built in"),
    ("lightgbm", "use scikit-learn, which is built in"),
    ("opencv-python", "use `PIL` and numpy, which are built in"),
    ("orjson", "use `json`"),
    ("playwright", "there is no network and no browser: read saved pages with `bs4`, which is built in"),
    ("plotly", "use matplotlib, which is built in"),
    ("polars", "use pandas, which is built in"),
    ("psycopg2", "there is no network: use `sqlite3` on a file in /app"),
    ("pyarrow", "use pandas with CSV, JSON or Excel files"),
    ("pydantic", "use `dataclasses`, or `attrs`, which is built in"),
    ("pydantic-core", "use `dataclasses`, or `attrs`, which is built in"),
    ("pymupdf", "use `pypdf`, which is built in"),
    ("rapidfuzz", "use `difflib`"),
    ("tensorflow", "use scikit-learn or numpy, which are built in"),
    ("tokenizers", "use `re`, or `regex`, which is built in"),
    ("torch", "use scikit-learn or numpy, which are built in"),
    ("ujson", "use `json`"),
    ("xgboost", "use scikit-learn, which is built in"),
];

/// What does the job of the package `name`, if that is known.
///
/// # Examples
/// ```
/// use sbx_packages::{Ecosystem, alternative};
///
/// assert!(alternative(Ecosystem::Python, "plotly").is_some_and(|text| text.contains("matplotlib")));
/// assert!(alternative(Ecosystem::JavaScript, "sharp").is_some_and(|text| text.contains("Python")));
/// assert_eq!(alternative(Ecosystem::Python, "mammoth"), None);
/// ```
#[must_use]
pub fn alternative(ecosystem: Ecosystem, name: &str) -> Option<&'static str> {
    match ecosystem {
        Ecosystem::Python => PYTHON.iter().find(|(known, _)| *known == name).map(|(_, text)| *text),
        Ecosystem::JavaScript => javascript::alternative(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_in_normal_form() {
        assert!(PYTHON.is_sorted());
        for (name, _) in PYTHON {
            assert_eq!(crate::PackageName::parse(name).unwrap().as_str(), name);
        }
    }
}
