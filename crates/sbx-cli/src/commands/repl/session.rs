//! The console's commands that only sessions have.

use sbx::{Session, SessionId};

use crate::{
    commands::session::show_log,
    console,
    failure::{Failure, Outcome},
};

pub(super) const HELP: &str = "\
:help         this list
:files        the files of the workspace
:log          the turns of the session
:rewind N     go back to what was after turn N; 0 is the beginning
:fork [NAME]  make a session that goes on from here, and print its id
:quit         leave, as Ctrl-D does
Each input is a turn, and stored. Ctrl-C cancels what runs; an input that is cut off changes nothing.";

/// Does what a command asks for; whether there is such a command. What fails is told, and the console goes on.
pub(super) fn command(session: &Session, command: &str) -> Outcome<bool> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let outcome = match words[..] {
        [":log"] => log(session),
        [":rewind", turn] => rewind(session, turn),
        [":fork"] => fork(session, SessionId::generate()),
        [":fork", name] => SessionId::parse(name)
            .map_err(|error| sbx::SessionError::from(error).into())
            .and_then(|id| fork(session, id)),
        [":rewind", ..] => Err(Failure::usage("write it as :rewind N")),
        [":fork", ..] => Err(Failure::usage("write it as :fork or :fork NAME")),
        _ => return Ok(false),
    };
    match outcome {
        Err(Failure::ClosedPipe) => return Err(Failure::ClosedPipe),
        Err(Failure::Usage(error) | Failure::Busy(error) | Failure::Broken(error)) => {
            console::complain(&error);
        }
        Ok(()) => {}
    }
    Ok(true)
}

fn log(session: &Session) -> Outcome<()> {
    show_log(&session.log()?)
}

fn rewind(session: &Session, turn: &str) -> Outcome<()> {
    let turn =
        turn.parse().map_err(|_number| Failure::usage(format!("{turn:?} is no turn; :log lists them")))?;
    session.rewind(turn)?;
    console::say(&format!("as after turn {turn}"));
    Ok(())
}

fn fork(session: &Session, id: SessionId) -> Outcome<()> {
    // Through the storage: a fork that nobody works on is nobody's.
    session.save()?;
    pollster::block_on(session.store().fork(session.id(), None, std::slice::from_ref(&id)))?;
    console::print(id.as_str())
}
