//! The facade, as callers use it.

#[cfg(test)]
mod lab; // the runtimes of this machine, loaded once
#[cfg(test)]
mod sandbox; // sandboxes: programs, files, policies, what persists and what is rolled back
#[cfg(test)]
mod examples; // every example and the demo, run as a user would
#[cfg(test)]
mod languages; // JavaScript and TypeScript beside Python, on the same files
#[cfg(test)]
mod programs; // programs as models write them: what they print, and what they are told
#[cfg(test)]
mod cases; // the lists of what every language does alike
#[cfg(test)]
mod async_runs; // many runs on few threads
#[cfg(test)]
mod cache; // a damaged cache: refused and mended, never a crash
#[cfg(test)]
mod sessions; // what goes on from turn to turn, and what a bad turn leaves
#[cfg(test)]
mod images; // images of users: what they bring, what they refuse, how fast they start
#[cfg(test)]
mod images_js; // the same for JavaScript
#[cfg(test)]
mod chaos; // a host that runs short, callers that go away
#[cfg(test)]
mod tampered; // stored sessions that were damaged, and sessions that look for one another
