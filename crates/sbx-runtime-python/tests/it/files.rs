//! Files by Python's library: scratch, what is read-only, links and special files in granted folders. What is so in every
//! language stands in `tests/cases/` of the repository.

use std::fs;

use sbx_core::{Ending, ExecutionPolicy, GuestPath, Mount, MountMode, SandboxResult};

use crate::lab::{PLAIN, open, open_on, policy, prints, python, run, run_with, turn};

/// Runs code that must raise, in a program that shows what it raised.
fn attempt(statements: &str) -> String {
    attempt_with(policy(), statements)
}

fn attempt_with(policy: ExecutionPolicy, statements: &str) -> String {
    let body: String = statements.lines().map(|line| format!("        {line}\n")).collect();
    let code = format!(
        "import os, errno, shutil, pathlib\ndef go():\n    try:\n{body}    except OSError as e:\n        \
         print(type(e).__name__, errno.errorcode[e.errno])\n    else:\n        print('done')\ngo()"
    );
    let result = run_with(policy, code);
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    result.stdout.trim_end().to_owned()
}

#[test]
fn modules_are_imported_from_the_workspace() {
    assert_eq!(prints("open('helper.py', 'w').write('x = 5')\nimport helper\nprint(helper.x)"), "5\n");
    let mut interpreter = open(PLAIN, policy());
    turn(
        &mut interpreter,
        "try:\n    import late\nexcept ImportError: pass\nopen('late.py', 'w').write('x = 6')",
    );
    assert_eq!(turn(&mut interpreter, "import late\nlate.x").value(), Some("6"), "no stale listing");
}

#[test]
fn files_that_were_never_closed_are_on_disk_after_the_run() {
    for code in [
        "f = open('x.txt', 'w')\nf.write('kept')",
        "open('x.txt', 'wb').write(b'kept')",
        "import builtins\nbuiltins.f = open('x.txt', 'w')\nbuiltins.f.write('kept')",
        "f = open('x.txt', 'w')\nf.write('kept')\nimport sys\nsys.exit(3)",
        "f = open('x.txt', 'w')\nf.write('kept')\n1/0",
        "import csv\nw = csv.writer(open('x.txt', 'w', newline=''))\nw.writerow(['kept'])",
    ] {
        let mut interpreter = open(PLAIN, policy());
        turn(&mut interpreter, code);
        let bytes = interpreter.files().unwrap().read_file(&GuestPath::parse("/app/x.txt").unwrap()).unwrap();
        assert!(bytes.starts_with(b"kept"), "{code}: {bytes:?}");
    }
}

#[test]
fn scratch_files_work_as_everywhere() {
    assert_eq!(
        prints(
            "import tempfile, os\nwith tempfile.TemporaryDirectory() as d:\n    p = os.path.join(d, 'x')\n    open(p, 'w').write('1')\n    print(d.startswith('/tmp/'), os.listdir(d))\nprint(os.path.exists(d))"
        ),
        "True ['x']\nFalse\n"
    );
    assert_eq!(
        prints(
            "import tempfile\nwith tempfile.NamedTemporaryFile() as f:\n    f.write(b'x'); f.seek(0); print(f.read())\nwith tempfile.TemporaryFile() as f:\n    f.write(b'y'); f.seek(0); print(f.read())"
        ),
        "b'x'\nb'y'\n"
    );
}

