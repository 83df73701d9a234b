//! Packages of JavaScript that cannot come in, or are often asked for, by what does their job in the guest.

const DATABASES: &str = "keep the data in JSON files, or use Python's `sqlite3` in this sandbox";
const FILES: &str =
    "use `fs` (`cpSync`, `rmSync`, `mkdirSync` with `{ recursive: true }`) and `find` of `sandbox-utils`";
const DOCUMENTS: &str = "use Python in this sandbox, or write CSV, HTML or SVG";

/// Packages, by what replaces them.
const ALTERNATIVES: [(&str, &[&str]); 24] = [
    (
        "use `Object.groupBy`, `Map.groupBy`, `structuredClone`, `toSorted`, `flatMap`, or `sandbox-utils`",
        &["lodash", "lodash-es", "underscore", "ramda", "immutable", "immer"],
    ),
    (
        "use `Date` with `toISOString`, `toLocaleDateString` and the `getUTC…` methods",
        &["moment", "moment-timezone", "dayjs", "date-fns", "luxon"],
    ),
    ("use `crypto.randomUUID()`", &["uuid", "nanoid", "cuid", "shortid"]),
    ("use `csv-simple`", &["csv-parse", "csv-parser", "csv", "papaparse", "csvtojson", "fast-csv", "d3-dsv"]),
    ("print plain text", &["chalk", "colors", "kleur", "picocolors", "ora", "cli-table3", "boxen", "figlet"]),
    ("use `process.argv.slice(2)`", &["yargs", "commander", "minimist", "meow"]),
    ("use `process.env`", &["dotenv", "cross-env"]),
    (FILES, &["fs-extra", "rimraf", "mkdirp", "glob", "fast-glob", "globby", "shelljs"]),
    ("use `xmlToObject` of `sandbox-utils`", &["xml2js", "fast-xml-parser", "xml-js"]),
    ("use JSON", &["js-yaml", "yaml", "toml", "json5"]),
    (
        "use `BigInt`, or whole numbers of the smallest unit",
        &["mathjs", "decimal.js", "bignumber.js", "big.js"],
    ),
    ("use `assert`", &["jest", "mocha", "chai", "vitest", "ava", "sinon", "node:test", "test"]),
    ("use `validate` of `json-utils`", &["zod", "joi", "ajv", "yup"]),
    (
        "use regular expressions on a file in /app, or Python's `bs4` and `lxml` in this sandbox",
        &["cheerio", "jsdom", "node-html-parser", "puppeteer", "playwright"],
    ),
    (
        DOCUMENTS,
        &["xlsx", "exceljs", "pdfkit", "pdf-lib", "pdf-parse", "jspdf", "sharp", "canvas", "jimp", "docx"],
    ),
    (
        DATABASES,
        &[
            "better-sqlite3",
            "sqlite3",
            "mysql",
            "mysql2",
            "pg",
            "mongodb",
            "mongoose",
            "redis",
            "ioredis",
            "sequelize",
            "knex",
        ],
    ),
    ("use the runtime `ts`, which runs TypeScript", &["typescript", "ts-node", "tsx"]),
    ("use promises: `Promise.all`, `async` and `await`", &["async", "bluebird", "p-limit", "p-map", "rxjs"]),
    ("use `events`", &["eventemitter3", "mitt"]),
    (
        "use `crypto`'s `createHash` and `createHmac`",
        &["crypto-js", "md5", "sha1", "bcrypt", "bcryptjs", "jsonwebtoken"],
    ),
    ("use `console.log`", &["winston", "pino", "debug", "log4js"]),
    ("write HTML as a template text", &["react", "react-dom", "vue", "handlebars", "ejs", "mustache", "pug"]),
    ("use `string-utils`", &["slugify", "pluralize", "change-case", "he"]),
    (
        "nothing here compresses; use Python's `zipfile` and `gzip` in this sandbox",
        &["zlib", "jszip", "archiver", "adm-zip", "tar"],
    ),
];

pub(super) fn alternative(name: &str) -> Option<&'static str> {
    ALTERNATIVES.iter().find(|(_, names)| names.contains(&name)).map(|(text, _)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_has_one_answer() {
        let mut names: Vec<&str> = ALTERNATIVES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
    }
}
