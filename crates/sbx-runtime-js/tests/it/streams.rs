//! Streams, of Node and of the web: of files, of standard input, and made by the program. What they print is what Node 20
//! prints.

use sbx_core::Ending;
use sbx_runtime_js::Program;

use crate::lab::{prints, run};

const PRELUDE: &str = "const fs = require('fs'); const { Readable, Writable, Transform, PassThrough, Duplex, pipeline } = require('stream');
    const { pipeline: flow, finished } = require('stream/promises'); fs.writeFileSync('a.csv', 'name,n\\nann,1\\nbob,2\\n\\nzoë,3');\n";

#[track_caller]
fn check(code: &str, expected: &str) {
    assert_eq!(prints(format!("{PRELUDE}{code}")), expected, "{code}");
}

#[test]
fn files_are_read_line_by_line() {
    check(
        "for await (const line of require('readline').createInterface({ input: fs.createReadStream('a.csv'), crlfDelay: Infinity })) console.log(line)",
        "name,n\nann,1\nbob,2\n\nzoë,3\n",
    );
    check(
        "const rl = require('readline').createInterface({ input: fs.createReadStream('a.csv', { highWaterMark: 3 }) }); let n = 0; rl.on('line', () => n++); rl.on('close', () => console.log(n))",
        "5\n",
    );
    check(
        "import('fs/promises').then(async (fs) => { for await (const line of (await fs.open('a.csv')).readLines()) console.log(line) })",
        "name,n\nann,1\nbob,2\n\nzoë,3\n",
    );
}

#[test]
fn files_are_piped_through_what_changes_them() {
    check(
        "fs.createReadStream('a.csv').pipe(fs.createWriteStream('b.csv')).on('finish', () => console.log(fs.readFileSync('b.csv', 'utf8') === fs.readFileSync('a.csv', 'utf8')))",
        "true\n",
    );
    check(
        "const upper = new Transform({ transform(piece, encoding, done) { done(null, String(piece).toUpperCase()) } });
         await flow(fs.createReadStream('a.csv', { start: 7, end: 11 }), upper, fs.createWriteStream('b')); console.log(fs.readFileSync('b', 'utf8'))",
        "ANN,1\n",
    );
    check(
        "const w = fs.createWriteStream('w', { flags: 'a' }); for (let n = 0; n < 3; n++) w.write(`${n};`); w.end('end', () => console.log(fs.readFileSync('w', 'utf8'), w.bytesWritten))",
        "0;1;2;end 9\n",
    );
    check("Readable.from(['out\\n']).pipe(process.stdout)", "out\n");
}

#[test]
fn a_file_that_is_not_there_is_told_in_every_way() {
    check("fs.createReadStream('no').on('error', (e) => console.log(e.code))", "ENOENT\n");
    check(
        "try { for await (const piece of fs.createReadStream('no')); } catch (e) { console.log(e.code) }",
        "ENOENT\n",
    );
    check(
        "await flow(fs.createReadStream('no'), new PassThrough(), fs.createWriteStream('x')).catch((e) => console.log(e.code))",
        "ENOENT\n",
    );
    check("pipeline(fs.createReadStream('no'), new PassThrough(), (e) => console.log(e.code))", "ENOENT\n");
    let result = run("require('fs').createReadStream('no').pipe(process.stdout)");
    assert_eq!(result.ending, Ending::Exception);
    assert!(
        result.stderr.contains("ENOENT: no such file or directory, open 'no'")
            || result.stderr.contains("open '/app/no'"),
        "{}",
        result.stderr
    );
}

#[test]
fn streams_of_the_programs_own() {
    check(
        "class Count extends Readable { constructor() { super({ objectMode: true }); this.n = 0 } _read() { this.push(this.n < 2 ? { n: this.n++ } : null) } } for await (const o of new Count()) console.log(o)",
        "{ n: 0 }\n{ n: 1 }\n",
    );
    check(
        "console.log(await Readable.from([1, 2, 3]).map((n) => n * 2).filter((n) => n > 2).toArray())",
        "[ 4, 6 ]\n",
    );
    check(
        "let text = ''; await flow(async function* () { yield 'a'; yield 'b' }, async function* (source) { for await (const c of source) yield c + '!' }, new Writable({ write(c, e, done) { text += c; done() } })); console.log(text)",
        "a!b!\n",
    );
    check(
        "const d = new Duplex({ read() { this.push('r'); this.push(null) }, write(c, e, done) { console.log('w', String(c)); done() } }); d.end('q'); d.on('data', (c) => console.log('d', String(c))); d.on('close', () => console.log('closed'))",
        "w q\nd r\nclosed\n",
    );
    check(
        "const p = new PassThrough({ objectMode: true }); p.on('data', (o) => console.log(o)); p.write({ a: 1 }); p.end(); await finished(p); console.log(p.readableEnded, p.writableFinished)",
        "{ a: 1 }\ntrue true\n",
    );
    check(
        "const r = Readable.from(['x', 'y']); r.on('readable', () => { let c; while ((c = r.read()) !== null) console.log(c) }); r.on('end', () => console.log('end'))",
        "x\ny\nend\n",
    );
    check(
        "const r = Readable.from([1, 2, 3]); for await (const n of r) if (n === 2) break; console.log(r.destroyed, r instanceof Readable, new PassThrough() instanceof Writable)",
        "true true true\n",
    );
}

