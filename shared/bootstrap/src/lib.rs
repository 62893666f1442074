//! What every function's `main` needs: settings, logs, a clock, HTTP and AWS clients, batches. Knows no messaging.

pub mod aws;
pub mod batch;
pub mod clock;
pub mod http;
mod hyper_client;
pub mod invoke;
pub mod logs;
pub mod metrics;
mod public;
pub mod random;
pub mod settings;
pub mod stream;

pub use aws::{Aws, Service};
pub use batch::{Budget, Queue, Retry, SqsRecord, run_batch, run_groups};
pub use clock::{Clock, Time};
pub use invoke::{Invocation, run};
pub use public::is_public;
pub use random::Random;
pub use settings::{Settings, SettingsError};
pub use stream::{StreamRecord, run_stream};
