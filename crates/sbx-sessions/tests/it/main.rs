//! Sessions over storages that work, fail, forget and lie.

#[cfg(test)]
mod round; // what is stored comes back: files, memories, descriptors, over chains of changes and other bases
#[cfg(test)]
mod model; // random turns, rewinds, forks and outages, compared with what should be
#[cfg(test)]
mod turns; // staging, rewinding, forking, the log, how many turns are kept
#[cfg(test)]
mod leases; // one holder at a time; who has lost the lease cannot write
#[cfg(test)]
mod outage; // every single storage operation fails once, before and after it took effect
#[cfg(test)]
mod sweep; // pruning and sweeping: what goes, what stays, and when
#[cfg(test)]
mod archive; // export and import
#[cfg(test)]
mod tamper; // damaged, tampered and foreign bytes
#[cfg(test)]
mod ids; // names of sessions and their keys
#[cfg(test)]
mod files; // the file API for sessions at rest
#[cfg(test)]
mod golden; // what earlier releases stored stays readable
#[cfg(test)]
#[cfg(target_os = "linux")]
mod crash; // processes killed in the middle of everything
#[cfg(test)]
mod speed; // numbers for the documentation, and loose bounds that hold on slow machines

#[cfg(test)]
mod common;
