//! What the functions print for CloudWatch (embedded metric format), summed up for Prometheus.
//! [Format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::listen::lock;

/// The upper ends of a histogram's buckets, in milliseconds: from a call that was quick to one that was given up.
const BUCKETS_MS: [f64; 12] =
    [10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0, 30_000.0, 120_000.0];

/// Figures by name and dimensions.
#[derive(Clone, Default)]
pub struct Emf(Arc<Mutex<BTreeMap<String, Family>>>);

/// One metric: its series, by their labels.
#[derive(Clone, Debug, PartialEq)]
struct Family {
    is_time: bool,
    series: BTreeMap<String, Sum>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Sum {
    count: u64,
    sum: f64,
    /// How many were at most as much as each of [`BUCKETS_MS`]; for times alone.
    buckets: [u64; BUCKETS_MS.len()],
}

impl Emf {
    /// Takes a line in, if it is one of figures.
    pub fn take(&self, line: &str) -> bool {
        let is_one = line.starts_with('{') && line.contains("\"_aws\"");
        let Some(line) = is_one.then(|| serde_json::from_str::<Value>(line).ok()).flatten() else { return false };
        let Some(directives) = line["_aws"]["CloudWatchMetrics"].as_array() else { return false };
        let mut families = lock(&self.0);
        for directive in directives {
            let metrics = directive["Metrics"].as_array().into_iter().flatten();
            for labels in directive["Dimensions"].as_array().into_iter().flatten() {
                let labels = labels_of(&line, labels);
                for (name, is_time) in metrics.clone().filter_map(named) {
                    let family =
                        families.entry(name.to_owned()).or_insert_with(|| Family { is_time, series: BTreeMap::new() });
                    let sum = family.series.entry(labels.clone()).or_default();
                    values(&line[name]).into_iter().for_each(|value| sum.add(value));
                }
            }
        }
        true
    }

    /// A counter for what is counted, a histogram in seconds for what takes its time.
    /// [Text format](https://prometheus.io/docs/instrumenting/exposition_formats/).
    pub fn page(&self) -> String {
        let mut page = String::new();
        for (name, family) in lock(&self.0).iter() {
            let (name, kind) = match family.is_time {
                true => (format!("switchboard_{}_seconds", snake(name)), "histogram"),
                false => (format!("switchboard_{}_total", snake(name)), "counter"),
            };
            // Writing to a String cannot fail.
            let _infallible = writeln!(page, "# HELP {name} As the functions count it.\n# TYPE {name} {kind}");
            for (labels, sum) in &family.series {
                if family.is_time {
                    sum.histogram(&mut page, &name, labels);
                } else {
                    let _infallible = writeln!(page, "{name}{{{labels}}} {}", sum.sum);
                }
            }
        }
        page
    }
}

impl Sum {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        let within = self.buckets.iter_mut().zip(BUCKETS_MS).filter(|(_, end)| value <= *end);
        within.for_each(|(bucket, _)| *bucket += 1);
    }

    fn histogram(&self, page: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (count, end) in self.buckets.iter().zip(BUCKETS_MS) {
            let _infallible = writeln!(page, "{name}_bucket{{{labels}{comma}le=\"{}\"}} {count}", end / 1_000.0);
        }
        let _infallible = writeln!(page, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {}", self.count);
        let _infallible =
            writeln!(page, "{name}_sum{{{labels}}} {}\n{name}_count{{{labels}}} {}", self.sum / 1_000.0, self.count);
    }
}

fn named(metric: &Value) -> Option<(&str, bool)> {
    Some((metric["Name"].as_str()?, metric["Unit"] == "Milliseconds"))
}

/// `function="…",channel="…"`: what the line itself names as its dimensions, and nothing else of it.
fn labels_of(line: &Value, dimensions: &Value) -> String {
    let mut names: Vec<_> = dimensions.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    let label = |name: &&str| {
        let value = line[*name].as_str().unwrap_or_default();
        format!("{name}=\"{}\"", value.replace(['\\', '"', '\n'], "_"))
    };
    names.iter().map(label).collect::<Vec<_>>().join(",")
}

/// A metric is a number, or a list of them.
fn values(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_f64).collect(),
        one => one.as_f64().into_iter().collect(),
    }
}

/// `ProviderLatency` → `provider_latency`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (place, letter) in name.chars().filter(char::is_ascii_alphanumeric).enumerate() {
        if letter.is_ascii_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(metrics: Value, figures: &Value) -> String {
        let mut line = json!({
            "_aws": { "Timestamp": 5, "CloudWatchMetrics": [{
                "Namespace": "Switchboard", "Dimensions": [["function", "channel"]], "Metrics": metrics }] },
            "function": "deliver", "channel": "whatsapp", "secret": "x",
        });
        line.as_object_mut().unwrap().extend(figures.as_object().unwrap().clone());
        line.to_string()
    }

    #[test]
    fn counts_become_counters_and_times_histograms() {
        let emf = Emf::default();
        let count = json!([{ "Name": "Accepted", "Unit": "Count" }]);
        let time = json!([{ "Name": "ProviderLatency", "Unit": "Milliseconds" }]);
        assert!(emf.take(&line(count.clone(), &json!({ "Accepted": 1.0 }))));
        assert!(emf.take(&line(count, &json!({ "Accepted": 2.0 }))));
        assert!(emf.take(&line(time, &json!({ "ProviderLatency": [40.0, 700.0] }))));
        for other in ["", "{", r#"{"level":"INFO","message":"\"_aws\""}"#, "thread 'main' panicked"] {
            assert!(!emf.take(other), "{other}");
        }
        let page = emf.page();
        let of = |start: &str| page.lines().filter(|line| line.starts_with(start)).collect::<Vec<_>>();
        let labels = "channel=\"whatsapp\",function=\"deliver\"";
        assert_eq!(of("switchboard_accepted_total"), [format!("switchboard_accepted_total{{{labels}}} 3")]);
        let latency = |what: &str| format!("switchboard_provider_latency_seconds_{what}");
        assert_eq!(
            [of(&latency("sum")), of(&latency("count")), of(&latency("bucket"))[2..4].to_vec()].concat(),
            [
                format!("{}{{{labels}}} 0.74", latency("sum")),
                format!("{}{{{labels}}} 2", latency("count")),
                format!("{}{{{labels},le=\"0.05\"}} 1", latency("bucket")),
                format!("{}{{{labels},le=\"0.1\"}} 1", latency("bucket")),
            ]
        );
        assert!(!page.contains("secret"), "{page}");
    }
}
