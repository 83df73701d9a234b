//! Sessions: an interpreter that goes on from turn to turn and from process to process, forks, rewinds and never loses
//! more than the turn that failed.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::{sync::Arc, time::Duration};

use sbx::{DiskStorage, ExecutionPolicy, NewSession, SessionId, SessionsBuilder};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let open = || -> anyhow::Result<sbx::Sessions> {
        let storage = Arc::new(DiskStorage::open(folder.path().join("sessions"))?);
        let policy = ExecutionPolicy::default().with_timeout_seconds(1.0);
        Ok(SessionsBuilder::new(storage).policy(policy).build()?)
    };
    let id = SessionId::parse("conversation-7").map_err(sbx::SessionError::from)?;

    // What a turn leaves in memory and in files is stored before its result is there.
    let sessions = open()?;
    let session = sessions.create_as(&id, NewSession::default().with_label("user", "ada"))?;
    session.execute(
        "import pandas as pd\nframe = pd.DataFrame({'n': [1, 2, 39]})\nopen('log.txt', 'w').write('one')",
    )?;
    // So that another process, or another machine with the same storage, goes on with it.
    session.close()?;
    drop((session, sessions));

    let sessions = open()?;
    let session = sessions.open(&id)?;
    println!("the sum is {}", session.execute("print(frame.n.sum())")?.stdout.trim());

    // Three ideas from the same point; the parent knows nothing of them.
    let forks = session.fork(3)?;
    for (n, fork) in forks.iter().enumerate() {
        let result = fork.execute(format!("frame['n'] *= {n}; print(frame.n.sum())"))?;
        println!("idea {n}: {}", result.stdout.trim());
    }
    anyhow::ensure!(session.peek("frame.n.sum()")?.value() == Some("np.int64(42)"));

    // A turn that is cut off leaves no trace.
    let result = session.execute("frame = None\nwhile True: pass")?;
    println!("{}: rolled back {}", result.ending, result.metadata["rolled_back"]);
    anyhow::ensure!(session.execute("print(len(frame))")?.stdout == "3\n");

    // Back to after turn 1, and what differs in the files.
    session.execute("open('log.txt', 'a').write(' two'); del frame")?;
    let last = session.log()?.last().map_or(0, |turn| turn.turn);
    println!("changed since turn 1: {}", session.diff(1, last)?.len());
    session.rewind(1)?;
    anyhow::ensure!(session.execute("print(len(frame), open('log.txt').read())")?.stdout == "3 one\n");

    // What is kept, and getting rid of what nobody needs.
    session.close()?;
    forks.iter().try_for_each(sbx::Session::close)?;
    let store = sessions.store().clone();
    for info in sessions.block_on(store.list())?.sessions {
        println!("{}: turn {}, {} KiB", info.id, info.turn, info.size_bytes / 1024);
    }
    let rule = sbx::PruneOptions::default().with_max_sessions(1).with_grace(Duration::ZERO);
    let pruned = sessions.block_on(store.prune(&rule))?;
    println!("pruned {} sessions", pruned.deleted_count);
    Ok(())
}
