//! What a run is: it follows from the seed, the phase and the run's number, and in one phase from the slot.

use std::{fmt, time::Duration};

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::{
    canary::neighbours_secret,
    corpus::Entry,
    run::Twist,
    soak::{
        Programs,
        phases::{Cut, Ordinary, Phase},
    },
};

/// More than any case has.
const MAX_TRIES: usize = 10_000;

/// A program, and how it is run.
pub(crate) struct Pick<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) twist: Twist,
    pub(crate) is_ordinary: bool,
    phase: &'static str,
    number: u64,
}

impl<'a> Pick<'a> {
    pub(crate) fn new(seed: u64, phase: &Phase, number: u64, slot: usize, programs: &Programs<'a>) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..16].copy_from_slice(&number.to_le_bytes());
        for (byte, of_name) in bytes[16..].iter_mut().zip(phase.name.bytes()) {
            *byte = of_name;
        }
        let mut random = ChaCha12Rng::from_seed(bytes);
        let is_ordinary = match phase.ordinary {
            Ordinary::Half => random.next_u32().is_multiple_of(2),
            Ordinary::OneSlot => slot == 0,
        };
        let is_of_phase = |entry: &&Entry| {
            phase.themes.is_empty() || phase.themes.iter().any(|theme| entry.theme.contains(theme))
        };
        let entries: Vec<&Entry> = if is_ordinary {
            programs.ordinary.iter().collect()
        } else {
            programs.hostile.iter().filter(is_of_phase).collect()
        };
        let entry = entries[index(&mut random, entries.len())];
        let mut twist = Twist { only_try: Some(index(&mut random, MAX_TRIES)), ..Twist::default() };
        match phase.cut {
            _ if is_ordinary => twist.env.push(("SECRET".to_owned(), neighbours_secret().to_owned())),
            Cut::Never => {}
            Cut::Cancelled(most_ms) => {
                twist.cancel_after = Some(Duration::from_micros(below(&mut random, most_ms * 1000)));
            }
            Cut::Hurried(most_ms) => {
                twist.timeout = Some(Duration::from_micros(1 + below(&mut random, most_ms * 1000)));
            }
            Cut::Starved(most) => twist.fuel_budget = Some(1 + below(&mut random, most)),
        }
        Self { entry, twist, is_ordinary, phase: phase.name, number }
    }
}

impl fmt::Display for Pick<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry { theme, case, language } = self.entry;
        write!(f, "{}/{theme}: {:?}, run {} of {}", language.key, case.name, self.number, self.phase)?;
        if let Some(fuel) = self.twist.fuel_budget {
            write!(f, ", with {fuel} fuel")?;
        }
        if let Some(timeout) = self.twist.timeout {
            write!(f, ", with {timeout:?} of time")?;
        }
        if let Some(delay) = self.twist.cancel_after {
            write!(f, ", cancelled after {delay:?}")?;
        }
        Ok(())
    }
}

fn index(random: &mut ChaCha12Rng, len: usize) -> usize {
    usize::try_from(below(random, len as u64)).unwrap_or(0)
}

/// A number below `end`. That small ones come a little more often is no harm here.
fn below(random: &mut ChaCha12Rng, end: u64) -> u64 {
    random.next_u64() % end.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PYTHON, corpus, ordinary, soak::PHASES};

    #[test]
    fn a_run_follows_from_its_seed_and_number() {
        let (hostile, ordinary) = (corpus(&PYTHON), ordinary());
        let programs = Programs { hostile: &hostile, ordinary: &ordinary };
        for phase in &PHASES {
            let shown = |seed| -> Vec<String> {
                (0..50).map(|number| Pick::new(seed, phase, number, 1, &programs).to_string()).collect()
            };
            assert_eq!(shown(1), shown(1));
            assert_ne!(shown(1), shown(2));
        }
    }
}
