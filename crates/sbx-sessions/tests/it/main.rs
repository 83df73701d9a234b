//! Sessions over storages that work, fail, forget and lie.

#[cfg(test)]
mod round; // what is stored comes back: files, memories, descriptors, over chains of changes and other bases
#[cfg(test)]
mod model; // random turns, rewinds, forks and outages, compared with what should be
#[cfg(test)]
mod turns; // staging, rewinding, forking, the log, how many turns are kept
#[cfg(test)]
mod clocks; // clocks that jump: leases, sweeps, prunes
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
mod fuzz; // any bytes as names and as what is stored
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
#[cfg(target_os = "linux")]
mod full; // a disk that fills up and gets room again
#[cfg(test)]
mod proxy; // a real protocol over a line that breaks
#[cfg(test)]
mod many; // stores of thousands of sessions
#[cfg(test)]
mod speed; // numbers for the documentation, and loose bounds that hold on slow machines

#[cfg(test)]
mod common;
#[cfg(test)]
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "the tests of the cache use the rest")]
#[path = "../../../sbx-cache/tests/it/mount.rs"]
mod mount; // small file systems
#[cfg(test)]
#[expect(dead_code, reason = "the tests of storages use the rest")]
#[path = "../../../sbx-storage/tests/it/servers.rs"]
mod servers; // a real server of S3
#[cfg(test)]
#[path = "../../../../fuzz/mutate.rs"]
mod mutate; // seeds of fuzz targets and changes of them
