//! `sbx policy`: what a run with these flags may use and reach, as a policy file.

use std::process::ExitCode;

use anyhow::Context as _;
use sbx::ExecutionPolicy;

use crate::{
    console,
    failure::{Failure, Outcome},
};

/// The defaults with every key explained.
const EXPLAINED: &str = include_str!("../../../../config/policy.toml");

/// Prints the policy, or the explained defaults.
pub(crate) fn policy(policy: &ExecutionPolicy, explain: bool) -> Outcome {
    let text = if explain {
        EXPLAINED.to_owned()
    } else {
        toml::to_string(policy).context("the policy cannot be written as TOML").map_err(Failure::Broken)?
    };
    console::print(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
