//! Random bytes: the operating system's, or a seed's where a run must repeat itself.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Gives random bytes for ids, tickets and jitter.
#[derive(Clone, Debug)]
pub struct Random(Option<Arc<AtomicU64>>);

impl Random {
    /// The operating system's.
    pub fn system() -> Self {
        Self(None)
    }

    /// The same bytes again for the same seed: for simulations. Its clones draw from the same sequence.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(AtomicU64::new(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Some(state) => bytes.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&next(state)[..chunk.len()])),
            None => getrandom::fill(&mut bytes).expect("the operating system gives random bytes"),
        }
        bytes
    }

    /// A random number below one, for jitter.
    pub fn fraction(&self) -> f64 {
        f64::from(u32::from_be_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }
}

/// [SplitMix64](https://prng.di.unimi.it/splitmix64.c).
fn next(state: &AtomicU64) -> [u8; 8] {
    let mut z = state.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_own_sequence_and_always_the_same() {
        let drawn = |seed| {
            let random = Random::seeded(seed);
            (random.bytes::<16>(), random.clone().bytes::<3>())
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        // The first number of the reference's sequence from zero.
        assert_eq!(Random::seeded(0).bytes::<8>(), 0xe220_a839_7b1d_cdaf_u64.to_be_bytes());
    }
}
