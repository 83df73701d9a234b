//! What languages share, with a language that is nothing but that: it needs no set-up.

#[cfg(test)]
mod parrot; // a language whose programs are its own reports
#[cfg(test)]
mod requests; // what a guest is told, at first and later
#[cfg(test)]
mod replies; // what becomes of what it answers
#[cfg(test)]
mod fuzz; // any bytes as an answer
#[cfg(test)]
#[path = "../../../../fuzz/mutate.rs"]
mod mutate; // seeds of fuzz targets and changes of them
