//! Channel accounts: the numbers, pages and bots that customers write to.

pub mod connect;
pub mod disconnect;
mod health;
pub mod list;
pub mod settings;
pub mod templates;
pub mod test;

use channel_meta::{
    Carrier,
    probe::{GraphAddress, Probe, probe},
};

/// Graph, to connect accounts at and to hand templates in.
pub struct Graph {
    pub client: reqwest::Client,
    pub address: GraphAddress,
    /// In the network's place.
    pub carrier: Option<Carrier>,
}

impl Graph {
    /// Whether this token may act for this WhatsApp number.
    pub async fn number(&self, phone_number_id: &str, access_token: &str) -> Probe {
        let fields = "id,verified_name,webhook_configuration";
        probe(&self.caller(), access_token, phone_number_id, fields).await
    }

    fn caller(&self) -> channel_meta::Graph {
        let graph = channel_meta::Graph::new(self.client.clone(), self.address.clone());
        match &self.carrier {
            Some(carrier) => graph.carried_by(carrier.clone()),
            None => graph,
        }
    }
}
