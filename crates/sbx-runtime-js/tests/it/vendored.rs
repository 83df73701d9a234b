//! Packages of the lock file, each at its main job, imported by their names in both ways.

use std::time::{Duration, Instant};

use sbx_core::{Ending, GuestPath};

use crate::lab::{javascript, policy, prints, run, run_with};

#[test]
fn every_package_of_the_lock_file_is_there_in_its_version() {
    let names: Vec<_> = javascript().packages().requests().map(|request| request.name().clone()).collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let version = javascript().packages().get(&name).unwrap().version.to_string();
        let code = format!(
            "const at = '/usr/local/lib/node_modules/{name}/package.json';
             console.log(JSON.parse(require('fs').readFileSync(at, 'utf8')).version, typeof require('{name}'), typeof (await import('{name}')))"
        );
        let printed = prints(code);
        assert!(
            printed == format!("{version} function object\n")
                || printed == format!("{version} object object\n"),
            "{name}: {printed}"
        );
    }
}

#[test]
fn each_does_its_main_job() {
    for (code, wanted) in [
        ("import { chunk } from 'lodash'; console.log(chunk([1, 2, 3], 2))", "[ [ 1, 2 ], [ 3 ] ]\n"),
        (
            "console.log(require('lodash/sum')([1, 2]), require('lodash/fp').map((n) => n + 1, [1]))",
            "3 [ 2 ]\n",
        ),
        (
            "import dayjs from 'dayjs'; console.log(dayjs('2024-02-28').add(2, 'day').format('YYYY-MM-DD'))",
            "2024-03-01\n",
        ),
        (
            "import { addDays, format } from 'date-fns'; console.log(format(addDays(new Date(2024, 1, 28), 2), 'yyyy-MM-dd'))",
            "2024-03-01\n",
        ),
        ("const { validate, v4 } = require('uuid'); console.log(validate(v4()))", "true\n"),
        (
            "import { z } from 'zod'; console.log(z.object({ n: z.coerce.number() }).parse({ n: '4' }))",
            "{ n: 4 }\n",
        ),
        (
            "console.log(require('papaparse').parse('a,b\\n1,\"x, y\"', { header: true }).data)",
            "[ { a: '1', b: 'x, y' } ]\n",
        ),
        (
            "import yaml from 'js-yaml'; console.log(yaml.load('a: [1, true]'), JSON.stringify(yaml.dump({ a: 1 })))",
            "{ a: [ 1, true ] } \"a: 1\\n\"\n",
        ),
        (
            "import { marked } from 'marked'; console.log(marked.parse('# *a*').trim())",
            "<h1><em>a</em></h1>\n",
        ),
        ("import Decimal from 'decimal.js'; console.log(new Decimal('0.1').plus('0.2').toString())", "0.3\n"),
        (
            "import { parse } from 'csv-parse/sync'; console.log(parse('a,b\\n1,2', { columns: true }))",
            "[ { a: '1', b: '2' } ]\n",
        ),
        (
            "import { produce } from 'immer'; const a = { b: [] }; console.log(produce(a, (d) => { d.b.push(1) }), a)",
            "{ b: [ 1 ] } { b: [] }\n",
        ),
        ("import * as R from 'ramda'; console.log(R.pipe(R.map(R.inc), R.sum)([1, 2]))", "5\n"),
        (
            "import { nanoid } from 'nanoid'; console.log(nanoid(10).length, nanoid() === nanoid())",
            "10 false\n",
        ),
        ("import { load } from 'cheerio'; console.log(load('<p>a<b>c</b></p>')('b').text())", "c\n"),
        (
            "const h = require('handlebars'); console.log(h.compile('{{#each a}}<{{this}}>{{/each}}')({ a: [1, '&'] }))",
            "<1><&amp;>\n",
        ),
    ] {
        assert_eq!(prints(code), wanted, "{code}");
    }
}

#[test]
fn packages_are_read_only_and_cost_no_quota() {
    let code = "
const fs = require('fs');
for (const act of [() => fs.writeFileSync(require.resolve('dayjs'), 'x'), () => fs.rmSync('/usr/local/lib/node_modules/dayjs', { recursive: true })]) {
  try { act(); console.log('done') } catch (error) { console.log(error.code) }
}
console.log(fs.readdirSync('/app'));";
    let printed = prints(code);
    assert!(!printed.contains("done") && printed.ends_with("[]\n"), "{printed}");
    let files = javascript().empty_files(&policy()).unwrap();
    assert_eq!((files.usage().bytes, files.usage().inodes), (0, 0));
    let result = run("require('lodash'); require('zod');");
    assert!(
        result.files_created.is_empty() && result.files_modified.is_empty(),
        "{:?}",
        result.files_created
    );
}

#[test]
fn a_policy_chooses_what_can_be_imported() {
    let code = "
for (const name of ['cheerio', 'htmlparser2', 'lodash']) {
  try { require(name); console.log(name) } catch (error) { console.log(error.code) }
}";
    let chosen = policy().with_packages(["cheerio"]);
    assert_eq!(run_with(chosen, code).stdout, "cheerio\nhtmlparser2\nMODULE_NOT_FOUND\n");
    let none = policy().with_packages([""; 0]);
    assert_eq!(run_with(none, code).stdout, "MODULE_NOT_FOUND\n".repeat(3));
    let error = javascript().empty_files(&policy().with_packages(["lodahs"])).unwrap_err();
    assert_eq!(error.code(), "packages.unknown");
    assert!(error.to_string().contains("did you mean `lodash`?"), "{error}");
}

#[test]
fn the_programs_own_packages_go_before() {
    let code = "
const fs = require('fs');
fs.mkdirSync('/app/node_modules/dayjs', { recursive: true });
fs.writeFileSync('/app/node_modules/dayjs/index.js', 'module.exports = \"own\"');
console.log(require('dayjs'), typeof require('lodash'));";
    assert_eq!(prints(code), "own function\n");
}

#[test]
fn a_set_is_laid_out_once() {
    let started = Instant::now();
    drop(javascript().empty_files(&policy()).unwrap());
    println!("the first time: {:?}", started.elapsed());
    let started = Instant::now();
    for _ in 0..1000 {
        drop(javascript().empty_files(&policy()).unwrap());
    }
    let each = started.elapsed() / 1000;
    assert!(each < Duration::from_micros(200), "{each:?}");
    let files = javascript().empty_files(&policy()).unwrap();
    assert!(files.walk(&GuestPath::parse("/usr/local/lib/node_modules").unwrap()).count() > 1000);
}

#[test]
fn a_package_that_was_not_chosen_is_told() {
    let result = run_with(policy().with_packages([""; 0]), "require('lodash')");
    assert_eq!(result.ending, Ending::Exception);
    assert!(
        result.advice[0].message.contains("add `lodash` to the policy's `packages`"),
        "{:?}",
        result.advice
    );
}
