//! What programs find without installing anything: the web's interfaces, Node's smaller modules, the helpers.

use crate::lab::{prints, raises, value};

#[test]
fn text_is_encoded_and_decoded() {
    for (code, wanted) in [
        ("new TextEncoder().encode('hé€😀').join()", "'104,195,169,226,130,172,240,159,152,128'"),
        ("new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 104, 0xff, 105]))", "'h\u{fffd}i'"),
        (
            "new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 104])).length",
            "2",
        ),
        ("new TextDecoder('latin1').decode(new Uint8Array([0xe9, 65]))", "'éA'"),
        ("new TextDecoder('utf-16le').decode(new Uint8Array([65, 0, 0x3d, 0xd8, 0, 0xde]))", "'A😀'"),
        (
            "(() => { const d = new TextDecoder(); return [0xe2, 0x82, 0xac].map((b) => d.decode(new Uint8Array([b]), { stream: true })).join('|') })()",
            "'||€'",
        ),
        (
            "JSON.stringify(new TextEncoder().encodeInto('a€b', new Uint8Array(4)))",
            "'{\"read\":2,\"written\":4}'",
        ),
        ("new TextEncoder().encode('\\ud800').join()", "'239,191,189'"),
        ("atob(btoa('hello')) + btoa('\\xff')", "'hello/w=='"),
        (
            "Buffer.from('hé').toString('hex') + Buffer.from('aGk=', 'base64') + Buffer.from('6869', 'hex')",
            "'68c3a9hihi'",
        ),
        (
            "Buffer.concat([Buffer.from('a'), Buffer.alloc(2, 'b')]).toString() + Buffer.byteLength('é')",
            "'abb2'",
        ),
        ("Buffer.from([1, 2, 3]).readUInt16BE(1) + Buffer.from('xyz').indexOf('z')", "517"),
    ] {
        assert_eq!(value(code), wanted, "{code}");
    }
    assert_eq!(
        raises("new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xed, 0xa0, 0x80]))").0,
        "TypeError"
    );
    assert_eq!(raises("new TextDecoder('koi8')").0, "RangeError");
}

#[test]
fn urls_are_parsed_as_the_standard_says() {
    for (url, base, wanted) in [
        (
            "https://User:Pa%20ss@EXAMPLE.com:443/a/./b/../c?x=1&y=a b#frag",
            "undefined",
            "https://User:Pa%20ss@example.com/a/c?x=1&y=a%20b#frag",
        ),
        ("http://example.com", "undefined", "http://example.com/"),
        ("../d?q", "'http://h/a/b/c'", "http://h/a/d?q"),
        ("//other/x", "'https://h/a'", "https://other/x"),
        ("?only", "'http://h/a/b?old#f'", "http://h/a/b?only"),
        ("#f", "'http://h/a?q'", "http://h/a?q#f"),
        ("", "'http://h/a?q#f'", "http://h/a?q"),
        ("/x", "'http://h:8080/a'", "http://h:8080/x"),
        ("http://h\\\\a\\\\b", "undefined", "http://h/a/b"),
        ("file:///C:/x/../y", "undefined", "file:///C:/y"),
        ("mailto:a@b.c", "undefined", "mailto:a@b.c"),
        ("data:text/plain,hi there", "undefined", "data:text/plain,hi there"),
        ("http://[::1]:3000/x", "undefined", "http://[::1]:3000/x"),
        ("  http://h/ü  ", "undefined", "http://h/%C3%BC"),
        ("http://h/%2e%2E/x", "undefined", "http://h/x"),
    ] {
        assert_eq!(value(format!("new URL('{url}', {base}).href")), format!("'{wanted}'"), "{url}");
    }
    for bad in ["'nope'", "'http://'", "'http://h:99999/'", "'http://a b/'", "'/x'", "'x', 'mailto:a'"] {
        assert_eq!(
            raises(format!("new URL({bad})")),
            ("TypeError".to_owned(), "Invalid URL".to_owned()),
            "{bad}"
        );
        assert_eq!(value(format!("URL.canParse({bad})")), "false", "{bad}");
    }
    assert_eq!(
        prints(
            "const u = new URL('http://h/p?a=1&b=2&a=3'); u.searchParams.append('c', 'x y&z'); u.searchParams.delete('b'); u.port = '81'; u.hash = 'é'; u.pathname = '/q r'; console.log(u.href, u.origin, u.searchParams.getAll('a'), [...u.searchParams].length); u.search = '?n=1'; console.log(String(u), u.searchParams.get('n'), u.host)"
        ),
        "http://h:81/q%20r?a=1&a=3&c=x+y%26z#%C3%A9 http://h:81 [ '1', '3' ] 3\nhttp://h:81/q%20r?n=1#%C3%A9 1 h:81\n"
    );
    assert_eq!(value("new URLSearchParams({ a: '1 2', b: 'é&' }).toString()"), "'a=1+2&b=%C3%A9%26'");
    assert_eq!(
        value("new URLSearchParams('?a=1+2&b=%zz&c').get('a') + new URLSearchParams('b=%zz').get('b')"),
        "'1 2%zz'"
    );
}

