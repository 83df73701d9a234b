//! Python programs, and programs against Python: what comes of them, to the letter.

#[cfg(test)]
mod lab; // Python loaded once, programs run in fresh interpreters or one after another in the same
#[cfg(test)]
mod conformance; // the guest's own interface, raw, without our support code
#[cfg(test)]
mod endings; // every way in which a program can stop
#[cfg(test)]
mod errors; // exceptions: kind, message, traceback, line
#[cfg(test)]
mod language; // values, await, arguments, environment, input, many turns
#[cfg(test)]
mod limits; // fuel, time, memory, recursion
#[cfg(test)]
mod output; // what programs print, however they do it
#[cfg(test)]
mod isolation; // nothing of the host, of the build or of another run
#[cfg(test)]
mod files; // the filesystem as programs see it
#[cfg(test)]
mod packages; // libraries at work on files
#[cfg(test)]
mod vendored; // packages of the lock file, each at its main job
#[cfg(test)]
mod door; // programs that forge what the interpreter reports
#[cfg(test)]
mod results; // tables, pictures and markup beside the text
#[cfg(test)]
mod advice; // what a result suggests
#[cfg(test)]
mod snapshots; // interpreters put away between two programs and woken
