//! Logs: JSON lines on standard error, one flat object each, so that a query names its field.
//!
//! Fields of the enclosing spans join the event's own. Bodies and secrets are never logged: that is for the callers to
//! keep, and what the libraries say below a warning is left out, because they would say it all.

use std::{fmt, io::Write};

use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    filter::FilterFn,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{Clock, Settings};

/// Starts logging for this function, and has a panic say where it happened, and not what it was about.
pub fn start(function: &'static str, settings: &Settings, clock: Clock) {
    let level = settings.optional("LOG_LEVEL").and_then(|text| text.parse().ok()).unwrap_or(Level::INFO);
    let filter = FilterFn::new(move |metadata| wanted(metadata, level));
    let lines = Lines { function, clock, write: to_standard_error }.with_filter(filter);
    // A second start in one process (functions run inside a test) keeps the first.
    if tracing_subscriber::registry().with(lines).try_init().is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "panicked");
        }));
    }
}

/// Whose lines below a warning are left out.
const LIBRARIES: [&str; 7] = ["aws_", "hyper", "rustls", "reqwest", "lambda_", "h2", "tower"];

fn wanted(metadata: &Metadata<'_>, level: Level) -> bool {
    let library = LIBRARIES.iter().any(|name| metadata.target().starts_with(name));
    *metadata.level() <= if library { level.min(Level::WARN) } else { level }
}

struct Lines<W> {
    function: &'static str,
    clock: Clock,
    write: W,
}

/// One write a line: lines of two threads never mix. There is nowhere to report that a log cannot be written.
fn to_standard_error(line: &str) {
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The fields of a span, kept with it until an event asks for them.
struct Fields(Map<String, Value>);

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&str) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields(Map::new());
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields(self.opening(event.metadata()));
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                line.0.extend(fields.0.clone());
            }
        }
        event.record(&mut line);
        let mut text = Value::Object(line.0).to_string();
        text.push('\n');
        (self.write)(&text);
    }
}

impl<W> Lines<W> {
    fn opening(&self, metadata: &Metadata<'_>) -> Map<String, Value> {
        let time = jiff::Timestamp::from_millisecond(self.clock.now()).unwrap_or_default();
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), format!("{time:.3}").into());
        line.insert("level".to_owned(), metadata.level().as_str().to_ascii_lowercase().into());
        line.insert("function".to_owned(), self.function.into());
        line
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_flat_and_has_the_fields_of_the_spans_around_it() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let write = move |line: &str| sink.lock().unwrap().push(serde_json::from_str::<Value>(line).unwrap());
        let lines = Lines { function: "relay", clock: Clock::standing_at(1_795_000_000_120), write };
        let lines = lines.with_filter(FilterFn::new(|metadata| wanted(metadata, Level::INFO)));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let _invocation = tracing::info_span!("invocation", request_id = "r-1").entered();
            tracing::info!(tenant_id = %"t-1", delay_ms = 5_u64, "wakes");
            tracing::debug!("too fine");
            tracing::info!(target: "aws_smithy_runtime", "a library's news");
        });
        assert_eq!(
            *written.lock().unwrap(),
            [json!({
                "timestamp": "2026-11-18T11:06:40.120Z", "level": "info", "function": "relay", "message": "wakes",
                "request_id": "r-1", "tenant_id": "t-1", "delay_ms": 5,
            })]
        );
    }
}
