//! What anybody may upload, and any calls on files. Each harness is a fuzz target too; the seeds and some thousand changes
//! of them run here as ordinary tests.

#[cfg(test)]
mod archives; // any bytes as a tar archive
#[cfg(test)]
#[cfg(target_os = "linux")]
mod files; // any bytes as operations, compared with Linux