#[test]
fn clones_are_deep_and_refuse_what_cannot_be_cloned() {
    assert_eq!(
        prints("
            const o = { d: new Date(5), r: /x/gi, m: new Map([[{ k: 1 }, new Set([1])]]), e: new RangeError('e'), b: new Uint8Array([1, 2]), n: null, u: undefined, big: 1n, s: Object('s'), sparse: [, 1] };
            o.self = o; const c = structuredClone(o);
            console.log(c !== o, c.self === c, c.d.getTime(), c.r.flags, [...c.m.keys()][0].k, c.e instanceof RangeError, c.b, c.b.buffer !== o.b.buffer, 'u' in c, c.big, c.s instanceof String, 0 in c.sparse);
            const buffer = new ArrayBuffer(8); const moved = structuredClone({ buffer }, { transfer: [buffer] }); console.log(moved.buffer.byteLength, buffer.byteLength)"),
        "true true 5 gi 1 true Uint8Array(2) [ 1, 2 ] true true 1n true false\n8 0\n"
    );
    for bad in ["() => 1", "Symbol('s')", "{ f() {} }", "Promise.resolve()", "new WeakMap()"] {
        assert_eq!(
            value(format!("(() => {{ try {{ structuredClone({bad}) }} catch (e) {{ return e.name }} }})()")),
            "'DataCloneError'",
            "{bad}"
        );
    }
}

#[test]
fn work_can_be_aborted() {
    assert_eq!(
        prints("
            const c = new AbortController(); c.signal.addEventListener('abort', (e) => console.log('event', e.type, c.signal.reason.name)); c.signal.onabort = () => console.log('handler');
            console.log(c.signal.aborted); c.abort(); c.abort(); console.log(c.signal.aborted);
            try { c.signal.throwIfAborted() } catch (e) { console.log(e.name) }
            console.log(AbortSignal.abort('why').reason, AbortSignal.any([c.signal]).aborted);
            const { setTimeout: wait } = require('timers/promises');
            try { await wait(1000, null, { signal: AbortSignal.timeout(1) }) } catch (e) { console.log(e.name, e.cause.name) }"),
        "false\nhandler\nevent abort AbortError\ntrue\nAbortError\nwhy true\nAbortError TimeoutError\n"
    );
}

#[test]
fn nodes_smaller_modules_do_what_they_say() {
    for (code, wanted) in [
        (
            "require('path').relative('/a/b/c', '/a/d') + require('path').extname('x.tar.gz') + require('path').basename('/a/b.js', '.js')",
            "'../../d.gzb'",
        ),
        (
            "JSON.stringify(require('path').parse('/data/u/f.txt'))",
            "'{\"root\":\"/\",\"dir\":\"/data/u\",\"base\":\"f.txt\",\"ext\":\".txt\",\"name\":\"f\"}'",
        ),
        (
            "[require('path').normalize('/a/../../b//c/.'), require('path').join('..', 'a', ''), require('path').dirname('/x'), require('path').resolve('a', '..', 'b')].join()",
            "'/b/c,../a,/,/app/b'",
        ),
        (
            "(() => { const E = require('events'); const e = new E(); const s = []; e.on('x', (v) => s.push(v)); e.once('x', (v) => s.push(v * 10)); e.emit('x', 1); e.emit('x', 2); return s.join() })()",
            "'1,10,2'",
        ),
        (
            "require('util').format('%s-%d', 'a', 1) + require('util').isDeepStrictEqual({ a: [1] }, { a: [1] })",
            "'a-1true'",
        ),
        ("await require('util').promisify((a, cb) => cb(null, a + 1))(1)", "2"),
        ("require('util').inspect({ a: { b: { c: { d: 1 } } } }, { depth: 0 })", "'{ a: [Object] }'"),
        ("require('crypto').randomBytes(8).length + require('crypto').randomUUID().length", "44"),
        ("require('querystring').stringify({ a: [1, 2], b: 'x y' })", "'a=1&a=2&b=x%20y'"),
        ("require('url').fileURLToPath('file:///app/a%20b')", "'/app/a b'"),
        (
            "new (require('string_decoder').StringDecoder)('utf8').write(Buffer.from([0xe2, 0x82])) + 'x'",
            "'x'",
        ),
        (
            "process.hrtime.bigint() > 0n && process.uptime() >= 0 && process.memoryUsage().heapUsed > 1000",
            "true",
        ),
        ("typeof performance.now() + (performance.timeOrigin > 1.7e12)", "'numbertrue'"),
        ("Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000", "true"),
    ] {
        assert_eq!(value(code), wanted, "{code}");
    }
    for (code, message) in [
        ("require('assert')(false)", "The expression evaluated to a falsy value"),
        ("require('assert').strictEqual(1, 2)", "Expected values to be strictly equal:\n\n1 !== 2\n"),
        (
            "require('assert').deepStrictEqual({ a: 1 }, { a: '1' })",
            "Expected values to be strictly deep-equal:\n\n{ a: 1 } should equal { a: '1' }\n",
        ),
        ("require('assert').throws(() => {})", "Missing expected exception."),
    ] {
        assert_eq!(raises(code), ("AssertionError".to_owned(), message.to_owned()), "{code}");
    }
    assert_eq!(
        prints(
            "const a = require('assert'); a.deepEqual([1, { b: new Map([[1, 2]]) }], [1, { b: new Map([[1, 2]]) }]); a.throws(() => { throw new TypeError('x') }, TypeError); a.throws(() => { throw new Error('abc') }, /abc/); await a.rejects(Promise.reject(new Error('r')), { message: 'r' }); console.log('ok')"
        ),
        "ok\n"
    );
}

#[test]
fn csv_is_read_and_written_as_rfc_4180_says() {
    let code = r#"
        const csv = requireVendor('csv-simple');
        console.log(csv.parse('name,note\r\nAnn,"a, ""b""\nc"\r\nBob,\r\n'));
        console.log(csv.parse('a;b\n1;2', { delimiter: ';', header: false }), csv.parse(''), csv.parse('\ufeffx\n1'));
        const rows = [{ a: 'x,y', b: 'q"r' }, { a: 1, c: null }]; const text = csv.stringify(rows); console.log(text);
        console.log(JSON.stringify(csv.parse(text)), csv.stringify([[1, 'a'], [2, 'b c']]));
        try { csv.parse('a\n"open') } catch (e) { console.log(e.name) }"#;
    assert_eq!(
        prints(code),
        "[ { name: 'Ann', note: 'a, \"b\"\\nc' }, { name: 'Bob', note: '' } ]\n[ [ 'a', 'b' ], [ '1', '2' ] ] [] [ { x: '1' } ]\na,b,c\n\"x,y\",\"q\"\"r\",\n1,,\n\
         [{\"a\":\"x,y\",\"b\":\"q\\\"r\",\"c\":\"\"},{\"a\":\"1\",\"b\":\"\",\"c\":\"\"}] 1,a\n2,b c\nSyntaxError\n"
    );
}

#[test]
fn json_helpers_reach_in_and_never_at_prototypes() {
    let code = r"
        import { get, set, has, merge, clone, validate } from 'json-utils';
        const o = { a: { b: [{ c: 1 }] } };
        console.log(get(o, 'a.b[0].c'), get(o, 'a.x', 'none'), has(o, ['a', 'b', 0]), has(o, 'toString'), set({}, 'x.y[1].z', 5), merge({ a: { b: 1, c: [1] } }, { a: { c: [2], d: 3 } }));
        for (const path of ['__proto__.polluted', 'constructor.prototype.polluted', ['__proto__', 'polluted']]) try { set({}, path, 1); console.log('set') } catch (e) { console.log(e.name) }
        merge({}, JSON.parse('{\x22__proto__\x22: {\x22polluted\x22: 1}}')); console.log({}.polluted, clone(o).a !== o.a);
        console.log(validate({ n: 5, s: 'x' }, { type: 'object', required: ['n', 'm'], properties: { n: { type: 'integer', maximum: 4 }, s: { type: 'string', minLength: 2 } } }));";
    assert_eq!(
        prints(code),
        "1 none true false { x: { y: [ <1 empty item>, [Object] ] } } { a: { b: 1, c: [ 2 ], d: 3 } }\nTypeError\nTypeError\nTypeError\nundefined true\n{\n  valid: \
         false,\n  errors: [ '$.m: missing', '$.n: more than 4', '$.s: shorter than 2' ]\n}\n"
    );
}

#[test]
fn text_helpers_know_more_than_ascii() {
    let code = "
        const s = require('string-utils');
        console.log(s.slugify('  Crème Brûlée & Co. '), s.truncate('hello world', 8), s.truncate('hi', 8), s.capitalize('éCOLE'), s.camelCase('foo-bar baz'), s.snakeCase('XMLHttpRequest v2'), s.kebabCase('someThing Else'), s.pascalCase('a_b'), s.pad('x', 4, '-'), s.words('one, two3 Four'), s.reverse('a😀b'), s.escapeHtml('<a>'), s.truncate('😀😀😀', 2))";
    assert_eq!(
        prints(code),
        "creme-brulee-co hello w… hi École fooBarBaz xml_http_request_v2 some-thing-else AB -x-- [ 'one', 'two3', 'Four' ] b😀a &#60;a&#62; 😀…\n"
    );
}

#[test]
fn file_helpers_are_global() {
    let code = "
        writeText('a.txt', 'one\\ntwo\\n'); appendText('a.txt', 'three'); writeLines('b.txt', ['x', 'y']); writeJson('c.json', { n: [1] });
        require('fs').writeFileSync('bin', new Uint8Array([0, 255, 10, 13])); copyFile('bin', 'bin2');
        console.log(readLines('a.txt'), readText('b.txt'), readJson('c.json'), fileExists('bin2'), fileSize('bin2'), listFiles(), removeFile('bin2'), removeFile('bin2'), fileExists('bin2'));
        writeText('bad.json', '{'); try { readJson('bad.json') } catch (e) { console.log(e.name, e.message.startsWith('/app/bad.json is not JSON')) }
        try { requireVendor('nope') } catch (e) { console.log(e.code) }";
    assert_eq!(
        prints(code),
        "[ 'one', 'two', 'three' ] x\ny\n { n: [ 1 ] } true 4 [ 'a.txt', 'b.txt', 'bin', 'bin2', 'c.json' ] true false false\nSyntaxError true\nMODULE_NOT_FOUND\n"
    );
}

#[test]
fn dates_are_in_utc() {
    assert_eq!(
        prints(
            "const d = new Date('2026-03-01T12:00:00Z'); console.log(d.toISOString(), d.getTimezoneOffset(), d.getHours(), JSON.stringify(d))"
        ),
        "2026-03-01T12:00:00.000Z 0 12 \"2026-03-01T12:00:00.000Z\"\n"
    );
}

/// The examples of RFC 1321, FIPS 180-4, RFC 2202 and RFC 4231.
#[test]
fn digests_are_those_of_their_standards() {
    for (code, expected) in [
        ("createHash('md5').update('message digest')", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("createHash('sha1').update('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "createHash('sha256').update('a').update(Buffer.from('bc'))",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            "createHash('sha256').update('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (
            "createHash('sha512').update('abc')",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        (
            "createHmac('md5', 'Jefe').update('what do ya want for nothing?')",
            "750c783e6ab0b503eaa86e310a5db738",
        ),
        (
            "createHmac('sha256', 'Jefe').update('what do ya want for nothing?')",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ] {
        assert_eq!(
            value(format!("require('crypto').{code}.digest('hex')")),
            format!("'{expected}'"),
            "{code}"
        );
    }
    assert_eq!(
        prints(
            "require('fs').writeFileSync('f', 'abc'); const h = require('crypto').createHash('sha1'); require('fs').createReadStream('f').pipe(h); for await (const d of h) console.log(d.toString('base64')); console.log(Buffer.from(await crypto.subtle.digest('SHA-1', Buffer.from('abc'))).equals(require('crypto').createHash('sha1').update('abc').digest()))"
        ),
        "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\ntrue\n"
    );
    assert_eq!(raises("require('crypto').createHash('crc32')").0, "Error");
}
