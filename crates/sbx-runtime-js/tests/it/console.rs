//! What is printed, as Node prints it. The expected texts are Node's own (version 20).

use crate::lab::{policy, prints, run, run_with};

#[test]
fn values_look_as_in_node() {
    for (code, wanted) in [
        (
            "'text', 1, -0, 10n, true, null, undefined, Symbol('s')",
            "text 1 -0 10n true null undefined Symbol(s)",
        ),
        ("['it\\'s', \"q\\\"'`\", 'a\\nb']", "[ \"it's\", 'q\"\\'`', 'a\\nb' ]"),
        ("{ a: 1, 'b-c': [1, { d: { e: 1 } }] }", "{ a: 1, 'b-c': [ 1, { d: [Object] } ] }"),
        ("[1, , 3], new Array(3)", "[ 1, <1 empty item>, 3 ] [ <3 empty items> ]"),
        ("new Map([['k', { v: 1 }]]), new Set([1, 'b'])", "Map(1) { 'k' => { v: 1 } } Set(2) { 1, 'b' }"),
        (
            "class A {}, function f() {}, () => 1, Math",
            "[class A] [Function: f] [Function (anonymous)] Object [Math] {}",
        ),
        ("new Date(0), /re/g, new Error('e').message", "1970-01-01T00:00:00.000Z /re/g e"),
        ("Object.create(null), new (class P { x = 1 })()", "[Object: null prototype] {} P { x: 1 }"),
        ("new Uint8Array([1, 2]), Buffer.from('hi')", "Uint8Array(2) [ 1, 2 ] <Buffer 68 69>"),
        ("Promise.resolve(4), new Promise(() => {})", "Promise { 4 } Promise { <pending> }"),
        ("new Proxy({ a: 1 }, { get() { throw 1 } })", "{ a: 1 }"),
        ("{ get a() { return 1 }, set b(v) {} }", "{ a: [Getter], b: [Setter] }"),
        (
            "new Number(3), new String('s'), [new Boolean(false)]",
            "[Number: 3] [String: 's'] [ [Boolean: false] ]",
        ),
        (
            "'%s is %d, %i, %f, %j %o %%', 'x', 42.5, 42.9, '1.5', { a: 1 }, [1], 'more'",
            "x is 42.5, 42, 1.5, {\"a\":1} [ 1, [length]: 1 ] % more",
        ),
        ("'100%', 5", "100% 5"),
        ("(() => { const c = { n: 1 }; c.self = c; return c })()", "<ref *1> { n: 1, self: [Circular *1] }"),
    ] {
        assert_eq!(prints(format!("console.log({code})")), format!("{wanted}\n"), "{code}");
    }
}

#[test]
fn long_values_are_broken_into_lines_and_columns() {
    assert_eq!(
        prints("console.log(Array.from({ length: 27 }, (_, i) => i * 1000))"),
        "[\n      0,  1000,  2000,  3000,  4000,\n   5000,  6000,  7000,  8000,  9000,\n  10000, 11000, 12000, 13000, 14000,\n  15000, \
         16000, 17000, 18000, 19000,\n  20000, 21000, 22000, 23000, 24000,\n  25000, 26000\n]\n"
    );
    assert_eq!(
        prints(
            "console.log({ users: [{ id: 1, name: 'Ann', tags: ['a', 'b'] }, { id: 2, name: 'Bob', tags: [] }], total: 2 })"
        ),
        "{\n  users: [\n    { id: 1, name: 'Ann', tags: [Array] },\n    { id: 2, name: 'Bob', tags: [] }\n  ],\n  total: 2\n}\n"
    );
    let long = prints("console.log(Array.from({ length: 120 }, (_, i) => i))");
    assert!(long.ends_with("... 20 more items\n]\n"), "{long}");
}

#[test]
fn tables_groups_and_counts() {
    assert_eq!(
        prints("console.table([{ a: 1, b: 'x' }, { a: 2, c: true }])"),
        "┌─────────┬───┬─────┬──────┐\n│ (index) │ a │ b   │ c    │\n├─────────┼───┼─────┼──────┤\n│ 0       │ 1 │ 'x' │      │\n│ 1       │ 2 \
         │     │ true │\n└─────────┴───┴─────┴──────┘\n"
    );
    assert_eq!(
        prints(
            "console.group('G'); console.log('in\\nside'); console.group(); console.log('deeper'); console.groupEnd(); console.groupEnd(); console.log('out')"
        ),
        "G\n  in\n  side\n    deeper\nout\n"
    );
    assert_eq!(
        prints("console.count(); console.count('x'); console.count(); console.countReset(); console.count()"),
        "default: 1\nx: 1\ndefault: 2\ndefault: 1\n"
    );
}

#[test]
fn each_method_has_its_stream() {
    let result = run(
        "console.log('a'); console.info('b'); console.debug('c'); console.error('d'); console.warn('e'); console.trace('f'); console.assert(false, 'g'); print('h', 1)",
    );
    assert_eq!(result.stdout, "a\nb\nc\nh 1\n");
    assert_eq!(result.stderr, "d\ne\nTrace: f\n    at <string>:1:104\nAssertion failed: g\n");
}

#[test]
fn output_stays_in_order_and_is_not_buffered() {
    let code = "console.log(1); process.stdout.write('2\\n'); std.out.puts('3\\n'); std.printf('%d\\n', 4); require('fs').writeSync(1, '5\\n'); process.stdout.write(new Uint8Array([54, 10])); process.exit(0)";
    assert_eq!(run(code).stdout, "1\n2\n3\n4\n5\n6\n");
    let result = run_with(policy().with_timeout_seconds(0.05), "console.log('before'); while (true);");
    assert_eq!(result.stdout, "before\n");
}

#[test]
fn what_is_no_text_is_replaced() {
    let result = run("process.stdout.write(new Uint8Array([104, 255, 254, 105])); console.log('\\ud800')");
    assert_eq!(result.stdout, "h\u{fffd}\u{fffd}i\u{fffd}\n");
}

#[test]
fn output_beyond_its_limit_is_cut_and_the_program_succeeds() {
    let mut small = policy();
    (small.stdout_max_bytes, small.stderr_max_bytes) = (1000, 500);
    let result = run_with(
        small,
        "for (let i = 0; i < 1000; i++) { console.log('x'.repeat(99)); console.error('e'.repeat(49)) }",
    );
    assert!(result.success, "{:?}", result.error);
    assert_eq!((result.stdout.len(), result.stderr.len()), (1000, 500));
    assert!(result.stdout_truncated && result.stderr_truncated);
}
