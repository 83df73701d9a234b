//! The host against small guests written for each purpose.
#![expect(clippy::cast_possible_truncation, reason = "addresses and counts of guests have 32 bits")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names the cases that it is about")]

#[cfg(test)]
mod lab; // the shared host, guests from text, and a guest that makes any calls with any arguments
#[cfg(test)]
mod outcomes; // how runs stop, and that a guest cannot make the host fail
#[cfg(test)]
mod fuel; // instructions and host work, counted to the unit
#[cfg(test)]
mod time; // deadlines and cancelling, apart from one another
#[cfg(test)]
mod waiting; // turns that return in order to wait
#[cfg(test)]
mod memory; // growth of all kinds under one limit
#[cfg(test)]
mod output; // what guests write: captured, capped, flat in host memory
#[cfg(test)]
mod calls; // the calls of WASI, each with its answer
#[cfg(test)]
mod hostile; // any call with any argument
#[cfg(test)]
mod isolation; // nothing of one run is seen by another
#[cfg(test)]
mod snapshots; // what an instance is between runs, taken and put under another
#[cfg(test)]
mod images; // images and artifacts: kept, refused when changed, rebuilt
#[cfg(test)]
mod clock; // randomness and time, real and fixed
#[cfg(test)]
mod descriptors; // devices, flags and rights
#[cfg(test)]
#[cfg(unix)]
mod fuzz; // any bytes as calls, and nothing outside of what is granted is touched
#[cfg(test)]
#[cfg(unix)]
#[path = "../../../../fuzz/mutate.rs"]
mod mutate; // seeds and changes of them
#[cfg(test)]
mod testsuite; // the public tests of WASI preview 1
