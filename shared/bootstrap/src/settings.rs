//! Settings: what the environment tells a function. One that is missing fails the cold start, with its name.

use std::{collections::BTreeMap, str::FromStr};

/// What is wrong with the environment, by name. A setting's value is never part of it: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the setting {0} is missing")]
    Missing(String),
    #[error("the setting {name} is not {expected}")]
    Invalid { name: String, expected: &'static str },
}

/// The environment as it was at the start.
#[derive(Clone)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    pub fn from_env() -> Self {
        Self(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect())
    }

    /// An environment of one's own, for a function that runs inside a test.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    /// A setting that may be absent. An empty one is: a template cannot leave a variable out.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub fn text(&self, name: &str) -> Result<String, SettingsError> {
        self.optional(name).map(str::to_owned).ok_or_else(|| SettingsError::Missing(name.to_owned()))
    }

    /// A setting that is parsed, e.g. a number. `expected` says what it should have been.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &'static str) -> Result<Option<T>, SettingsError> {
        let invalid = |_| SettingsError::Invalid { name: name.to_owned(), expected };
        self.optional(name).map(|text| text.parse().map_err(invalid)).transpose()
    }

    /// `SWITCHBOARD_TIME_SCALE`: divides every backoff, lease and window; at least one, and one when absent.
    pub fn time_scale(&self) -> Result<f64, SettingsError> {
        const NAME: &str = "SWITCHBOARD_TIME_SCALE";
        const EXPECTED: &str = "a number of at least 1";
        let scale = self.parsed::<f64>(NAME, EXPECTED)?.unwrap_or(1.0);
        let sound = scale.is_finite() && scale >= 1.0;
        sound.then_some(scale).ok_or(SettingsError::Invalid { name: NAME.to_owned(), expected: EXPECTED })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_setting_is_named_and_an_empty_one_is_missing() {
        let settings = Settings::of([("TABLE_NAME", "truth"), ("BUCKET_NAME", "")]);
        let missing = |name: &str| Err(SettingsError::Missing(name.to_owned()));
        assert_eq!(
            ["TABLE_NAME", "BUCKET_NAME", "WS_URL"].map(|n| settings.text(n)),
            [Ok("truth".to_owned()), missing("BUCKET_NAME"), missing("WS_URL")]
        );
    }

    #[test]
    fn a_time_scale_divides_and_so_is_at_least_one() {
        let invalid = Err(SettingsError::Invalid {
            name: "SWITCHBOARD_TIME_SCALE".to_owned(),
            expected: "a number of at least 1",
        });
        for (text, scale) in
            [("", Ok(1.0)), ("60", Ok(60.0)), ("0", invalid.clone()), ("NaN", invalid.clone()), ("x", invalid)]
        {
            assert_eq!(Settings::of([("SWITCHBOARD_TIME_SCALE", text)]).time_scale(), scale, "{text:?}");
        }
    }
}
