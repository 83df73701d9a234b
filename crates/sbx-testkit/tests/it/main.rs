//! The kit itself: that it finds what is wrong, and what the corpus finds.

#[cfg(test)]
mod format; // what a case can say, and what it cannot
#[cfg(test)]
mod host_calls; // hostile calls against the host's API
