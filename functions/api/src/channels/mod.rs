//! Channel accounts: the numbers, pages and bots that customers write to.

pub mod connect;
pub mod disconnect;
mod health;
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
        let fields = "id,verified_name,webhook_configuration";
        probe(&self.client, &self.address, access_token, phone_number_id, fields).await
    }

    /// For every other call.
    fn caller(&self) -> channel_meta::Graph {
        channel_meta::Graph::new(self.client.clone(), self.address.clone())
    }
}
