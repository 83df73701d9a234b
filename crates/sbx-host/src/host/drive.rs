//! Drives one call of the guest to its end, whichever comes first: its return, a trap, the deadline, the cancel flag.

use std::{
    future::Future,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, time::Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use wasmtime::{AsContextMut, GcHeapOutOfMemory, ThrownException, Trap, Val};
use wiggle::GuestError;

use super::check_call;
use crate::{
    budget,
    error::{Error, Result},
    instance::{Instance, Resume},
    report::{Call, Outcome, RunRequest},
    wasi::GuestExit,
};

/// Why a guest was stopped from outside.
enum Stopped {
    Cancelled,
    TimedOut,
}

pub(super) async fn drive(
    instance: &mut Instance,
    request: &RunRequest,
    started: Instant,
    helper: &Handle,
) -> Result<Outcome> {
    check_call(&request.call)?;
    let watch = Watch {
        deadline: request.limits.timeout.and_then(|limit| started.checked_add(limit)),
        cancel: request.cancel.as_ref(),
        helper,
    };
    match until(pin!(call_to_end(instance, &request.call)), &watch).await {
        Err(Stopped::TimedOut) => Ok(Outcome::TimedOut),
        Err(Stopped::Cancelled) => Ok(Outcome::Cancelled),
        Ok(Ok(status)) => Ok(Outcome::Returned(status)),
        Ok(Err(error)) => classify(error),
    }
}

/// Makes the call, and goes on with it for as long as the guest waits in between.
async fn call_to_end(instance: &mut Instance, what: &Call) -> wasmtime::Result<i32> {
    let mut status = call(instance, what).await?;
    while let Some((resume, wait)) = waits(instance, what, status) {
        instance.store.data_mut().wasi.rest(wait).await?;
        status = resume.call_async(&mut instance.store, NOTHING_CAME).await?;
    }
    Ok(status)
}

/// What `resume` is given as long as time is all that a guest can wait for.
const NOTHING_CAME: (u32, u32) = (0, 0);

/// How to go on with a call that returned `status`, and when; `None` if it is over.
fn waits(instance: &Instance, call: &Call, status: i32) -> Option<(Resume, Duration)> {
    let resume = match call {
        Call::Turn(_) if status < 0 => instance.exports.turn.as_ref()?.resume.clone()?,
        Call::Turn(_) | Call::Export { .. } => return None,
    };
    Some((resume, Duration::from_micros(status.unsigned_abs().into())))
}

/// Makes the call. Everything in here runs inside the guest's limits, `host_alloc` too.
async fn call(instance: &mut Instance, call: &Call) -> wasmtime::Result<i32> {
    let (store, exports) = (&mut instance.store, &instance.exports);
    match call {
        Call::Turn(bytes) => {
            let turn =
                exports.turn.as_ref().ok_or_else(|| wasmtime::Error::msg("the guest takes no turns"))?;
            let len = u32::try_from(bytes.len())?;
            if len == 0 {
                return turn.take.call_async(store, (0, 0)).await;
            }
            let at = turn.alloc.call_async(store.as_context_mut(), len).await?;
            // A guest without memory for its program says so itself when it is given address 0.
            let written = exports.memory.write(store.as_context_mut(), at as usize, bytes);
            let at = if written.is_ok() { at } else { 0 };
            turn.take.call_async(store, (at, len)).await
        }
        Call::Export { name, arguments } => {
            let function = exports
                .instance
                .get_func(store.as_context_mut(), name)
                .ok_or_else(|| wasmtime::Error::msg(format!("the guest has no export `{name}`")))?;
            let arguments: Vec<Val> = arguments.iter().copied().map(Val::I32).collect();
            let mut results = vec![Val::I32(0); function.ty(store.as_context_mut()).results().len()];
            function.call_async(store, &arguments, &mut results).await?;
            Ok(results.first().and_then(Val::i32).unwrap_or(0))
        }
    }
}

/// What a guest's error is. Decided from types alone.
fn classify(error: wasmtime::Error) -> Result<Outcome> {
    if let Some(GuestExit(code)) = error.downcast_ref() {
        return Ok(Outcome::Exited(*code));
    }
    if error.is::<budget::Spent>() {
        return Ok(Outcome::FuelExhausted);
    }
    // A pointer outside of memory in a host call; an exception that nothing in the guest catches; more exceptions alive
    // than their heap can hold.
    if error.is::<GuestError>() {
        return Ok(Outcome::Trapped("bad_pointer"));
    }
    if error.is::<ThrownException>() {
        return Ok(Outcome::Trapped("uncaught_exception"));
    }
    if error.is::<GcHeapOutOfMemory<()>>() {
        return Ok(Outcome::Trapped("out_of_memory"));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Ok(Outcome::FuelExhausted),
        Some(Trap::StackOverflow) => Ok(Outcome::StackOverflow),
        Some(trap) => Ok(Outcome::Trapped(trap_name(*trap))),
        None => Err(Error::engine("run the guest")(error)),
    }
}

fn trap_name(trap: Trap) -> &'static str {
    #[expect(clippy::wildcard_enum_match_arm, reason = "new traps are traps like the others")]
    match trap {
        Trap::MemoryOutOfBounds | Trap::HeapMisaligned => "memory_out_of_bounds",
        Trap::TableOutOfBounds => "table_out_of_bounds",
        Trap::IndirectCallToNull => "indirect_call_to_null",
        Trap::BadSignature => "bad_signature",
        Trap::IntegerOverflow => "integer_overflow",
        Trap::IntegerDivisionByZero => "integer_division_by_zero",
        Trap::BadConversionToInteger => "bad_conversion_to_integer",
        Trap::UnreachableCodeReached => "unreachable",
        _ => "trap",
    }
}

/// What can end a run from outside.
struct Watch<'a> {
    deadline: Option<Instant>,
    cancel: Option<&'a CancellationToken>,
    helper: &'a Handle,
}

impl Watch<'_> {
    fn stopped(&self) -> Option<Stopped> {
        if self.cancel.is_some_and(CancellationToken::is_cancelled) {
            return Some(Stopped::Cancelled);
        }
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline).then_some(Stopped::TimedOut)
    }
}

/// Polls `work` until it is done or has to stop. A guest at work comes back here after every slice of its fuel, and
/// has asked to be polled again at once; a guest that waits is woken by whatever it waits for, by the timer, or by the
/// cancel flag. A run that is done in its first slice sets up neither.
async fn until<T>(mut work: Pin<&mut impl Future<Output = T>>, watch: &Watch<'_>) -> Result<T, Stopped> {
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    let mut cancelled: Option<Pin<Box<WaitForCancellationFuture<'_>>>> = None;
    std::future::poll_fn(|context: &mut Context<'_>| {
        if let Some(stopped) = watch.stopped() {
            return Poll::Ready(Err(stopped));
        }
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        if let Some(deadline) = watch.deadline {
            let timer = timer.get_or_insert_with(|| {
                let _on_the_helper = watch.helper.enter();
                Box::pin(tokio::time::sleep_until(deadline.into()))
            });
            if timer.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(Stopped::TimedOut));
            }
        }
        if let Some(cancel) = watch.cancel {
            let cancelled = cancelled.get_or_insert_with(|| Box::pin(cancel.cancelled()));
            if cancelled.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(Stopped::Cancelled));
            }
        }
        Poll::Pending
    })
    .await
}
