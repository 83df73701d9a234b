//! The filesystem as programs see it: workspace, scratch, what is read-only, quotas, links, granted folders; by Node's
//! functions and by those of QuickJS.

use std::fs;

use sbx_core::{Ending, ExecutionPolicy, GuestPath, Mount, MountMode};

use crate::lab::{open, open_on, policy, prints, run, run_with, turn};

/// The `code` that statements throw, or `done`.
fn attempt_with(policy: ExecutionPolicy, statements: &str) -> String {
    let code = format!(
        "const fs = require('fs'); try {{ {statements}; console.log('done') }} catch (e) {{ console.log(e.code) }}"
    );
    let result = run_with(policy, code);
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    result.stdout.trim_end().to_owned()
}

fn attempt(statements: &str) -> String {
    attempt_with(policy(), statements)
}

fn names(paths: &[GuestPath]) -> Vec<&str> {
    paths.iter().map(GuestPath::as_str).collect()
}

#[test]
fn the_workspace_is_the_working_directory() {
    assert_eq!(
        prints("console.log(process.cwd(), require('fs').readdirSync('.'), os.tmpdir())"),
        "/app [] /tmp\n"
    );
    assert_eq!(
        prints(
            "const fs = require('fs'); fs.writeFileSync('x', 'same'); console.log(fs.readFileSync('/app/x', 'utf8'), fs.readFileSync('./x', 'utf8'))"
        ),
        "same same\n"
    );
}

#[test]
fn what_a_run_did_to_files_is_in_its_result() {
    let mut interpreter = open(policy());
    let first = turn(
        &mut interpreter,
        "const fs = require('fs'); fs.writeFileSync('a', '1'); fs.writeFileSync('b', '1'); fs.mkdirSync('d/e', { recursive: true }); fs.writeFileSync('d/e/f', ''); fs.writeFileSync('/tmp/not', 'listed')",
    );
    assert_eq!(names(&first.files_created), ["/app/a", "/app/b", "/app/d/e/f"]);
    let second = turn(
        &mut interpreter,
        "fs.appendFileSync('a', '2'); fs.unlinkSync('b'); fs.renameSync('d/e/f', 'g')",
    );
    assert_eq!(names(&second.files_modified), ["/app/a"]);
    assert_eq!(names(&second.files_deleted), ["/app/b", "/app/d/e/f"]);
    assert_eq!(names(&second.files_created), ["/app/g"]);
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
fn quotas_have_their_error_codes() {
    let small = || {
        let mut policy = policy();
        (policy.disk_bytes, policy.max_files, policy.max_open_files, policy.max_file_bytes) =
            (100_000, 20, 10, 50_000);
        policy
    };
    for (statements, code) in [
        ("for (let i = 0; ; i++) fs.writeFileSync('f' + i % 5, 'x'.repeat(40000))", "ENOSPC"),
        ("for (let i = 0; ; i++) fs.writeFileSync('f' + i, '')", "ENOSPC"),
        ("for (let i = 0; ; i++) fs.mkdirSync('d' + i)", "ENOSPC"),
        ("fs.writeFileSync('f', 'x'.repeat(60000))", "EFBIG"),
        ("fs.writeFileSync('f', ''); fs.truncateSync('f', 2 ** 40)", "EFBIG"),
        ("for (let i = 0; ; i++) fs.openSync('/dev/null')", "EMFILE"),
    ] {
        assert_eq!(attempt_with(small(), statements), code, "{statements}");
    }
}

#[test]
fn links_stay_inside() {
    assert_eq!(attempt("fs.symlinkSync('/etc/passwd', 'l'); fs.readFileSync('l')"), "ENOENT");
    assert_eq!(attempt("fs.symlinkSync('../../../..', 'up'); fs.readFileSync('up/etc/passwd')"), "ENOENT");
    assert_eq!(
        prints(
            "const fs = require('fs'); fs.writeFileSync('t', 'x'); fs.symlinkSync('t', 'l'); console.log(fs.readFileSync('l', 'utf8'), fs.readlinkSync('l'), fs.lstatSync('l').isSymbolicLink(), fs.statSync('l').isFile(), fs.realpathSync('l'))"
        ),
        "x t true true /app/t\n"
    );
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

fn mount(folder: &tempfile::TempDir, mode: MountMode) -> ExecutionPolicy {
    let mut policy = policy();
    policy.mounts.push(Mount::read_only(folder.path(), GuestPath::parse("/data").unwrap()).with_mode(mode));
    policy
}

fn host_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("input.csv"), "a,b\n1,2\n").unwrap();
    folder
}

#[test]
fn granted_folders_are_reached_as_granted() {
    let folder = host_folder();
    let code = "const fs = require('fs'); const out = [fs.readFileSync('/data/input.csv', 'utf8').length, fs.readdirSync('/data')]; for (const call of [() => fs.writeFileSync('/data/new', 'x'), () => fs.unlinkSync('/data/input.csv')]) try { call(); out.push('done') } catch (e) { out.push(e.code) } console.log(out.flat().join())";
    assert_eq!(run_with(mount(&folder, MountMode::ReadOnly), code).stdout, "8,input.csv,EROFS,EROFS\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(run_with(mount(&folder, MountMode::Overlay), code).stdout, "8,input.csv,done,done\n");
    assert_eq!(fs::read_to_string(folder.path().join("input.csv")).unwrap(), "a,b\n1,2\n");
    assert_eq!(run_with(mount(&folder, MountMode::ReadWrite), code).stdout, "8,input.csv,done,done\n");
    assert_eq!(fs::read_to_string(folder.path().join("new")).unwrap(), "x");
    assert!(!folder.path().join("input.csv").exists());
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
