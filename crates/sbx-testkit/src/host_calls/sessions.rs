//! Calls that name a session.

use std::{
    fs::File,
    io::{self, Write as _},
    pin::pin,
    task::{Context, Waker},
    thread,
    time::Duration,
};

use sbx::{CancellationToken, Error, NewSession, Program, PruneOptions, Result, Session, SessionId};

use super::{
    arguments::Arguments,
    world::{World, id, shown},
};

impl World {
    /// A call that names a session; `None` if it is none of these.
    pub(super) fn call_on_session(&mut self, name: &str, given: &mut Arguments) -> Option<Result<String>> {
        Some(match name {
            "create" => self.create(given),
            "execute" => self.execute(given),
            "execute_cancelled" => self.execute_cancelled(given),
            "execute_and_drop" => self.execute_and_drop(given),
            "execute_at_once" => self.execute_at_once(given),
            "peek" => self.session(given).and_then(|session| Ok(shown(&session.peek(given.text("code"))?))),
            "close" => self.session(given).and_then(|session| session.close().map(nothing)),
            "hold" => self.hold(given),
            "release" => self.release(),
            "write_session_file" => self.write_session_file(given),
            "read_session_file" => self.read_session_file(given),
            "list_session_files" => self.list_session_files(given),
            "delete_session_path" => self.delete_session_path(given),
            "delete_session_workspace" => self.delete_session_workspace(given),
            "import_into_session" => self.import_into_session(given),
            "fork" => self.fork(given),
            "branch" => self.session(given).and_then(|of| of.branch(turn(given)).map(nothing)),
            "rewind" => self.session(given).and_then(|of| of.rewind(turn(given)).map(nothing)),
            "rewind_at_rest" => self.rewind_at_rest(given),
            "diff" => self.diff(given),
            "last_turn" => self.last_turn(given),
            "set_labels" => self.set_labels(given),
            "list_sessions" => self.list_sessions(),
            "delete" => self.delete(given),
            "prune" => self.prune(given),
            "export" => self.export(given),
            "import" => self.import(given),
            _ => return None,
        })
    }

    fn session(&self, given: &mut Arguments) -> Result<Session> {
        self.sessions.open(&id(&given.text("id"))?)
    }

    /// Makes a session and lets go of it.
    fn create(&self, given: &mut Arguments) -> Result<String> {
        let mut new = NewSession::default();
        for (name, value) in given.table("labels") {
            new = new.with_label(name, value.as_str().expect("labels are texts"));
        }
        self.sessions.create_as(&id(&given.text("id"))?, new)?.close().map(nothing)
    }

    fn execute(&self, given: &mut Arguments) -> Result<String> {
        let code = given.text("code");
        Ok(shown(&self.session(given)?.execute(code)?))
    }

    /// Runs a program that is cancelled before it begins.
    fn execute_cancelled(&self, given: &mut Arguments) -> Result<String> {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let program = Program::new(given.text("code")).with_cancel(cancel);
        Ok(shown(&self.session(given)?.execute(program)?))
    }

