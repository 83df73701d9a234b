//! Names of spans, fields and targets, so that every crate logs the same words.
//!
//! Code, output, environment values and secrets are never recorded: their lengths and hashes are.

/// Span and target of one run, from request to report.
pub const RUN: &str = "sbx::run";
/// Target of events about images and artifacts.
pub const IMAGE: &str = "sbx::image";
/// Target of denials: one event for each, with `capability`, `subject` and `rule`.
pub const POLICY: &str = "sbx::policy";
/// Target of set-up steps.
pub const SETUP: &str = "sbx::setup";
