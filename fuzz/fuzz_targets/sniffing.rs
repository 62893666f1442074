//! libFuzzer's inputs for `fuzz::sniffing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::sniffing::holds(input));
