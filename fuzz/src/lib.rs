//! What must hold of whatever comes in from outside, each as a function of bytes that panics where it does not: libFuzzer looks for such
//! bytes (`make fuzz`), and `tests/corpus.rs` replays those that are known.

pub mod cursor;
pub mod envelope;
pub mod messages;
pub mod signature;
pub mod sniffing;
pub mod thumbnail;
pub mod url;

/// A property of every input.
pub type Holds = fn(&[u8]);

/// Each target by its name, which is also that of its program and of its corpus.
pub const TARGETS: [(&str, Holds); 7] = [
    ("cursor", cursor::holds),
    ("envelope", envelope::holds),
    ("messages", messages::holds),
    ("signature", signature::holds),
    ("sniffing", sniffing::holds),
    ("thumbnail", thumbnail::holds),
    ("url", url::holds),
];

/// An input's first line, without its end, and what is after it.
fn line(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[]),
    }
}
