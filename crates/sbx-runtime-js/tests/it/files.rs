//! Files by Node's functions and by those of QuickJS. What is so in every language stands in `tests/cases/` of the
//! repository.

use sbx_core::Ending;

use crate::lab::{open, open_on, policy, prints, run, turn};

/// The `code` that statements throw, or `done`.
fn attempt(statements: &str) -> String {
    let code = format!(
        "const fs = require('fs'); try {{ {statements}; console.log('done') }} catch (e) {{ console.log(e.code) }}"
    );
    prints(code).trim_end().to_owned()
}

#[test]
fn nodes_functions_do_what_they_say() {
    let code = r"
        const fs = require('node:fs'), fsp = require('fs/promises');
        fs.writeFileSync('a.txt', 'one\n'); fs.appendFileSync('a.txt', 'twö\n');
        console.log(fs.readFileSync('a.txt', 'utf8').length, fs.readFileSync('a.txt').length, fs.existsSync('a.txt'), fs.existsSync('b'));
        const s = fs.statSync('a.txt'); console.log(s.isFile(), s.isDirectory(), s.size, s.mtime instanceof Date, fs.statSync('no', { throwIfNoEntry: false }));
        fs.mkdirSync('d'); fs.mkdirSync('d/e/f', { recursive: true }); fs.copyFileSync('a.txt', 'd/e/copy'); fs.renameSync('d/e/copy', 'd/moved');
        console.log(fs.readdirSync('d', { recursive: true }), fs.readdirSync('d', { withFileTypes: true }).map((e) => [e.name, e.isDirectory()]));
        fs.cpSync('d', 'd2', { recursive: true }); fs.rmSync('d', { recursive: true }); fs.rmSync('nowhere', { force: true });
        console.log(fs.readdirSync('.'), fs.readFileSync('d2/moved').equals(fs.readFileSync('a.txt')));
        const fd = fs.openSync('r.bin', 'w+'); fs.writeSync(fd, Buffer.from([1, 2, 3, 4])); fs.writeSync(fd, Buffer.from([9]), 0, 1, 1);
        const b = Buffer.alloc(3); console.log(fs.readSync(fd, b, 0, 3, 0), b, fs.fstatSync(fd).size); fs.ftruncateSync(fd, 2); fs.closeSync(fd);
        console.log(fs.readFileSync('r.bin', 'hex'), fs.readFileSync('r.bin', 'base64'));
        await fsp.writeFile('p', new Uint8Array([104, 105])); console.log(await fsp.readFile('p', { encoding: 'utf8' }), (await fsp.stat('p')).size);
        const h = await fsp.open('p'); console.log((await h.read(Buffer.alloc(1))).bytesRead); await h.close();
        fs.readFile('p', 'utf8', (error, text) => console.log(error, text)); fs.readFile('none', (error) => console.log(error.code));
        console.log(fs.mkdtempSync('/tmp/x-').startsWith('/tmp/x-'), fs.realpathSync('d2/../a.txt'));
        fs.utimesSync('a.txt', 1, 2); console.log(fs.statSync('a.txt').mtimeMs);
        fs.writeFileSync(new URL('file:///app/u%20v'), 'x'); console.log(fs.readdirSync('.').includes('u v'))";
    assert_eq!(
        prints(code),
        "8 9 true false\ntrue false 9 true undefined\n[ 'e', 'e/f', 'moved' ] [ [ 'e', true ], [ 'moved', false ] ]\n[ 'a.txt', 'd2' ] true\n3 <Buffer 01 09 \
         03> 4\n0109 AQk=\nhi 2\n1\ntrue /app/a.txt\n2000\ntrue\nnull hi\nENOENT\n"
    );
}

#[test]
fn quickjs_functions_do_what_they_say() {
    let code = r"
        import * as std from 'qjs:std'; import * as os from 'qjs:os';
        const f = std.open('a.txt', 'w+'); f.puts('line 1\n', 'line 2\n'); f.printf('%d-%05.2f-%s-%x\n', 42, 3.14159, 'é', 255); f.seek(0, std.SEEK_SET);
        console.log(f.getline(), f.tell(), f.eof(), f.readAsString(), f.getline(), f.eof(), f.close());
        console.log(std.loadFile('a.txt').length, std.loadFile('none'), std.loadFile('a.txt', { binary: true }).length);
        const e = {}; console.log(std.open('none', 'r', e), e.errno === std.Error.ENOENT, std.strerror(e.errno));
        std.writeFile('b', 'bytes'); const g = std.open('b', 'rb'); console.log(g.getByte(), String.fromCharCode(...new Uint8Array(g.readAsArrayBuffer()))); g.close();
        const fd = os.open('c', os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644); const u = new Uint8Array([1, 2, 3]);
        console.log(os.write(fd, u.buffer, 0, 3), os.seek(fd, 0, std.SEEK_SET), os.read(fd, u.buffer, 0, 2), os.close(fd), os.close(fd) < 0);
        console.log(os.mkdir('d'), os.mkdir('d') === -std.Error.EEXIST, os.rename('b', 'd/b'), os.readdir('d')[0].sort(), os.remove('d/b'), os.remove('d'), os.remove('d') < 0);
        const [st, err] = os.stat('a.txt'); console.log(st.size, err, (st.mode & os.S_IFMT) === os.S_IFREG, os.stat('none')[1] === std.Error.ENOENT, os.getcwd(), os.realpath('./a.txt'));
        const t = std.tmpfile(); t.puts('x'); t.seek(0, std.SEEK_SET); console.log(t.readAsString(), std.sprintf('%-5s|%5d|%+d|%e|%g|%%|%c|%o', 'ab', 42, 7, 12345.678, 0.0001, 65, 8));
        std.out.printf('%s\n', std.evalScript('6 * 7')); std.err.puts('to stderr\n')";
    let result = run(code);
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    assert_eq!(
        result.stdout,
        "line 1 7 false line 2\n42-03.14-é-ff\n null true 0\n28 null 29\nnull true ENOENT\n98 ytes\n3 0 2 0 true\n0 true 0 [ '.', '..', 'b' ] 0 0 \
         true\n29 0 true true [ '/app', 0 ] [ '/app/a.txt', 0 ]\nx ab   |   42|+7|1.234568e+04|0.0001|%|A|10\n42\n"
    );
    assert_eq!(result.stderr, "to stderr\n");
}

