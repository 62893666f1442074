//! What `make run` reads from its environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings of the local process; each has a default, so that nothing needs to be configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSettings {
    /// `SWITCHBOARD_LISTEN`: the gateway's address.
    pub listen: SocketAddr,
    /// `SWITCHBOARD_DATA_DIR`: where things are kept.
    pub data_dir: PathBuf,
    /// `SWITCHBOARD_SEED`: a file of tenants, users, accounts; the demo's if absent.
    pub seed: Option<PathBuf>,
    /// `SWITCHBOARD_TIME_SCALE`: divides every backoff, lease and window.
    pub time_scale: u32,
    /// Template parameters that the environment overrules.
    pub parameters: BTreeMap<String, String>,
}

/// A setting that cannot be used, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {value:?} is not {wanted}")]
pub struct BadSetting {
    name: &'static str,
    value: String,
    wanted: &'static str,
}

/// Variables that stand for parameters of the template.
const PARAMETERS: [(&str, &str); 3] = [
    ("META_GRAPH_BASE_URL", "MetaGraphBaseUrl"),
    ("META_GRAPH_VERSION", "MetaGraphVersion"),
    ("LOG_LEVEL", "LogLevel"),
];

impl LocalSettings {
    /// Reads them; an empty variable counts as absent.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let named = |(name, parameter): (&str, &str)| Some((parameter.to_owned(), variable(name)?));
        Ok(Self {
            listen: parsed(
                "SWITCHBOARD_LISTEN",
                variable("SWITCHBOARD_LISTEN"),
                "127.0.0.1:8787",
                "an address and port",
            )?,
            data_dir: variable("SWITCHBOARD_DATA_DIR").unwrap_or_else(|| ".switchboard".to_owned()).into(),
            seed: variable("SWITCHBOARD_SEED").map(PathBuf::from),
            time_scale: parsed(
                "SWITCHBOARD_TIME_SCALE",
                variable("SWITCHBOARD_TIME_SCALE"),
                "1",
                "a whole number from 1",
            )
            .and_then(|scale: u32| {
                if scale > 0 { Ok(scale) } else { Err(bad("SWITCHBOARD_TIME_SCALE", "0", "a whole number from 1")) }
            })?,
            parameters: PARAMETERS.into_iter().filter_map(named).collect(),
        })
    }
}

fn parsed<T: std::str::FromStr>(
    name: &'static str,
    value: Option<String>,
    default: &str,
    wanted: &'static str,
) -> Result<T, BadSetting> {
    let value = value.unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_| bad(name, &value, wanted))
}

fn bad(name: &'static str, value: &str, wanted: &'static str) -> BadSetting {
    BadSetting { name, value: value.to_owned(), wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<LocalSettings, BadSetting> {
        LocalSettings::read(|name| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let defaults = LocalSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            data_dir: ".switchboard".into(),
            seed: None,
            time_scale: 1,
            parameters: BTreeMap::new(),
        };
        assert_eq!(read(&[]), Ok(defaults.clone()));
        assert_eq!(read(&[("SWITCHBOARD_LISTEN", "")]), Ok(defaults));
    }

    #[test]
    fn a_bad_setting_is_one_line() {
        for (set, line) in [
            (("SWITCHBOARD_LISTEN", "8787"), "SWITCHBOARD_LISTEN: \"8787\" is not an address and port"),
            (("SWITCHBOARD_TIME_SCALE", "0"), "SWITCHBOARD_TIME_SCALE: \"0\" is not a whole number from 1"),
            (("SWITCHBOARD_TIME_SCALE", "fast"), "SWITCHBOARD_TIME_SCALE: \"fast\" is not a whole number from 1"),
        ] {
            assert_eq!(read(&[set]).map_err(|bad| bad.to_string()), Err(line.to_owned()));
        }
    }
}
