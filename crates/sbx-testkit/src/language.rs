//! A language, and how its programs are written into cases.

use sbx::{RuntimeType, Runtimes};

/// A language, and how its programs are written into cases.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Language {
    /// Its member in a case.
    pub key: &'static str,
    /// What runs it.
    pub runtime: RuntimeType,
    /// The image of cases that name none.
    pub image: &'static str,
    /// A program that does what is given, and prints the error's code or `done`.
    pub attempt: fn(&str) -> String,
    /// A program whose value is a random number.
    pub draw: &'static str,
}

/// Python.
pub const PYTHON: Language = Language {
    key: "python",
    runtime: RuntimeType::Python,
    image: "python",
    attempt: |code| {
        let body: String = code.lines().map(|line| format!("        {line}\n")).collect();
        format!(
            "import os, errno, shutil\ndef go():\n    try:\n{body}        print('done')\n    except OSError as e:\n        \
             print(errno.errorcode[e.errno])\ngo()"
        )
    },
    draw: "import random; random.random()",
};

/// JavaScript.
pub const JAVASCRIPT: Language = Language {
    key: "javascript",
    runtime: RuntimeType::JavaScript,
    image: "javascript",
    attempt: |code| {
        format!(
            "const fs = require('fs'); try {{ {code}\n; console.log('done') }} catch (e) {{ console.log(e.code) }}"
        )
    },
    draw: "Math.random()",
};

/// Every language.
pub const LANGUAGES: [Language; 2] = [PYTHON, JAVASCRIPT];

/// What is set up on this machine, loaded once.
///
/// # Panics
/// If it is not set up.
#[must_use]
pub fn runtimes() -> Runtimes {
    let runtimes = Runtimes::shared();
    let runtimes = runtimes.unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
    for image in ["python", "python-data"] {
        runtimes
            .python()
            .and_then(|python| Ok(python.image(image)?))
            .unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
    }
    runtimes
}
