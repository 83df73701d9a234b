//! JavaScript programs, and programs against JavaScript: what comes of them, to the letter.

#[cfg(test)]
mod lab; // JavaScript loaded once, programs run in fresh interpreters or one after another in the same
#[cfg(test)]
mod endings; // every way in which a program can stop
#[cfg(test)]
mod errors; // exceptions: kind, message, stack, source line
#[cfg(test)]
mod language; // values, await, timers, arguments, environment, input, many turns
#[cfg(test)]
mod console; // what is printed, as Node prints it
#[cfg(test)]
mod limits; // fuel, time, memory, recursion
#[cfg(test)]
mod waiting; // timers: nothing is on a stack meanwhile, and all limits hold
#[cfg(test)]
mod modules; // import and require
#[cfg(test)]
mod vendored; // packages of the lock file
#[cfg(test)]
mod library; // what programs find without installing anything
#[cfg(test)]
mod files; // the filesystem as programs see it
#[cfg(test)]
mod streams; // streams of files, of standard input, of the program's own
#[cfg(test)]
mod intl; // numbers, dates and order of texts for American English
#[cfg(test)]
mod isolation; // nothing of the host, of the build or of another run
#[cfg(test)]
mod hostile; // programs that break what they can reach
#[cfg(test)]
mod advice; // what a result suggests
#[cfg(test)]
mod test262; // a part of the language's own test suite, where there is a checkout of it
#[cfg(test)]
mod typescript; // types taken out inside the guest
