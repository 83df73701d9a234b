//! `sbx packages --runtime js`, with the real npm over a registry that runs here: what comes in, what is refused and why.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{need_guests, registry::Registry, sbx, stderr, stdout};

const EMPTY: &str = "format = 1\nruntime = \"javascript\"\n";

/// A registry, a cache for npm, and a lock file.
struct Place {
    folder: TempDir,
    registry: Registry,
}

impl Place {
    /// `None` where npm is not there, which is said.
    #[expect(clippy::print_stderr, reason = "what is not tested is said aloud")]
    fn new() -> Option<Self> {
        need_guests();
        let version = Command::new("npm").arg("--version").stdout(Stdio::null()).status();
        if !version.is_ok_and(|status| status.success()) {
            eprintln!("not tested: packages of JavaScript. They need npm, which is not installed here");
            return None;
        }
        let place = Self { folder: tempfile::tempdir().unwrap(), registry: Registry::start() };
        fs::write(place.lock(), EMPTY).unwrap();
        Some(place)
    }

    fn lock(&self) -> PathBuf {
        self.folder.path().join("packages.lock")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.lock()).unwrap()
    }

    /// A package that exports its version, in `CommonJS`.
    fn offer(&self, name: &str, version: &str, more: Value) -> &Self {
        let code = format!("exports.VERSION = '{version}';\n");
        self.registry.offer(name, version, more, &[("index.js", code.as_bytes())]);
        self
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = sbx(args);
        command.env("SBX_LOCK_JS", self.lock()).env("npm_config_registry", self.registry.address());
        command.env("npm_config_cache", self.folder.path().join("npm")).env("npm_config_fetch_retries", "0");
        command.output().unwrap()
    }

    fn packages(&self, args: &[&str]) -> Output {
        let mut all = vec!["packages", "--runtime", "js"];
        all.extend(args);
        self.run(&all)
    }

    #[track_caller]
    fn adds(&self, request: &str) -> String {
        let output = self.packages(&["add", request]);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }

    /// The refusal's words; the lock file must be as before.
    #[track_caller]
    fn refuses(&self, request: &str) -> String {
        let before = self.text();
        let output = self.packages(&["add", request]);
        assert_eq!(output.status.code(), Some(2), "{}{}", stdout(&output), stderr(&output));
        assert_eq!(self.text(), before, "a refused package leaves the lock file as it was");
        stderr(&output)
    }

    /// What `check` finds.
    #[track_caller]
    fn finds(&self) -> String {
        let output = self.packages(&["check"]);
        assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
        stdout(&output)
    }

    #[track_caller]
    fn prints(&self, code: &str) -> String {
        let output = self.run(&["run", "--runtime", "js", "-c", code]);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }
}