#[test]
fn what_is_read_only_refuses_every_change() {
    let zip = "/usr/local/lib/python315.zip";
    for (statements, wanted) in [
        (format!("open('{zip}', 'w')"), "OSError EROFS"),
        (format!("open('{zip}', 'r+b')"), "OSError EROFS"),
        (format!("open('{zip}', 'ab')"), "OSError EROFS"),
        (format!("os.truncate('{zip}', 0)"), "OSError EROFS"),
        (format!("os.remove('{zip}')"), "OSError EROFS"),
        (format!("os.rename('{zip}', '/app/x')"), "OSError EROFS"),
        (format!("os.rename('{zip}', '/usr/local/lib/y')"), "OSError EROFS"),
        (format!("open('/app/x', 'w').close()\nos.rename('/app/x', '{zip}')"), "OSError EROFS"),
        (format!("os.link('{zip}', '/app/x')"), "OSError EROFS"),
        (format!("os.utime('{zip}', (1, 1))"), "OSError EROFS"),
        ("open('/usr/x', 'w')".to_owned(), "OSError EROFS"),
        ("open('/x', 'w')".to_owned(), "OSError EROFS"),
        ("os.mkdir('/usr/local/lib/d')".to_owned(), "OSError EROFS"),
        ("os.mkdir('/d')".to_owned(), "OSError EROFS"),
        ("os.symlink('/app', '/usr/link')".to_owned(), "OSError EROFS"),
        ("open('/app/site-packages/evil.py', 'w')".to_owned(), "OSError EROFS"),
        ("open('/data/site-packages/evil.py', 'w')".to_owned(), "OSError EROFS"),
        ("os.link('/app/site-packages', '/app/x')".to_owned(), "PermissionError EPERM"),
    ] {
        assert_eq!(attempt(&statements), wanted, "{statements}");
    }
    for statements in [
        "os.rmdir('/app/site-packages')",
        "os.rename('/app/site-packages', '/app/y')",
        "shutil.rmtree('/usr')",
        "os.rmdir('/app')",
        "os.rename('/app', '/tmp/app')",
    ] {
        let answer = attempt(statements);
        assert!(["OSError EROFS", "OSError EBUSY"].contains(&answer.as_str()), "{statements}: {answer}");
    }
    assert_eq!(
        prints(format!("import os\nprint(os.path.getsize('{zip}') > 10**6)\nimport colorsys")),
        "True\n"
    );
}

#[test]
fn read_only_files_cannot_be_changed_through_links() {
    let zip = "/usr/local/lib/python315.zip";
    assert_eq!(attempt(&format!("os.symlink('{zip}', '/app/z')\nopen('/app/z', 'r+b')")), "OSError EROFS");
    assert_eq!(attempt(&format!("os.symlink('{zip}', '/app/z')\nos.truncate('/app/z', 0)")), "OSError EROFS");
    assert_eq!(
        attempt("os.symlink('/usr/local/lib', '/app/lib')\nopen('/app/lib/new', 'w')"),
        "OSError EROFS"
    );
}

#[test]
fn the_tools_of_the_standard_library_work_on_files() {
    let code = "import pathlib, os, shutil, glob, zipfile, tarfile, gzip, json, csv, fnmatch
root = pathlib.Path('tree')
for n in range(3):
    d = root / f'd{n}'
    d.mkdir(parents=True)
    (d / 'f.txt').write_text(f'text {n}')
print([str(p) for p in sorted(root.rglob('*.txt'))])
print([(p, sorted(d), f) for p, d, f in sorted(os.walk('tree'))][0])
shutil.copytree('tree', '/tmp/copy')
shutil.move('/tmp/copy/d0', '/app/moved')
print(sorted(glob.glob('/app/**/f.txt', recursive=True)))
shutil.make_archive('/tmp/a', 'zip', 'tree')
print(sorted(zipfile.ZipFile('/tmp/a.zip').namelist()))
with tarfile.open('/tmp/a.tar.gz', 'w:gz') as t: t.add('tree')
with tarfile.open('/tmp/a.tar.gz') as t: t.extractall('/tmp/out', filter='data')
print(open('/tmp/out/tree/d2/f.txt').read())
shutil.rmtree('tree')
print(os.path.exists('tree'), os.stat('moved/f.txt').st_size, oct(os.stat('moved').st_mode & 0o170000))
with open('s', 'w+b') as f:
    f.seek(10); f.write(b'end'); f.seek(0); print(f.read())
print(shutil.disk_usage('/app') if hasattr(os, 'statvfs') else 'no statvfs')
os.replace('s', 't'); print(os.path.exists('s'), os.access('t', os.R_OK), os.path.samefile('t', '/app/t'))
print([e.name for e in sorted(os.scandir('/app'), key=lambda e: e.name)])";
    assert_eq!(
        prints(code),
        "['tree/d0/f.txt', 'tree/d1/f.txt', 'tree/d2/f.txt']
('tree', ['d0', 'd1', 'd2'], [])
['/app/moved/f.txt', '/app/tree/d0/f.txt', '/app/tree/d1/f.txt', '/app/tree/d2/f.txt']
['d0/', 'd0/f.txt', 'd1/', 'd1/f.txt', 'd2/', 'd2/f.txt']
text 2
False 6 0o40000
b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00end'
no statvfs
False True True
['moved', 'site-packages', 't']\n"
    );
}

