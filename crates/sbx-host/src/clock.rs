//! The guest's clocks: the host's, or virtual ones that move only when they are read or slept on.

use std::time::{Duration, Instant, SystemTime};

use sbx_core::{Deterministic, MachineState};

/// What reading a virtual clock advances it by, so that a loop that waits for time to pass ends.
const VIRTUAL_TICK_NS: u64 = 1_000;

/// Both clocks of one instance, in nanoseconds.
#[derive(Debug)]
pub(crate) enum GuestClock {
    /// The host's. The monotonic clock goes on from where the image's stopped, so that it never goes back.
    Real { opened: Instant, monotonic_base_ns: u64 },
    /// Deterministic mode.
    Virtual { wall_ns: u64, monotonic_ns: u64 },
}

impl GuestClock {
    /// Clocks that go on from where `machine` left them.
    pub(crate) fn new(deterministic: Option<Deterministic>, machine: &MachineState) -> Self {
        let monotonic_ns = machine.monotonic_ns;
        match deterministic {
            None => Self::Real { opened: Instant::now(), monotonic_base_ns: monotonic_ns },
            Some(Deterministic { seed, epoch, .. }) => {
                let reached = machine.deterministic.filter(|reached| reached.seed == seed);
                let start_ns = epoch.saturating_mul(1_000_000_000);
                Self::Virtual { wall_ns: reached.map_or(start_ns, |reached| reached.wall_ns), monotonic_ns }
            }
        }
    }

    /// Nanoseconds since 1970.
    pub(crate) fn wall_ns(&mut self) -> u64 {
        match self {
            Self::Real { .. } => {
                let since_epoch =
                    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                nanoseconds(since_epoch)
            }
            Self::Virtual { .. } => {
                self.advance(VIRTUAL_TICK_NS);
                self.peek_wall_ns()
            }
        }
    }

    /// Nanoseconds that never go back, from one turn, fork or restore to the next.
    pub(crate) fn monotonic_ns(&mut self) -> u64 {
        match self {
            Self::Real { opened, monotonic_base_ns } => {
                monotonic_base_ns.saturating_add(nanoseconds(opened.elapsed()))
            }
            Self::Virtual { .. } => {
                self.advance(VIRTUAL_TICK_NS);
                let Self::Virtual { monotonic_ns, .. } = *self else { return 0 };
                monotonic_ns
            }
        }
    }

    /// The wall clock for file times: reading it is not an event of the guest.
    pub(crate) fn peek_wall_ns(&mut self) -> u64 {
        match self {
            Self::Real { .. } => self.wall_ns(),
            Self::Virtual { wall_ns, .. } => *wall_ns,
        }
    }

    /// Lets virtual time pass; `None` if time is real and has to be waited for.
    pub(crate) fn skip(&mut self, duration: Duration) -> Option<()> {
        match self {
            Self::Real { .. } => None,
            Self::Virtual { .. } => {
                self.advance(nanoseconds(duration));
                Some(())
            }
        }
    }

    /// The monotonic clock without reading it being an event.
    pub(crate) fn peek_monotonic_ns(&mut self) -> u64 {
        match self {
            Self::Real { .. } => self.monotonic_ns(),
            Self::Virtual { monotonic_ns, .. } => *monotonic_ns,
        }
    }

    fn advance(&mut self, by_ns: u64) {
        if let Self::Virtual { wall_ns, monotonic_ns } = self {
            *wall_ns = wall_ns.saturating_add(by_ns);
            *monotonic_ns = monotonic_ns.saturating_add(by_ns);
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic_ns: u64) -> MachineState {
        MachineState { monotonic_ns, deterministic: None }
    }

    #[test]
    fn virtual_time_moves_only_when_it_is_used() {
        let mut clock = GuestClock::new(Some(Deterministic::new(1)), &at(50));
        assert_eq!(clock.wall_ns(), 1_767_225_600_000_001_000);
        assert_eq!(clock.peek_wall_ns(), 1_767_225_600_000_001_000);
        assert_eq!(clock.monotonic_ns(), 2_050);
        assert_eq!(clock.skip(Duration::from_secs(1_000_000_000)), Some(()));
        assert_eq!(clock.monotonic_ns(), 1_000_000_000_000_003_050);
    }

    #[test]
    fn real_time_goes_on_from_the_image() {
        let mut clock = GuestClock::new(None, &at(5_000_000_000));
        let first = clock.monotonic_ns();
        assert!(first >= 5_000_000_000 && clock.monotonic_ns() >= first);
        assert_eq!(clock.skip(Duration::from_secs(1)), None);
    }
}
