//! Customers at the simulator's phone, on a system that has one: it takes replies only to those who wrote on it.

use reqwest::Client;
use serde::Deserialize;
use serde_json::json;

use crate::install::{Number, Tenant};
use crate::payload;
use crate::plan::Event;

#[derive(Deserialize)]
struct Written {
    id: String,
}

/// Whether the system has the simulator.
pub async fn is_there(http: &Client, base_url: &str) -> bool {
    let accounts = http.get(format!("{base_url}/simulator/api/accounts")).send().await;
    accounts.is_ok_and(|answer| answer.status().is_success())
}

/// Writes this event's message on the phone; the simulator brings it until it is taken. The id that it gave the
/// message, or `None` when it would not.
pub async fn write(http: &Client, base_url: &str, event: &Event, tenants: &[Tenant]) -> Option<String> {
    let Number { phone_number_id, .. } = tenants.get(event.tenant)?.number_of(event.customer)?;
    let said = json!({
        "phone_number_id": phone_number_id, "from": payload::phone(event.tenant, event.customer),
        "name": format!("Customer {}", event.customer), "text": "Good morning!",
    });
    let answer = http.post(format!("{base_url}/simulator/api/messages")).json(&said).send().await.ok()?;
    let written: Written = answer.error_for_status().ok()?.json().await.ok()?;
    Some(written.id)
}
