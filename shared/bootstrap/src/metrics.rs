//! Figures as CloudWatch's embedded metric format: a line of JSON on standard output, no call to any API.
//! [Format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).

use serde_json::{Map, Value, json};

/// Where the figures are listed.
const NAMESPACE: &str = "Switchboard";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Milliseconds,
    Bytes,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Bytes => "Bytes",
        }
    }
}

/// Writes the figures of one invocation. Dimensions are few and of few values: each combination is billed as a metric.
pub fn emit(now: i64, dimensions: &[(&str, &str)], figures: &[(&str, Unit, f64)]) {
    println!("{}", line(now, dimensions, figures));
}

fn line(now: i64, dimensions: &[(&str, &str)], figures: &[(&str, Unit, f64)]) -> Value {
    let names: Vec<_> = dimensions.iter().map(|(name, _)| *name).collect();
    let metrics: Vec<_> = figures.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit.as_str()})).collect();
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [names], "Metrics": metrics});
    let mut all = Map::new();
    all.insert("_aws".to_owned(), json!({"Timestamp": now, "CloudWatchMetrics": [directive]}));
    all.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    all.extend(figures.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))));
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_metrics_and_holds_their_values() {
        assert_eq!(
            line(1_795_000_000_000, &[("function", "relay")], &[("Wakes", Unit::Count, 3.0)]),
            json!({
                "_aws": {
                    "Timestamp": 1_795_000_000_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "Switchboard",
                        "Dimensions": [["function"]],
                        "Metrics": [{"Name": "Wakes", "Unit": "Count"}],
                    }],
                },
                "function": "relay",
                "Wakes": 3.0,
            })
        );
    }
}
