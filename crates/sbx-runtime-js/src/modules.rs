//! Modules and globals that are not there: what to use in their place.

use sbx_core::{Advice, AdviceKind};
use sbx_runtime::{ReplyError, advice::missing_module};

const DATABASES: &str = "keep the data in JSON files, or use Python's `sqlite3` in this sandbox";
const FILES: &str =
    "use `fs` (`cpSync`, `rmSync`, `mkdirSync` with `{ recursive: true }`) and `find` of `sandbox-utils`";
const DOCUMENTS: &str = "use Python in this sandbox, or write CSV, HTML or SVG";

/// Packages of npm, by what replaces them.
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

/// Packages that serve.
const SERVERS: [&str; 12] = [
    "express",
    "koa",
    "fastify",
    "hapi",
    "@hapi/hapi",
    "@nestjs/core",
    "next",
    "restify",
    "body-parser",
    "cors",
    "socket.io",
    "nodemailer",
];

/// Packages that ask others.
const CLIENTS: [&str; 14] = [
    "got",
    "superagent",
    "request",
    "ky",
    "cross-fetch",
    "isomorphic-fetch",
    "needle",
    "openai",
    "@anthropic-ai/sdk",
    "aws-sdk",
    "@aws-sdk/client-s3",
    "googleapis",
    "socket.io-client",
    "graphql-request",
];

/// Globals of browsers.
const BROWSER: [&str; 10] = [
    "document",
    "window",
    "localStorage",
    "sessionStorage",
    "navigator",
    "location",
    "HTMLElement",
    "Image",
    "requestAnimationFrame",
    "DOMParser",
];

/// Globals of other programs that run JavaScript.
const OTHERS: [&str; 2] = ["Deno", "Bun"];

/// Globals that ask the one who sits before the program.
const DIALOGUES: [&str; 3] = ["prompt", "confirm", "alert"];

/// What there is, for modules of which nothing is known.
const AVAILABLE: &str = "there are fs, path, util, events, stream, assert, os, url, \
    buffer, crypto (random values, digests), readline and timers as in Node, csv-simple, json-utils, string-utils and \
    sandbox-utils, and what lies in /app or /app/node_modules as JavaScript; npm does not work inside";

/// What to say of a module that was not found.
pub(crate) fn advise(error: &ReplyError) -> Option<Advice> {
    let module = error.module.as_deref()?;
    if SERVERS.contains(&module) {
        return Some(Advice::new(
            AdviceKind::NetworkUnavailable,
            format!(
                "There is no network in the sandbox, so `{module}` is not there: no server can listen and nothing can \
                 connect. Put the logic into functions and call them."
            ),
        ));
    }
    if CLIENTS.contains(&module) {
        return Some(Advice::new(
            AdviceKind::NetworkUnavailable,
            format!(
                "There is no network in the sandbox, so `{module}` is not there. Ask for the data as a file in /app and \
                 read it from there."
            ),
        ));
    }
    Some(missing_module(module, &hint(module, error.nearest.as_deref())))
}

/// What to say of a name that a module does not export.
pub(crate) fn advise_export(error: &ReplyError) -> Option<Advice> {
    let nearest = error.nearest.as_deref()?;
    Some(Advice::new(AdviceKind::MissingPackage, format!("{}. Did you mean `{nearest}`?", error.message)))
}

/// What to say of a global that is not there.
pub(crate) fn advise_global(error: &ReplyError) -> Option<Advice> {
    let name = error.message.strip_suffix(" is not defined")?;
    if BROWSER.contains(&name) {
        return Some(Advice::new(
            AdviceKind::MissingPackage,
            format!(
                "There is no browser: `{name}` is not there. Print the result, or write HTML to a file in /app."
            ),
        ));
    }
    if OTHERS.contains(&name) {
        return Some(Advice::new(
            AdviceKind::MissingPackage,
            format!("`{name}` is not there: write the program for Node, with `fs`, `path` and `process`."),
        ));
    }
    DIALOGUES.contains(&name).then(|| {
        Advice::new(
            AdviceKind::NoStdin,
            format!(
                "Standard input is empty, and nobody is there to answer: `{name}` is not there. Put the values into the \
                 program or into a file in /app."
            ),
        )
    })
}

fn hint(module: &str, nearest: Option<&str>) -> String {
    // `lodash/groupBy` is a part of `lodash`, `@scope/name` is one name.
    let top = if module.starts_with('@') { module } else { module.split('/').next().unwrap_or(module) };
    let known = ALTERNATIVES.iter().find(|(_, modules)| modules.contains(&top));
    match (known, nearest) {
        (Some((alternative, _)), _) => (*alternative).to_owned(),
        (None, Some(nearest)) => format!("did you mean `{nearest}`? Else: {AVAILABLE}"),
        (None, None) => AVAILABLE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_has_one_answer() {
        let mut names: Vec<&str> =
            ALTERNATIVES.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
        names.extend(SERVERS);
        names.extend(CLIENTS);
        let total = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), total);
    }

    #[test]
    fn what_is_known_goes_before_what_is_spelt_alike() {
        assert_eq!(hint("uuid", Some("util")), "use `crypto.randomUUID()`");
        assert!(hint("lodash/groupBy", None).contains("`Object.groupBy`"));
        assert!(hint("csv-simpel", Some("csv-simple")).starts_with("did you mean `csv-simple`?"));
        assert_eq!(hint("quux", None), AVAILABLE);
    }
}
