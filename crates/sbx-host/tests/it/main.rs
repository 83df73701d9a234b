//! The host against small guests written for each purpose.

mod lab; // the shared host, guests from text, and a guest that makes any calls with any arguments
mod outcomes; // how runs stop, and that a guest cannot make the host fail
mod fuel; // instructions and host work, counted to the unit
mod time; // deadlines and cancelling, apart from one another
mod memory; // growth of all kinds under one limit
mod output; // what guests write: captured, capped, flat in host memory
mod calls; // the calls of WASI, each with its answer
mod hostile; // any call with any argument
mod isolation; // nothing of one run is seen by another
mod images; // images and artifacts: kept, refused when changed, rebuilt
mod clock; // randomness and time, real and fixed
mod descriptors; // devices, flags and rights
#[cfg(unix)]
mod fuzz; // any bytes as calls, and nothing outside of what is granted is touched
mod testsuite; // the public tests of WASI preview 1
