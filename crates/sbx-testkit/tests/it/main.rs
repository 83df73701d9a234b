//! The kit itself: that it finds what is wrong; and what it finds with the hostile corpus.

#[cfg(test)]
mod lab; // who may use the process at the same time
#[cfg(test)]
mod format; // what a case can say, and what it cannot
#[cfg(test)]
mod corpus; // every hostile program once
#[cfg(test)]
mod soaks; // some hundred of them at random
#[cfg(test)]
mod host_calls; // hostile calls against the host's API
