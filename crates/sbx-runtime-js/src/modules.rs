//! Modules and globals that are not there: what to use in their place.

use sbx_core::{Advice, AdviceKind, ExecutionPolicy};
use sbx_packages::{Ecosystem, Lock, alternative};
use sbx_runtime::{ReplyError, Surroundings, advice::missing_module};

use crate::{assets, vendored::PACKAGES_HOME};

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
    sandbox-utils, vendored packages (lodash, dayjs, date-fns, zod, …), and what lies in /app or /app/node_modules as \
    JavaScript; npm does not work inside";

/// What to say of a module that was not found.
pub(crate) fn advise(error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
    let module = error.module.as_deref()?;
    let package = top(module);
    let place = assets::fixed(PACKAGES_HOME).ok().and_then(|home| home.resolve(package).ok());
    if place.is_some_and(|place| around.files.exists(&place)) {
        return Some(missing_module(module, &format!("`{package}` is there and has no `{module}`")));
    }
    if let Some(hint) = vendored(package, around.policy) {
        return Some(missing_module(module, &hint));
    }
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

/// The package that a module is a part of: `lodash/groupBy` of `lodash`, `@scope/name/part` of `@scope/name`.
fn top(module: &str) -> &str {
    let n_parts = if module.starts_with('@') { 2 } else { 1 };
    let end = module.match_indices('/').nth(n_parts - 1).map_or(module.len(), |(at, _)| at);
    module.get(..end).unwrap_or(module)
}

/// What to say of a package that could be there, and is not in this run.
fn vendored(name: &str, policy: &ExecutionPolicy) -> Option<String> {
    let chosen = policy.packages.as_ref().filter(|names| !names.iter().any(|chosen| chosen == name));
    let is_known = Lock::built_in(Ecosystem::JavaScript).is_ok_and(|lock| lock.has(name));
    match chosen {
        Some(_) if is_known => Some(format!(
            "it is vendored, and this run chooses others; add `{name}` to the policy's `packages` (`--package {name}`)"
        )),
        None if is_known => Some(
            "it is vendored, and this run's files have none; run `sbx setup` once, and leave the policy's lock file as it is"
                .to_owned(),
        ),
        Some(_) | None => None,
    }
}

fn hint(module: &str, nearest: Option<&str>) -> String {
    match (alternative(Ecosystem::JavaScript, top(module)), nearest) {
        (Some(alternative), _) => alternative.to_owned(),
        (None, Some(nearest)) => format!("did you mean `{nearest}`? Else: {AVAILABLE}"),
        (None, None) => AVAILABLE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_has_one_answer() {
        for name in SERVERS.iter().chain(&CLIENTS) {
            assert_eq!(alternative(Ecosystem::JavaScript, name), None, "{name}");
        }
    }

    #[test]
    fn what_is_known_goes_before_what_is_spelt_alike() {
        assert!(hint("cuid", Some("util")).contains("`crypto.randomUUID()`"));
        assert!(hint("underscore/groupBy", None).contains("`Object.groupBy`"));
        assert!(hint("csv-simpel", Some("csv-simple")).starts_with("did you mean `csv-simple`?"));
        assert_eq!(hint("quux", None), AVAILABLE);
    }

    #[test]
    fn a_vendored_package_that_is_not_chosen_is_told_apart() {
        let chosen = ExecutionPolicy::default().with_packages(["dayjs"]);
        assert!(vendored("lodash", &chosen).is_some_and(|hint| hint.contains("--package lodash")));
        assert!(
            vendored("lodash", &ExecutionPolicy::default()).is_some_and(|hint| hint.contains("sbx setup"))
        );
        assert_eq!(vendored("underscore", &chosen), None);
        assert_eq!((top("@a/b/c"), top("lodash/fp"), top("x")), ("@a/b", "lodash", "x"));
    }
}