#[test]
fn a_package_comes_with_what_it_needs_and_goes_with_it() {
    let Some(place) = Place::new() else { return };
    place.offer("sbx-leaf", "1.2.0", json!({}));
    place.offer("@sbx/root", "2.0.0", json!({ "dependencies": { "sbx-leaf": "^1" } }));
    assert_eq!(place.adds("@sbx/root"), "added @sbx/root 2.0.0\nadded sbx-leaf 1.2.0\n");
    assert!(!place.text().contains("127.0.0.1") && !place.text().contains("http"), "{}", place.text());
    assert_eq!(
        place.prints("import root from '@sbx/root'; console.log(root.VERSION, require('sbx-leaf').VERSION, requireVendor('sbx-leaf').VERSION)"),
        "2.0.0 1.2.0 1.2.0\n"
    );
    let output = place.run(&[
        "run",
        "--runtime",
        "js",
        "--package",
        "sbx-leaf",
        "-c",
        "require('sbx-leaf'); require('@sbx/root')",
    ]);
    assert!(stderr(&output).contains("Cannot find module '@sbx/root'"), "{}", stderr(&output));
    let output = place.run(&["run", "--runtime", "js", "--package", "sbx-laef", "-c", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("did you mean `sbx-leaf`?")
            && stderr(&output).contains("sbx packages --runtime js add sbx-laef"),
        "{}",
        stderr(&output)
    );
    assert_eq!(stdout(&place.packages(&["check"])), "2 packages, all as they should be\n");
    assert_eq!(
        stdout(&place.packages(&["remove", "@sbx/root"])),
        "removed @sbx/root 2.0.0\nremoved sbx-leaf 1.2.0\n"
    );
    assert_eq!(place.text().matches("[[package]]").count(), 0);
}

#[test]
fn several_versions_of_one_package_work_at_once() {
    let Some(place) = Place::new() else { return };
    place.offer("sbx-leaf", "1.0.0", json!({})).offer("sbx-leaf", "2.0.0", json!({}));
    let code = b"exports.leaf = require('sbx-leaf').VERSION;\n";
    for (name, range) in [("sbx-old", "^1"), ("sbx-new", "^2")] {
        let needs = json!({ "dependencies": { "sbx-leaf": range } });
        place.registry.offer(name, "1.0.0", needs, &[("index.js", code)]);
    }
    place.adds("sbx-old");
    assert_eq!(place.adds("sbx-new"), "added sbx-leaf 2.0.0\nadded sbx-new 1.0.0\n");
    assert_eq!(
        place.prints("console.log(require('sbx-old').leaf, require('sbx-new').leaf)"),
        "1.0.0 2.0.0\n"
    );
    assert_eq!(stdout(&place.packages(&["check"])), "4 packages, all as they should be\n");
    // Who asks for one version finds it, and the others still find theirs.
    assert_eq!(place.adds("sbx-leaf@2"), "nothing changed\n");
    let code = "console.log(require('sbx-leaf').VERSION, require('sbx-old').leaf, require('sbx-new').leaf)";
    assert_eq!(place.prints(code), "2.0.0 1.0.0 2.0.0\n");
}

#[test]
fn a_newer_release_comes_with_lock_and_not_before() {
    let Some(place) = Place::new() else { return };
    place.offer("sbx-deep", "1.0.0", json!({}));
    place.offer("sbx-moves", "1.0.0", json!({ "dependencies": { "sbx-deep": "^1" } }));
    place.adds("sbx-moves");
    place.offer("sbx-deep", "1.1.0", json!({}));
    place.offer("sbx-moves", "1.1.0", json!({ "dependencies": { "sbx-deep": "^1" } }));
    place.offer("sbx-other", "1.0.0", json!({}));
    assert_eq!(place.adds("sbx-other"), "added sbx-other 1.0.0\n");
    let output = place.packages(&["lock"]);
    assert_eq!(
        stdout(&output),
        "moved sbx-deep from 1.0.0 to 1.1.0\nmoved sbx-moves from 1.0.0 to 1.1.0\n",
        "{}",
        stderr(&output)
    );
}

#[test]
fn modules_of_both_kinds_are_found_by_both_ways() {
    let Some(place) = Place::new() else { return };
    place.registry.offer(
        "sbx-esm",
        "1.0.0",
        json!({ "type": "module", "exports": { ".": "./lib/main.js", "./part": "./lib/part.js", "./data.json": "./data.json" } }),
        &[
            ("lib/main.js", b"import part from './part.js'; export const name = 'esm ' + part; export default function () {}"),
            ("lib/part.js", b"export default 'part';"),
            ("data.json", b"{\"a\": [1]}"),
        ],
    );
    place.registry.offer(
        "sbx-dual",
        "1.0.0",
        json!({ "main": "./cjs.js", "exports": { "import": "./esm.mjs", "require": "./cjs.js" } }),
        &[("cjs.js", b"module.exports = { form: 'cjs' };"), ("esm.mjs", b"export const form = 'esm';")],
    );
    place.registry.offer(
        "sbx-waits",
        "1.0.0",
        json!({ "type": "module", "main": "a.js" }),
        &[("a.js", b"await 1; export const a = 1;")],
    );
    for name in ["sbx-esm", "sbx-dual", "sbx-waits"] {
        place.adds(name);
    }
    let code = "
const esm = await import('sbx-esm');
console.log(esm.name, typeof esm.default, (await import('sbx-esm/part')).default, require('sbx-esm/data.json').a);
console.log(require('sbx-dual').form, (await import('sbx-dual')).form);
try { require('sbx-esm') } catch (error) { console.log(error.code) }
console.log((await import('sbx-waits')).a);";
    assert_eq!(place.prints(code), "esm part function part [ 1 ]\ncjs esm\nERR_REQUIRE_ESM\n1\n");
}

#[test]
fn native_code_is_refused() {
    let Some(place) = Place::new() else { return };
    let module: (&str, &[u8]) = ("index.js", b"exports.a = 1");
    place.registry.offer("sbx-native", "1.0.0", json!({}), &[module, ("build/fast.node", b"x")]);
    assert!(place.refuses("sbx-native").contains("it has native code (build/fast.node)"));
    place.registry.offer("sbx-gyp", "1.0.0", json!({}), &[module, ("binding.gyp", b"{}")]);
    assert!(place.refuses("sbx-gyp").contains("compiled when it is installed (binding.gyp)"));
    place.offer("sbx-script", "1.0.0", json!({ "scripts": { "install": "node-gyp rebuild" } }));
    assert!(
        place
            .refuses("sbx-script")
            .contains("(install: `node-gyp rebuild`), and nothing of a package is run")
    );
    place.offer("sbx-os", "1.0.0", json!({ "os": ["linux"] }));
    assert!(place.refuses("sbx-os").contains("it is built for one platform (os: linux)"));
    let platforms = json!({ "@sbx/x-linux-x64": "1.0.0", "@sbx/x-darwin-arm64": "1.0.0" });
    place.offer("sbx-platforms", "1.0.0", json!({ "optionalDependencies": platforms }));
    let words = place.refuses("sbx-platforms");
    assert!(
        words.contains("native code that it has for each platform (@sbx/x-darwin-arm64, @sbx/x-linux-x64"),
        "{words}"
    );
    // What only greets is not run, and nothing is missing without it.
    place.offer("sbx-greets", "1.0.0", json!({ "scripts": { "postinstall": "node -e \"throw 1\"" } }));
    assert_eq!(place.adds("sbx-greets"), "added sbx-greets 1.0.0\n");
}

#[test]
fn what_cannot_be_imported_inside_is_refused_with_the_reason() {
    let Some(place) = Place::new() else { return };
    let refuses = |name: &str, more: Value, file: (&str, &[u8]), wanted: &str| {
        place.registry.offer(name, "1.0.0", more, &[file]);
        let words = place.refuses(name);
        assert!(words.contains(wanted), "{words}");
    };
    refuses(
        "sbx-http",
        json!({}),
        ("index.js", b"exports.a = require('http').get"),
        "Cannot find module 'http'",
    );
    refuses("sbx-browser", json!({}), ("index.js", b"exports.a = document.body"), "There is no browser");
    refuses(
        "sbx-types",
        json!({ "types": "index.d.ts" }),
        ("index.d.ts", b"export {}"),
        "types or sources of TypeScript alone",
    );
    refuses(
        "sbx-command",
        json!({ "bin": "cli.mjs" }),
        ("cli.mjs", b"1"),
        "a program for the command line alone",
    );
    refuses("sharp", json!({}), ("index.js", b"require('child_process')"), "or write CSV, HTML or SVG");
    // A need that is guarded is none.
    let guarded = b"let net; try { net = require('net') } catch {} exports.hasNet = net !== undefined;";
    place.registry.offer("sbx-guarded", "1.0.0", json!({}), &[("index.js", guarded)]);
    place.adds("sbx-guarded");
    assert_eq!(place.prints("console.log(require('sbx-guarded'))"), "{ hasNet: false }\n");
}

#[test]
fn a_need_that_cannot_be_met_is_refused() {
    let Some(place) = Place::new() else { return };
    place.offer("sbx-needy", "1.0.0", json!({ "dependencies": { "sbx-absent": "^3" } }));
    let words = place.refuses("sbx-needy");
    assert!(words.contains("sbx-needy is refused") && words.contains("sbx-absent"), "{words}");
    assert!(place.refuses("sbx-nowhere").contains("sbx-nowhere is refused"));
    place.offer("sbx-host", "1.0.0", json!({})).offer("sbx-host", "2.0.0", json!({}));
    place.offer("sbx-plugin", "1.0.0", json!({ "peerDependencies": { "sbx-host": "^9" } }));
    assert!(place.refuses("sbx-plugin").contains("sbx-host"));
    place.offer("sbx-alias", "1.0.0", json!({ "dependencies": { "other": "npm:sbx-host@1" } }));
    assert!(place.refuses("sbx-alias").contains("another name for sbx-host@1"));
}

#[test]
fn a_fall_back_to_an_old_release_is_refused_and_an_asked_one_is_not() {
    let Some(place) = Place::new() else { return };
    place.offer("sbx-old", "1.10.2", json!({})).offer("sbx-old", "2.14.0", json!({}));
    place.offer("sbx-plugin", "1.0.0", json!({ "peerDependencies": { "sbx-old": "^1" } }));
    // Nobody asked for the old one: it is what npm makes of a plugin that is behind.
    assert_eq!(place.adds("sbx-old@1"), "added sbx-old 1.10.2\n");
    assert_eq!(stdout(&place.packages(&["check"])), "1 packages, all as they should be\n");
    let text = place.text().replace("request = \"sbx-old@1\"", "request = \"sbx-old\"");
    fs::write(place.lock(), text).unwrap();
    assert_eq!(
        place.finds(),
        "sbx-old: 1.10.2 is an old release that the resolver fell back to: the newest is 2.14.0\n"
    );
}

#[test]
fn check_finds_what_add_would_have_refused() {
    let Some(place) = Place::new() else { return };
    place.offer("sbx-leaf", "1.2.0", json!({}));
    place.offer("sbx-root", "2.0.0", json!({ "dependencies": { "sbx-leaf": "^1" } }));
    place.adds("sbx-root");
    let good = place.text();

    // A need that somebody took out.
    let root = &good[good.find("[[package]]\nname = \"sbx-root\"").unwrap()..];
    fs::write(place.lock(), format!("{EMPTY}{}", root.replace("needs = [\"sbx-leaf@1.2.0\"]", ""))).unwrap();
    assert_eq!(place.finds(), "sbx-root: it needs sbx-leaf@^1, which is not in the lock file\n");

    // Other bytes under the same name.
    let hash = good.split("sha256 = \"").nth(1).unwrap().split('"').next().unwrap();
    fs::write(place.lock(), good.replacen(hash, &"0".repeat(64), 1)).unwrap();
    let found = place.finds();
    assert!(found.contains("its hash changed") && found.contains(hash), "{found}");

    // Native code: the bytes that are pinned have it.
    let bytes = place.registry.offer("sbx-leaf", "1.2.0", json!({}), &[("x.node", b"x")]);
    let native = sha256(&bytes);
    fs::write(place.lock(), good.replacen(hash, &native, 1)).unwrap();
    fs::remove_dir_all(place.folder.path().join("npm")).unwrap();
    let found = place.finds();
    assert!(found.contains("sbx-leaf is refused: it has native code (x.node)"), "{found}");
}

#[test]
fn a_lock_file_of_another_language_and_the_built_in_one_are_left_alone() {
    let Some(place) = Place::new() else { return };
    fs::write(place.lock(), "format = 1\n").unwrap();
    let output = place.packages(&["list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("has packages of Python, not of JavaScript"), "{}", stderr(&output));
    let output = sbx(&["packages", "--runtime", "js", "add", "sbx-any"]).env_remove("SBX_LOCK_JS").output();
    assert!(stderr(&output.unwrap()).contains("name a lock file"));
}

fn sha256(bytes: &[u8]) -> String {
    let code = "import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())";
    let output = super::run_with(&["run", "-c", code], bytes);
    stdout(&output).trim().to_owned()
}
