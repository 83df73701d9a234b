//! Plain data against text that anybody may have written.

#[cfg(test)]
mod fuzz; // any text as a policy file

#[cfg(test)]
#[path = "../../../../fuzz/mutate.rs"]
mod mutate; // seeds and changes of them
