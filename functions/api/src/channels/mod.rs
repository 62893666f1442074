//! Channel accounts: the numbers, pages and bots that customers write to.

pub mod connect;
pub mod list;
pub mod settings;
pub mod templates;
pub mod test;

use channel_meta::probe::{GraphAddress, Probe, probe};

/// Graph, to ask whether a token is good.
pub struct Graph {
    pub client: reqwest::Client,
    pub address: GraphAddress,
}

impl Graph {
    /// Whether this token may act for this WhatsApp number.
    pub async fn number(&self, phone_number_id: &str, access_token: &str) -> Probe {
        probe(&self.client, &self.address, access_token, phone_number_id, "id,verified_name").await
    }
}

/// What an account's health says of a token that is good.
fn healthy(name: Option<&str>) -> String {
    name.map_or_else(|| "The token is good.".to_owned(), |name| format!("The token is good, for {name}."))
}
