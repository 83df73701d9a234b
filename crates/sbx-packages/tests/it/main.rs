//! Packages against text and archives that anybody may have made.

#[cfg(test)]
mod fuzz; // any bytes as a lock file, a wheel, an archive of sources

#[cfg(test)]
#[path = "../../../../fuzz/mutate.rs"]
mod mutate; // seeds and changes of them