    /// Polls the future of a turn so many times, and drops it.
    fn execute_and_drop(&self, given: &mut Arguments) -> Result<String> {
        let (session, code) = (self.session(given)?, given.text("code"));
        let polls = given.number("polls").expect("it says how many `polls`");
        let mut future = pin!(session.execute_async(code));
        for _ in 0..polls {
            if let std::task::Poll::Ready(result) =
                future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return Ok(format!("it came to its end: {}", shown(&result?)));
            }
        }
        Ok("dropped".to_owned())
    }

    /// Runs programs in one session on threads of their own; what came of them, sorted.
    fn execute_at_once(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        let codes = given.texts("codes");
        let all: Result<Vec<String>> = thread::scope(|scope| {
            let one = |code: String| {
                let of = &of;
                scope.spawn(move || Ok(shown(&self.sessions.open(of)?.execute(code)?)))
            };
            let threads: Vec<_> = codes.into_iter().map(one).collect();
            threads.into_iter().map(|thread| thread.join().expect("no run panics")).collect()
        });
        let mut all = all?;
        all.sort();
        Ok(all.join(", "))
    }

    /// Has the other process take the session.
    fn hold(&mut self, given: &mut Arguments) -> Result<String> {
        let session = self.other.open(&id(&given.text("id"))?)?;
        session.wake()?;
        self.held.push(session);
        Ok(String::new())
    }

    /// Has the other process let go of all that it holds.
    fn release(&mut self) -> Result<String> {
        self.held.drain(..).try_for_each(|session| session.close()).map(nothing)
    }

    fn write_session_file(&self, given: &mut Arguments) -> Result<String> {
        let (of, path, text) = (id(&given.text("id"))?, given.text("path"), given.text_or_empty("text"));
        let overwrite = given.flag("overwrite").unwrap_or(true);
        let files = self.sessions.files()?;
        let written = files.write_session_file(&of, &path, text.as_bytes(), overwrite);
        Ok(self.sessions.block_on(written).map(nothing)?)
    }

    fn read_session_file(&self, given: &mut Arguments) -> Result<String> {
        let (of, path) = (id(&given.text("id"))?, given.text("path"));
        let bytes = self.sessions.block_on(self.sessions.files()?.read_session_file(&of, &path))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn list_session_files(&self, given: &mut Arguments) -> Result<String> {
        let (of, pattern) = (id(&given.text("id"))?, given.text_or_none("pattern"));
        let files = self.sessions.files()?;
        let files = self.sessions.block_on(files.list_session_files(&of, pattern.as_deref()))?;
        let names: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        Ok(names.join(" "))
    }

    fn delete_session_path(&self, given: &mut Arguments) -> Result<String> {
        let (of, path) = (id(&given.text("id"))?, given.text("path"));
        let recursive = given.flag("recursive").unwrap_or(true);
        let files = self.sessions.files()?;
        Ok(self.sessions.block_on(files.delete_session_path(&of, &path, recursive)).map(nothing)?)
    }

    fn delete_session_workspace(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        Ok(self.sessions.block_on(self.sessions.files()?.delete_session_workspace(&of)).map(nothing)?)
    }

    fn import_into_session(&self, given: &mut Arguments) -> Result<String> {
        let from = self.host(&given.text("from"));
        let path = given.text_or_none("path").unwrap_or_else(|| ".".to_owned());
        let moved = self.session(given)?.import_dir_to(&path, &from)?;
        Ok(format!("{} files", moved.files))
    }

    fn fork(&self, given: &mut Arguments) -> Result<String> {
        let session = self.session(given)?;
        let names = given.texts("names");
        let ids: Result<Vec<SessionId>> = names.iter().map(|name| id(name)).collect();
        self.sessions.block_on(session.fork_as(&ids?)).map(nothing)
    }

    fn rewind_at_rest(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        Ok(self.sessions.block_on(self.sessions.store().rewind(&of, turn(given))).map(nothing)?)
    }

    fn diff(&self, given: &mut Arguments) -> Result<String> {
        let (from, to) = (given.number("from").unwrap(), given.number("to").unwrap());
        let changes = self.session(given)?.diff(from, to)?;
        let names: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
        Ok(names.join(" "))
    }

    fn last_turn(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        let turns = self.sessions.block_on(self.sessions.store().log(&of))?;
        Ok(turns.last().map(|entry| entry.turn.to_string()).unwrap_or_default())
    }

    fn set_labels(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        let n_labels = given.number("how_many").unwrap_or(1);
        let (name, value) = (given.text("label"), given.text("value"));
        let labels =
            (0..n_labels).map(|n| (if n == 0 { name.clone() } else { format!("{name}{n}") }, value.clone()));
        Ok(self.sessions.block_on(self.sessions.store().set_labels(&of, labels.collect())).map(nothing)?)
    }

    fn list_sessions(&self) -> Result<String> {
        let list = self.sessions.block_on(self.sessions.store().list())?;
        let mut words: Vec<String> = list.sessions.iter().map(|session| session.id.to_string()).collect();
        words
            .extend((!list.unreadable.is_empty()).then(|| format!("({} unreadable)", list.unreadable.len())));
        Ok(words.join(" "))
    }

    fn delete(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        Ok(self.sessions.block_on(self.sessions.store().delete(&of)).map(nothing)?)
    }

    fn prune(&self, given: &mut Arguments) -> Result<String> {
        let mut options = PruneOptions::new().with_grace(Duration::ZERO);
        options.older_than = given.number("older_than_seconds").map(Duration::from_secs);
        options.max_sessions = given.number("max_sessions").map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        options.max_bytes = given.number("max_bytes");
        options.dry_run = given.flag("dry_run").unwrap_or(false);
        for (name, value) in given.table("labels") {
            options = options.with_label(name, value.as_str().expect("labels are texts"));
        }
        let pruned = self.sessions.block_on(self.sessions.store().prune(&options))?;
        let names = |ids: &[SessionId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Ok(format!(
            "deleted [{}], skipped [{}], {} errors",
            names(&pruned.deleted),
            names(&pruned.skipped),
            pruned.errors.len()
        ))
    }

    fn export(&self, given: &mut Arguments) -> Result<String> {
        let of = id(&given.text("id"))?;
        let mut bytes = Vec::new();
        self.sessions.block_on(self.sessions.store().export(&of, &mut bytes))?;
        let to = self.host(&given.text("to"));
        File::create(to).and_then(|mut file| file.write_all(&bytes)).unwrap();
        Ok(String::new())
    }

    fn import(&self, given: &mut Arguments) -> Result<String> {
        let name = given.text_or_none("name").map(|name| id(&name)).transpose()?;
        let path = self.host(&given.text("from"));
        let opened = File::open(&path).map_err(|source| host_file(path, source));
        let found = self.sessions.block_on(self.sessions.store().import(&mut opened?, name))?;
        Ok(found.to_string())
    }
}

fn nothing<T>(_done: T) -> String {
    String::new()
}

fn turn(given: &mut Arguments) -> u64 {
    given.number("turn").expect("it says which `turn`")
}

fn host_file(path: std::path::PathBuf, source: io::Error) -> Error {
    Error::HostFile { action: "open", path, source }
}
