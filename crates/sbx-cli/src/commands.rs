//! One module for each command.

pub(crate) mod packages;
pub(crate) mod place;
pub(crate) mod figures;
pub(crate) mod run;
pub(crate) mod repl;
pub(crate) mod session;
pub(crate) mod images;
pub(crate) mod doctor;
pub(crate) mod setup;
pub(crate) mod policy;
