//! libFuzzer's inputs for `fuzz::messages`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::messages::holds(input));
