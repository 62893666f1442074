//! Plays EventBridge Scheduler: invokes a function at a fixed rate.

use std::time::Duration;

use serde_json::json;

use crate::clock;
use crate::lambda::Lambda;
use crate::template::Schedule;

/// Fires for as long as the host runs; the first time after one whole period, as AWS does.
pub async fn run(schedule: Schedule, lambda: Lambda, time_scale: u32) {
    let period = Duration::from_secs(schedule.every_seconds) / time_scale.max(1);
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        fire(&schedule, &lambda, time_scale);
    }
}

/// Fires once, now.
pub fn fire(schedule: &Schedule, lambda: &Lambda, time_scale: u32) {
    let input = input(schedule.input.as_deref(), &clock::now_rfc3339());
    lambda.invoke_async(&schedule.function, input.into(), time_scale);
}

/// The payload with Scheduler's
/// [context attributes](https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html)
/// filled in. Its times have whole seconds.
fn input(stated: Option<&str>, now: &str) -> String {
    let second = format!("{}Z", now.split('.').next().unwrap_or(now));
    match stated {
        Some(text) => text
            .replace("<aws.scheduler.scheduled-time>", &second)
            .replace("<aws.scheduler.execution-id>", &crate::lambda::request_id())
            .replace("<aws.scheduler.attempt-number>", "1"),
        None => json!({ "version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler", "time": second,
                        "region": crate::template::REGION, "account": crate::template::ACCOUNT, "detail": "{}" })
        .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheduled_time_is_filled_in() {
        let stated = r#"{"tick": "<aws.scheduler.scheduled-time>"}"#;
        assert_eq!(input(Some(stated), "2026-11-21T06:50:00.123Z"), r#"{"tick": "2026-11-21T06:50:00Z"}"#);
    }
}
