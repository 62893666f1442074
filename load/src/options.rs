//! The command line.

use std::path::PathBuf;

use crate::profile::Profile;

/// What `load --help` says.
pub const USAGE: &str = "\
load --profile low|medium|high [option…]
  --base-url URL        the system (http://127.0.0.1:8787)
  --seed-file FILE      the seed that it was started with (the demo's)
  --app-secret S --email E --password P --number ID
                        one tenant's, instead of a seed file: an owner or admin, and a WhatsApp phone_number_id
  --idle N --burst N --rate N --minutes N
                        overrule the profile: idle sockets, messages at once, messages a minute, minutes
  --replies N           agents' replies a minute (30 on a system with the simulator, else 0)
  --open-rate N         sockets opened a second (100)
  --patience SECONDS    how long the end is waited for (120)
  --seed N              decides what is left to chance (1)
  --json FILE           writes the report there too
  --noisy-tenant        instead of the burst: half the minutes quiet, half with the first tenant at fifty times its rate
load --print-seed N     a seed file of N tenants, to start a system with";

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Run(Box<Options>),
    PrintSeed(u32),
    Help,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub profile: Profile,
    pub base_url: String,
    pub whom: Whom,
    /// Agents' replies a minute; `None` depends on whether the system has the simulator.
    pub replies: Option<u32>,
    /// Sockets opened a second.
    pub open_rate: u32,
    pub patience_s: u32,
    pub seed: u64,
    pub json: Option<PathBuf>,
    pub noisy_tenant: bool,
}

/// Whose customers write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Demo,
    SeedFile(PathBuf),
    One { app_secret: String, email: String, password: String, number: String },
}

/// Why a command line is not understood, in one sentence.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    #[error("{0} is no option")]
    Unknown(String),
    #[error("{0} needs a value")]
    NoValue(String),
    #[error("{0} takes a number, not {1}")]
    NoNumber(&'static str, String),
    #[error("--profile is low, medium or high")]
    Profile,
    #[error("--app-secret, --email, --password and --number go together")]
    HalfATenant,
}

/// The values that were named.
#[derive(Default)]
struct Named(Vec<(String, String)>);

impl Named {
    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(named, _)| named == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn number<N: std::str::FromStr>(&mut self, name: &'static str) -> Result<Option<N>, Misuse> {
        let parse = |text: String| text.parse().map_err(|_| Misuse::NoNumber(name, text));
        self.take(name).map(parse).transpose()
    }
}

/// Understands the words after the program's name.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Command, Misuse> {
    let mut words = words.into_iter();
    let mut named = Named::default();
    let mut noisy_tenant = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--noisy-tenant" => noisy_tenant = true,
            name if name.starts_with("--") => {
                let value = words.next().ok_or_else(|| Misuse::NoValue(word.clone()))?;
                named.0.push((word, value));
            }
            _ => return Err(Misuse::Unknown(word)),
        }
    }
    if let Some(tenants) = named.number("--print-seed")? {
        return Ok(Command::PrintSeed(tenants));
    }
    let options = options(&mut named, noisy_tenant)?;
    match named.0.pop() {
        Some((name, _)) => Err(Misuse::Unknown(name)),
        None => Ok(Command::Run(Box::new(options))),
    }
}

fn options(named: &mut Named, noisy_tenant: bool) -> Result<Options, Misuse> {
    let base_url = named.take("--base-url").unwrap_or_else(|| "http://127.0.0.1:8787".to_owned());
    Ok(Options {
        profile: profile(named)?,
        base_url: base_url.trim_end_matches('/').to_owned(),
        whom: whom(named)?,
        replies: named.number("--replies")?,
        open_rate: named.number("--open-rate")?.unwrap_or(100).max(1),
        patience_s: named.number("--patience")?.unwrap_or(120),
        seed: named.number("--seed")?.unwrap_or(1),
        json: named.take("--json").map(PathBuf::from),
        noisy_tenant,
    })
}

fn profile(named: &mut Named) -> Result<Profile, Misuse> {
    let mut profile = named.take("--profile").and_then(|name| Profile::named(&name)).ok_or(Misuse::Profile)?;
    let overrules = [
        ("--idle", &mut profile.idle),
        ("--burst", &mut profile.burst),
        ("--rate", &mut profile.per_minute),
        ("--minutes", &mut profile.minutes),
    ];
    for (name, value) in overrules {
        *value = named.number(name)?.unwrap_or(*value);
    }
    Ok(profile)
}

fn whom(named: &mut Named) -> Result<Whom, Misuse> {
    if let Some(file) = named.take("--seed-file") {
        return Ok(Whom::SeedFile(file.into()));
    }
    let one = ["--app-secret", "--email", "--password", "--number"].map(|name| named.take(name));
    match one {
        [None, None, None, None] => Ok(Whom::Demo),
        [Some(app_secret), Some(email), Some(password), Some(number)] => {
            Ok(Whom::One { app_secret, email, password, number })
        }
        _ => Err(Misuse::HalfATenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Command, Misuse> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_profile_is_enough_and_each_of_its_numbers_can_be_overruled() {
        let expected = Options {
            profile: Profile { name: "medium".to_owned(), idle: 3_000, burst: 7, per_minute: 800, minutes: 5 },
            base_url: "http://127.0.0.1:8787".to_owned(),
            whom: Whom::Demo,
            replies: None,
            open_rate: 100,
            patience_s: 120,
            seed: 1,
            json: None,
            noisy_tenant: false,
        };
        assert_eq!(words("--profile medium --minutes 5 --burst 7"), Ok(Command::Run(Box::new(expected))));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (line, said) in [
            ("--minutes 5", "--profile is low, medium or high"),
            ("--profile huge", "--profile is low, medium or high"),
            ("--profile low --minutes", "--minutes needs a value"),
            ("--profile low --minutes many", "--minutes takes a number, not many"),
            ("--profile low --speed 5", "--speed is no option"),
            ("fast", "fast is no option"),
            ("--profile low --email a@b.test", "--app-secret, --email, --password and --number go together"),
        ] {
            assert_eq!(words(line).map_err(|misuse| misuse.to_string()), Err(said.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_seed_file_can_be_asked_for() {
        assert_eq!(words("--print-seed 50"), Ok(Command::PrintSeed(50)));
    }
}