#[test]
fn failures_have_nodes_codes() {
    for (statements, code) in [
        ("fs.readFileSync('none')", "ENOENT"),
        ("fs.readFileSync('/etc/passwd')", "ENOENT"),
        ("fs.readFileSync('../../etc/passwd')", "ENOENT"),
        ("fs.readFileSync('.')", "EISDIR"),
        ("fs.mkdirSync('a'); fs.mkdirSync('a')", "EEXIST"),
        ("fs.mkdirSync('a'); fs.writeFileSync('a/b', ''); fs.rmdirSync('a')", "ENOTEMPTY"),
        ("fs.writeFileSync('f', ''); fs.readdirSync('f')", "ENOTDIR"),
        ("fs.writeFileSync('f', ''); fs.writeFileSync('f/g', '')", "ENOTDIR"),
        ("fs.writeFileSync('f', ''); fs.writeFileSync('f', '', { flag: 'wx' })", "EEXIST"),
        ("fs.writeFileSync('none/f', '')", "ENOENT"),
        ("fs.rmSync('none')", "ENOENT"),
        ("fs.mkdirSync('a'); fs.rmSync('a')", "ERR_FS_EISDIR"),
        ("fs.readSync(77, Buffer.alloc(1))", "EBADF"),
        ("fs.closeSync(77)", "EBADF"),
        ("fs.renameSync('none', 'x')", "ENOENT"),
        ("fs.writeFileSync('x'.repeat(300), '')", "ENAMETOOLONG"),
        ("fs.writeFileSync('a\\0b', '')", "ERR_INVALID_ARG_VALUE"),
        ("fs.writeFileSync({}, '')", "ERR_INVALID_ARG_TYPE"),
        ("fs.writeFileSync('x', { a: 1 })", "ERR_INVALID_ARG_TYPE"),
        ("fs.openSync('x', 'nonsense')", "ERR_INVALID_ARG_VALUE"),
        ("fs.readlinkSync('.')", "EINVAL"),
        ("fs.symlinkSync('loop', 'loop'); fs.readFileSync('loop')", "ELOOP"),
    ] {
        assert_eq!(attempt(statements), code, "{statements}");
    }
}

#[test]
fn open_files_and_folders_live_over_turns() {
    let mut interpreter = open(policy());
    turn(
        &mut interpreter,
        "const fs = require('fs'); const fd = fs.openSync('log', 'a'); fs.writeSync(fd, 'one '); process.chdir('/tmp')",
    );
    let next = turn(
        &mut interpreter,
        "fs.writeSync(fd, 'two'); fs.closeSync(fd); [process.cwd(), fs.readFileSync('/app/log', 'utf8')]",
    );
    assert_eq!(next.value(), Some("[ '/tmp', 'one two' ]"), "{}", next.stderr);
}

#[test]
fn devices_are_what_they_are() {
    assert_eq!(
        prints(
            "const fs = require('fs'); fs.writeFileSync('/dev/null', 'gone'); const b = Buffer.alloc(4, 1); const fd = fs.openSync('/dev/zero'); fs.readSync(fd, b); console.log(b, fs.readFileSync('/dev/null').length)"
        ),
        "<Buffer 00 00 00 00> 0\n"
    );
}

#[test]
fn files_are_handed_from_run_to_run_and_fork() {
    let mut first = open(policy());
    turn(&mut first, "writeJson('data.json', { n: 1 })");
    let forked = first.files().unwrap();
    turn(&mut first, "writeJson('data.json', { n: 2 })");
    let mut second = open_on("javascript", policy(), forked);
    assert_eq!(turn(&mut second, "readJson('data.json').n").value(), Some("1"));
    assert_eq!(turn(&mut first, "readJson('data.json').n").value(), Some("2"));
}
