//! libFuzzer's inputs for `fuzz::thumbnail`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::thumbnail::holds(input));