#[test]
fn a_slow_writer_holds_its_reader_back() {
    check(
        "let made = 0, most = 0, written = 0; const source = new Readable({ read() { made++; this.push(made <= 100 ? Buffer.alloc(10_000) : null) } });
         const slow = new Writable({ highWaterMark: 20_000, write(c, e, done) { written += c.length; most = Math.max(most, made * 10_000 - written); setTimeout(done, 0) } });
         await flow(source, slow); console.log(written, most < 200_000)",
        "1000000 true\n",
    );
}

#[test]
fn a_stage_that_fails_ends_them_all() {
    check(
        "const source = Readable.from(['x']); pipeline(source, new PassThrough(), new Writable({ write(c, e, done) { done(new Error('bad')) } }), (e) => console.log(e.message, source.destroyed))",
        "bad true\n",
    );
    check(
        "const w = new Writable({ write(c, e, done) { done() } }); w.end(); w.on('error', (e) => console.log(e.code)); w.write('late')",
        "ERR_STREAM_WRITE_AFTER_END\n",
    );
}

#[test]
fn questions_are_answered_from_standard_input() {
    let code = "const rl = require('readline/promises').createInterface({ input: process.stdin, output: process.stdout });
        const name = await rl.question('name? '); const age = await rl.question('age? '); const none = await rl.question('more? '); console.log([name, age, none]); rl.close()";
    assert_eq!(
        prints(Program::new(code).with_stdin(*b"ann\n42\n")),
        "name? age? more? [ 'ann', '42', '' ]\n"
    );
    let code = "const rl = require('readline').createInterface({ input: process.stdin }); rl.question('name? ', (name) => { console.log(`hi ${name}`); rl.close() }); rl.on('close', () => console.log('closed'))";
    assert_eq!(prints(Program::new(code).with_stdin(*b"ann\nbob\n")), "hi ann\nclosed\n");
}

#[test]
fn streams_of_the_web() {
    for (code, expected) in [
        (
            "for await (const x of new ReadableStream({ start(c) { c.enqueue('a'); c.close() } })) console.log(x)",
            "a\n",
        ),
        (
            "let n = 0; const r = new ReadableStream({ async pull(c) { await new Promise((wake) => setTimeout(wake, 1)); if (n < 2) c.enqueue(n++); else c.close() } }).getReader(); console.log(await r.read(), await r.read(), await r.read())",
            "{ value: 0, done: false } { value: 1, done: false } { value: undefined, done: true }\n",
        ),
        (
            "const up = new TransformStream({ transform(t, c) { c.enqueue(t.toUpperCase()) }, flush(c) { c.enqueue('!') } }); let t = ''; for await (const x of ReadableStream.from(['x', 'y']).pipeThrough(up)) t += x; console.log(t)",
            "XY!\n",
        ),
        (
            "const got = []; await ReadableStream.from([1, 2]).pipeTo(new WritableStream({ write(x) { got.push(x) }, close() { got.push('closed') } })); console.log(got)",
            "[ 1, 2, 'closed' ]\n",
        ),
        (
            "const bytes = new TextEncoder().encode('zoë'); let t = ''; for await (const x of ReadableStream.from([...bytes].map((b) => Uint8Array.of(b))).pipeThrough(new TextDecoderStream())) t += x; console.log(t)",
            "zoë\n",
        ),
        (
            "try { for await (const x of new ReadableStream({ pull() { throw new Error('bad') } })); } catch (e) { console.log(e.message) }",
            "bad\n",
        ),
        (
            "let end; for await (const x of new ReadableStream({ pull(c) { c.enqueue(1) }, cancel() { end = 'cancelled' } })) break; console.log(end)",
            "cancelled\n",
        ),
        (
            "const b = new Blob(['hé', Uint8Array.of(33)], { type: 'text/Plain' }); console.log(b.size, b.type, await b.text(), await b.slice(0, 1).text())",
            "4 text/plain hé! h\n",
        ),
    ] {
        assert_eq!(prints(code), expected, "{code}");
    }
}
