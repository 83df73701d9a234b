//! Packages of JavaScript that cannot come in, or are often asked for, by what does their job in the guest.

const DATABASES: &str = "keep the data in JSON files, or use Python's `sqlite3` in this sandbox";
const FILES: &str =
    "use `fs` (`cpSync`, `rmSync`, `mkdirSync` with `{ recursive: true }`) and `find` of `sandbox-utils`";
const DOCUMENTS: &str = "use Python in this sandbox, or write CSV, HTML or SVG";

/// Packages, by what replaces them.
const ALTERNATIVES: [(&str, &[&str]); 25] = [
    (
        "use `lodash`, `ramda` or `immer`, which come with sbx, `Object.groupBy`, `structuredClone`, `toSorted`, `flatMap`",
        &["lodash-es", "underscore", "immutable"],
    ),
    (
        "use `dayjs` or `date-fns`, which come with sbx, or `Date` with `toISOString` and `toLocaleDateString`",
        &["moment", "moment-timezone", "luxon"],
    ),
    ("use `uuid` or `nanoid`, which come with sbx, or `crypto.randomUUID()`", &["cuid", "shortid"]),
    (
        "use `papaparse` or `csv-parse`, which come with sbx, or `csv-simple`",
        &["csv-parser", "csv", "csvtojson", "fast-csv", "d3-dsv"],
    ),
    ("print plain text", &["chalk", "colors", "kleur", "picocolors", "ora", "cli-table3", "boxen", "figlet"]),
    ("use `process.argv.slice(2)`", &["yargs", "commander", "minimist", "meow"]),
    ("use `process.env`", &["dotenv", "cross-env"]),
    (FILES, &["fs-extra", "rimraf", "mkdirp", "glob", "fast-glob", "globby", "shelljs"]),
    ("use `xmlToObject` of `sandbox-utils`", &["xml2js", "fast-xml-parser", "xml-js"]),
    ("use `js-yaml`, which comes with sbx, or JSON", &["yaml", "toml", "json5"]),
    ("use `marked`, which comes with sbx", &["markdown-it", "showdown", "remark"]),
    (
        "use `decimal.js`, which comes with sbx, `BigInt`, or whole numbers of the smallest unit",
        &["mathjs", "bignumber.js", "big.js"],
    ),
    ("use `assert`", &["jest", "mocha", "chai", "vitest", "ava", "sinon", "node:test", "test"]),
    ("use `zod`, which comes with sbx, or `validate` of `json-utils`", &["joi", "ajv", "yup"]),
    (
        "use `cheerio`, which comes with sbx, on a file in /app, or Python's `bs4` and `lxml` in this sandbox",
        &["jsdom", "node-html-parser", "puppeteer", "playwright"],
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
    (
        "use `handlebars`, which comes with sbx, or write HTML as a template text",
        &["react", "react-dom", "vue", "ejs", "mustache", "pug"],
    ),
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