fn mount(folder: &tempfile::TempDir, mode: MountMode) -> ExecutionPolicy {
    let guest = GuestPath::parse("/data").unwrap();
    policy().with_mount(Mount::read_only(folder.path(), guest).with_mode(mode))
}

fn host_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.csv"), "a,b\n1,2\n").unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("sub/deep.txt"), "deep").unwrap();
    folder
}

#[cfg(unix)]
#[test]
fn links_and_special_files_in_a_granted_folder_are_not_followed_or_opened() {
    let secret = tempfile::tempdir().unwrap();
    fs::write(secret.path().join("secret"), "secret").unwrap();
    let folder = host_folder();
    let link = |target: &std::path::Path, name: &str| {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    };
    link(&secret.path().join("secret"), "file");
    link(secret.path(), "folder");
    link(std::path::Path::new("in.csv"), "inside");
    let socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let mode = |mode| mount(&folder, mode);
    let reads = [
        "open('/data/file')",
        "open('/data/folder/secret')",
        "open('/data/inside')",
        "open('/data/../data/file')",
        "os.symlink('/data/file', '/app/l')\nopen('/app/l')",
    ];
    for statements in reads {
        for access in [MountMode::ReadOnly, MountMode::ReadWrite] {
            assert_eq!(attempt_with(mode(access), statements), "OSError ELOOP", "{access:?} {statements}");
        }
        // An overlay leaves out what is neither a file nor a folder.
        let answer = attempt_with(mode(MountMode::Overlay), statements);
        assert_eq!(answer, "FileNotFoundError ENOENT", "{statements}");
    }
    let special = |access| attempt_with(mode(access), "open('/data/socket')");
    assert_eq!(special(MountMode::ReadOnly), "PermissionError EACCES");
    assert_eq!(special(MountMode::ReadWrite), "PermissionError EACCES");
    assert_eq!(special(MountMode::Overlay), "FileNotFoundError ENOENT");
    assert_eq!(
        attempt_with(mode(MountMode::ReadOnly), "os.listdir('/data/folder')"),
        "NotADirectoryError ENOTDIR"
    );
    for statements in ["open('/data/file', 'w')", "open('/data/folder/new', 'w')"] {
        assert_eq!(attempt_with(mode(MountMode::ReadWrite), statements), "OSError ELOOP", "{statements}");
    }
    assert_eq!(
        attempt_with(mode(MountMode::ReadWrite), "os.symlink('/etc', '/data/evil')"),
        "PermissionError EPERM"
    );
    assert_eq!(fs::read_to_string(secret.path().join("secret")).unwrap(), "secret");
    assert_eq!(fs::read_dir(secret.path()).unwrap().count(), 1);
    drop(socket);
}

#[test]
fn a_folder_that_is_not_there_is_the_callers_error() {
    let guest = GuestPath::parse("/data").unwrap();
    let policy = policy().with_mount(Mount::read_only("/no/such/folder", guest));
    let files = python().empty_files(&policy).unwrap();
    let opened = python().host().block_on(python().open(PLAIN, std::sync::Arc::new(policy), files));
    assert_eq!(opened.unwrap_err().code(), "host.mount");
}

#[test]
fn files_are_handed_from_run_to_run_and_fork() {
    let mut first = open(PLAIN, policy());
    turn(&mut first, "open('x', 'w').write('1')");
    let files = first.files().unwrap();
    let read = |result: SandboxResult| result.value().map(str::to_owned);
    let mut left = open_on(PLAIN, policy(), files.clone());
    let mut right = open_on(PLAIN, policy(), files);
    turn(&mut left, "open('x', 'w').write('left')");
    assert_eq!(read(turn(&mut right, "open('x').read()")).as_deref(), Some("'1'"));
    assert_eq!(read(turn(&mut left, "open('x').read()")).as_deref(), Some("'left'"));
    assert_eq!(run("import os\nos.path.exists('x')").value(), Some("False"));
}
