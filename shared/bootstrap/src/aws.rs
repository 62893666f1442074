//! What each AWS client is made of, by hand: the loader crate would read files and ask an instance for credentials.

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};

use crate::{Settings, SettingsError, http};

/// A service whose endpoint may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    DynamoDb,
    Sqs,
    S3,
    SecretsManager,
    Sts,
    /// The `@connections` of the WebSocket API: always at the setting `WS_ENDPOINT`.
    Connections,
}

impl Service {
    fn setting(self) -> &'static str {
        match self {
            Self::DynamoDb => "AWS_ENDPOINT_URL_DYNAMODB",
            Self::Sqs => "AWS_ENDPOINT_URL_SQS",
            Self::S3 => "AWS_ENDPOINT_URL_S3",
            Self::SecretsManager => "AWS_ENDPOINT_URL_SECRETS_MANAGER",
            Self::Sts => "AWS_ENDPOINT_URL_STS",
            Self::Connections => "WS_ENDPOINT",
        }
    }
}

/// Makes the configuration of AWS clients: one HTTP connector under all of them.
#[derive(Clone)]
pub struct Aws {
    settings: Settings,
    region: Region,
    credentials: SharedCredentialsProvider,
    connector: SharedHttpConnector,
}

impl Aws {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Self::over(settings, http::aws(settings)?)
    }

    /// Over a connector of the caller's: where a simulation plays the services, or lets them fail.
    pub fn over(settings: &Settings, connector: SharedHttpConnector) -> Result<Self, SettingsError> {
        let credentials = Credentials::new(
            settings.text("AWS_ACCESS_KEY_ID")?,
            settings.text("AWS_SECRET_ACCESS_KEY")?,
            settings.optional("AWS_SESSION_TOKEN").map(str::to_owned),
            None,
            "environment",
        );
        Ok(Self {
            settings: settings.clone(),
            region: Region::new(settings.text("AWS_REGION")?),
            credentials: SharedCredentialsProvider::new(credentials),
            connector,
        })
    }

    /// For `Client::new` of the service's SDK crate, with the function's own credentials.
    pub fn config(&self, service: Service) -> SdkConfig {
        let connector = self.connector();
        // The connector keeps them whatever is said here, but the SDK would say its own.
        let timeouts = TimeoutConfig::builder().connect_timeout(http::CONNECT_TIMEOUT).read_timeout(http::READ_TIMEOUT);
        let mut config = SdkConfig::builder()
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .retry_config(RetryConfig::standard())
            .timeout_config(timeouts.build())
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest());
        config.set_endpoint_url(self.endpoint(service));
        config.build()
    }

    /// What all of the clients speak through.
    pub fn connector(&self) -> SharedHttpConnector {
        self.connector.clone()
    }

    fn endpoint(&self, service: Service) -> Option<String> {
        let general = || self.settings.optional("AWS_ENDPOINT_URL");
        self.settings.optional(service.setting()).or_else(general).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_services_own_endpoint_comes_before_the_general_one() {
        let aws = Aws::new(&Settings::of([
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "k"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9324"),
        ]))
        .unwrap();
        assert_eq!(aws.config(Service::Sqs).endpoint_url(), Some("http://127.0.0.1:9324"));
        assert_eq!(aws.config(Service::S3).endpoint_url(), Some("http://127.0.0.1:1"));
    }
}
