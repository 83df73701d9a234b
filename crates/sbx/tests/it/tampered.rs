//! What is stored is data from outside: whatever was done to it, the host stays whole and no session sees another.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use sbx::{DiskStorage, MemoryStorage, Session, SessionId, Sessions, SessionsBuilder, StorageAdapter};

const CANARY: &str = "canary-5b1c9d0e7f";

fn sessions(storage: Arc<dyn StorageAdapter>) -> Sessions {
    SessionsBuilder::new(storage).image("python").build().unwrap()
}

fn on_disk(folder: &Path) -> Sessions {
    sessions(Arc::new(DiskStorage::open(folder).unwrap()))
}

fn run(session: &Session, code: &str) -> String {
    let result = session.execute(code).unwrap();
    assert!(result.success, "{}", result.stderr);
    result.stdout
}

/// Every file below a folder that holds bytes of ours.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.to_string_lossy().ends_with('=') {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_damaged_session_is_an_error_or_as_it_was_and_its_neighbour_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, neighbour) = (SessionId::parse("victim").unwrap(), SessionId::parse("neighbour").unwrap());
    {
        let sessions = on_disk(folder.path());
        let session = sessions.open_or_create(&victim).unwrap();
        run(&session, "x = list(range(100)); open('f', 'w').write('kept' * 1000)");
        run(&session, "x.append(1); open('g', 'w').write('more')");
        session.close().unwrap();
    }
    let good: Vec<(PathBuf, Vec<u8>)> =
        files(folder.path()).into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    assert!(good.len() >= 3, "a head and the objects of two turns");
    {
        let sessions = on_disk(folder.path());
        let session = sessions.open_or_create(&neighbour).unwrap();
        run(&session, "y = 1");
        session.close().unwrap();
    }
    let (mut n_refused, mut n_same) = (0, 0);
    for (path, bytes) in &good {
        let mut damages: Vec<Vec<u8>> =
            vec![Vec::new(), bytes[..bytes.len() / 2].to_vec(), vec![0xA5; bytes.len()]];
        for part in 0..12 {
            let mut flipped = bytes.clone();
            let at = (bytes.len() - 1) * part / 11;
            flipped[at] ^= 1 << (part % 8);
            damages.push(flipped);
        }
        for damaged in damages {
            std::fs::write(path, &damaged).unwrap();
            let sessions = on_disk(folder.path());
            let told = sessions.open(&victim).and_then(|session| {
                let result =
                    session.execute("print(len(x), open('f').read() == 'kept' * 1000, open('g').read())")?;
                Ok((result.stdout, result.stderr))
            });
            match told {
                Ok((stdout, stderr)) => {
                    assert_eq!(
                        (stdout.as_str(), stderr.as_str()),
                        ("101 True more\n", ""),
                        "{}",
                        path.display()
                    );
                    n_same += 1;
                }
                Err(error) => {
                    let expected =
                        ["session.corrupt", "session.newer_format", "session.not_found", "session.bad_id"];
                    let is_known = expected.contains(&error.code()) || error.code().starts_with("path.");
                    assert!(is_known, "{}: {} {error}", path.display(), error.code());
                    n_refused += 1;
                }
            }
            drop(sessions);
            // The turn may have moved the head.
            for (path, bytes) in &good {
                std::fs::write(path, bytes).unwrap();
            }
        }
    }
    assert!(n_refused > 20, "{n_refused} refused, {n_same} were no harm");
    let sessions = on_disk(folder.path());
    assert_eq!(run(&sessions.open(&neighbour).unwrap(), "print(y)"), "1\n");
    assert_eq!(run(&sessions.open(&victim).unwrap(), "print(len(x))"), "101\n");
}

#[test]
fn nothing_of_one_session_is_ever_seen_by_another() {
    let sessions = sessions(Arc::new(MemoryStorage::new()));
    let secret = sessions.create().unwrap();
    // In two parts, so that the program's own text is not what is found.
    let (head, tail) = CANARY.split_at(7);
    run(
        &secret,
        &format!(
            "c = '{head}' + '{tail}'\nheap = [c + str(n) for n in range(20000)]\nopen('secret.txt', 'w').write(c * 1000)"
        ),
    );
    secret.close().unwrap();
    // Takes much memory and does not clear it, where the allocator lets it.
    let search = "import numpy, os\nheap = [numpy.empty(1 << 16) for _ in range(60)]\n\
         taken = [bytearray(n) for n in range(100, 9000, 7)]\n\
         print(sorted(os.listdir('/app')), sum(float(part[:50].sum()) != 0 for part in heap))";
    for n in 0..10 {
        let other = sessions.create().unwrap();
        let seen = other.execute(search).unwrap();
        assert!(seen.success && !seen.stdout.contains("secret"), "{}{}", seen.stdout, seen.stderr);
        let state = other.files().unwrap();
        assert_eq!(state.usage().inodes, 0, "no file came along");
        let memory = other.execute("open('mark', 'w').write('x')").unwrap();
        assert!(memory.success);
        assert!(!holds_canary(&sessions, other.id(), &state), "session {n} has a page of the secret one");
        if n == 0 {
            assert!(holds_canary(&sessions, secret.id(), &state), "the search finds what is there");
        }
    }
}

/// Whether any page that the stored interpreters of a session have of their own holds the canary.
fn holds_canary(sessions: &Sessions, id: &SessionId, base: &sbx::Tree) -> bool {
    let runtimes = sbx::Runtimes::shared().unwrap();
    let state = runtimes.host().block_on(sessions.store().state(id, None, base)).unwrap();
    let mut pages = state.interpreters.values().flat_map(|interpreter| interpreter.snapshot.pages().values());
    pages.any(|page| page.bytes().windows(CANARY.len()).any(|window| window == CANARY.as_bytes()))
}
