//! What a seed decides.

use bootstrap::Random;

/// Draws of one run, in the order in which they are asked for.
#[derive(Clone)]
pub struct Chance(Random);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// A number that makes a seed of another sequence.
    pub fn seed(&self) -> u64 {
        u64::from_be_bytes(self.0.bytes())
    }

    /// Below `n`; zero where `n` is.
    pub fn below(&self, n: usize) -> usize {
        if n < 2 { 0 } else { (self.seed() % n as u64) as usize }
    }

    /// From one to the other, both included.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        from + self.seed() % (to.saturating_sub(from) + 1)
    }

    /// True so often, of a million.
    pub fn happens(&self, of_a_million: u32) -> bool {
        of_a_million > 0 && self.seed() % 1_000_000 < u64::from(of_a_million)
    }

    pub fn pick<'a, T>(&self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
