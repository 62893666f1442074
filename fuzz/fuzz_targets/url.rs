//! libFuzzer's inputs for `fuzz::url`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::url::holds(input));
