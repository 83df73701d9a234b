//! What forks, diffs and file contents cost.

fn main() {}
