//! Waiting: the one place where a guest sleeps, in a call or between two.
//!
//! Nothing blocks a thread: a sleep is a timer, and the run's own deadline and cancel flag go on counting meanwhile.

use std::time::Duration;

use wasmtime_wasi::p1::types::{
    Clockid, Errno, Event, EventFdReadwrite, Eventrwflags, Eventtype, Size, Subclockflags, Subscription,
    SubscriptionClock, SubscriptionU,
};
use wiggle::{GuestMemory, GuestPtr};

use super::{Wasi, WasiResult};
use crate::budget;

/// Subscriptions of one poll.
const MAX_SUBSCRIPTIONS: u32 = 64;

impl Wasi {
    pub(super) async fn poll(
        &mut self,
        memory: &mut GuestMemory<'_>,
        subscriptions: GuestPtr<Subscription>,
        events: GuestPtr<Event>,
        n_subscriptions: Size,
    ) -> WasiResult<Size> {
        self.charge(u64::from(n_subscriptions) * budget::SUBSCRIPTION)?;
        if n_subscriptions == 0 || n_subscriptions > MAX_SUBSCRIPTIONS {
            return Err(Errno::Inval.into());
        }
        let mut ready = Vec::new();
        let mut timers = Vec::new();
        for subscription in subscriptions.as_array(n_subscriptions).iter() {
            let Subscription { userdata, u } = memory.read(subscription?)?;
            match u {
                SubscriptionU::Clock(clock) => {
                    timers.push((self.until(&clock)?, event(userdata, Eventtype::Clock)));
                }
                // Files and captured streams never keep anyone waiting.
                SubscriptionU::FdRead(on) => {
                    ready.push(
                        self.readiness(u32::from(on.file_descriptor), event(userdata, Eventtype::FdRead)),
                    );
                }
                SubscriptionU::FdWrite(on) => {
                    ready.push(
                        self.readiness(u32::from(on.file_descriptor), event(userdata, Eventtype::FdWrite)),
                    );
                }
            }
        }
        let first = timers.iter().map(|(wait, _)| *wait).min();
        if let Some(wait) = first
            && ready.is_empty()
        {
            self.sleep(wait).await;
            ready.extend(timers.into_iter().filter(|(timer, _)| *timer <= wait).map(|(_, event)| event));
        }
        let mut n_events: Size = 0;
        for event in ready {
            memory.write(events.add(n_events)?, event)?;
            n_events += 1;
        }
        Ok(n_events)
    }

    /// Waits for a guest that has returned in order to wait.
    pub(crate) async fn rest(&mut self, wait: Duration) -> Result<(), budget::Spent> {
        self.budget.charge(budget::SUBSCRIPTION)?;
        self.sleep(wait).await;
        self.budget.end_slice().await;
        Ok(())
    }

    fn readiness(&mut self, fd: u32, mut event: Event) -> Event {
        let known = self.vfs().is_ok_and(|vfs| vfs.descriptor(fd).is_ok());
        if !known {
            event.error = Errno::Badf;
        }
        event
    }

    /// How long until a timer is due.
    fn until(&mut self, clock: &SubscriptionClock) -> WasiResult<Duration> {
        let now = match clock.id {
            Clockid::Realtime => self.clock.wall_ns(),
            Clockid::Monotonic => self.clock.monotonic_ns(),
            Clockid::ProcessCputimeId | Clockid::ThreadCputimeId => return Err(Errno::Inval.into()),
        };
        let is_absolute = clock.flags.contains(Subclockflags::SUBSCRIPTION_CLOCK_ABSTIME);
        Ok(Duration::from_nanos(if is_absolute { clock.timeout.saturating_sub(now) } else { clock.timeout }))
    }

    async fn sleep(&mut self, wait: Duration) {
        if wait.is_zero() || self.clock.skip(wait).is_some() {
            return;
        }
        let timer = {
            let _on_the_helper = self.helper.enter();
            tokio::time::sleep(wait)
        };
        timer.await;
    }

    /// Fills guest memory with random bytes.
    pub(super) fn random_into(&mut self, memory: &mut GuestMemory<'_>, at: GuestPtr<[u8]>) -> WasiResult<()> {
        /// More than this at once is a mistake or an attack (libraries ask for 256 bytes at most), and would keep
        /// neighbours on the thread waiting. The bound of `getRandomValues` in the Web Cryptography API.
        const MAX_RANDOM_BYTES: u32 = 1 << 16;
        self.charge(u64::from(at.len()) * budget::RANDOM_BYTE)?;
        if at.len() > MAX_RANDOM_BYTES {
            return Err(Errno::Inval.into());
        }
        let target = super::files::slice_mut(memory, at)?;
        self.fill_random(target);
        Ok(())
    }
}

fn event(userdata: u64, type_: Eventtype) -> Event {
    Event {
        userdata,
        error: Errno::Success,
        type_,
        fd_readwrite: EventFdReadwrite { nbytes: 0, flags: Eventrwflags::empty() },
    }
}
