//! Meta: posts signed webhooks until they are answered 200, and some of them once more.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::select;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::pin::pin;

use crate::host::Pool;
use crate::stage::APP_SECRET;
use crate::time::Scheduler;
use crate::world::World;

/// Its clones are one and the same.
#[derive(Clone)]
pub struct Meta {
    world: World,
    scheduler: Scheduler,
    webhook: Rc<Pool<webhook::App>>,
    under_way: Rc<Cell<usize>>,
    posted: Rc<RefCell<Vec<Rc<str>>>>,
}

impl Meta {
    pub fn new(world: &World, scheduler: &Scheduler, webhook: Rc<Pool<webhook::App>>) -> Self {
        let (world, scheduler) = (world.clone(), scheduler.clone());
        Self { world, scheduler, webhook, under_way: Rc::default(), posted: Rc::default() }
    }

    /// Whether there is nothing left to post.
    pub fn is_quiet(&self) -> bool {
        self.under_way.get() == 0 && self.world.clouds().graph.to_tell.is_empty()
    }

    /// Tells of sends, for as long as the run goes on.
    pub async fn tell_of_sends(self) {
        loop {
            let now = self.world.now();
            let due = self.world.clouds().graph.due(now);
            for told in due {
                let (meta, event) = (self.clone(), event(&told.number, &told.value));
                self.under_way.set(self.under_way.get() + 1);
                self.scheduler.spawn(async move {
                    meta.post(&event).await;
                    meta.under_way.set(meta.under_way.get() - 1);
                });
            }
            let next = self.world.clouds().graph.next_due();
            let wait = next.map_or(Duration::from_secs(60), |at| Duration::from_millis((at - now).max(1) as u64));
            select(pin!(self.world.bells.meta.notified()), pin!(self.world.time.sleep(wait))).await;
        }
    }

    /// Posts one event until it is taken.
    pub async fn post(&self, event: &str) {
        self.under_way.set(self.under_way.get() + 1);
        let mut wait = 1;
        while !self.try_once(event).await {
            self.world.time.sleep(Duration::from_secs(wait)).await;
            wait = (wait * 2).min(60);
        }
        self.posted.borrow_mut().push(event.into());
        self.under_way.set(self.under_way.get() - 1);
    }

    /// Something that was taken long ago comes once more.
    pub async fn post_again(&self) {
        let event = {
            let posted = self.posted.borrow();
            if posted.is_empty() {
                return;
            }
            Rc::clone(self.world.chance.pick(&posted))
        };
        self.post(&event).await;
    }

    async fn try_once(&self, event: &str) -> bool {
        let answered = self.webhook.invoke(|app| {
            let event = event.to_owned();
            async move {
                let event: webhook::Event = serde_json::from_str(&event).expect("an event of the known form");
                app.answer(&event).await.status_code
            }
        });
        answered.await == Ok(200)
    }
}

/// A POST about a number, as API Gateway hands it over. `value` is a change's.
pub fn event(number: &str, value: &Value) -> String {
    let mut value = value.clone();
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({ "display_phone_number": "15550100", "phone_number_id": number });
    let entry = json!({ "id": "2000", "changes": [{ "field": "messages", "value": value }] });
    let body = json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()).expect("any key will do");
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    json!({
        "rawPath": "/webhooks/meta", "headers": { "x-hub-signature-256": signature }, "body": body,
        "requestContext": { "http": { "method": "POST" } }, "isBase64Encoded": false,
    })
    .to_string()
}
