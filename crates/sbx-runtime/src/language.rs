//! What differs between languages.

use std::{fmt, time::Duration};

use sbx_core::{Advice, ExecutionPolicy, RuntimeType};

use crate::{
    advice::{Hints, Surroundings},
    program::Program,
    reply::{Reply, ReplyError},
    request::Request,
};

/// A language, as far as an [`Interpreter`](crate::Interpreter) has to know it.
pub trait Language: fmt::Debug + Send + Sync {
    /// What results say that they come from.
    fn runtime(&self) -> RuntimeType;

    /// Adds what only this language's guest takes to a request that runs or checks a program.
    fn complete(&self, request: &mut Request<'_>, program: &Program, policy: &ExecutionPolicy);

    /// How much later than the policy says the host ends a run, for a guest that stops by itself in time and keeps its
    /// state; zero for others.
    fn grace(&self) -> Duration;

    /// Whether refused memory is what ended the program. Asked only after memory was refused.
    fn lacked_memory(&self, reply: &Reply) -> bool;

    /// This language's words for advice about limits.
    fn hints(&self) -> &'static Hints;

    /// Advice about an error that ended a program and that no missing feature explains. The error's type and numbers
    /// decide, not its text.
    fn advise(&self, error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice>;
}
