//! Two tenants with an account each, and short words for what happens to them.

use domain::delivery::Claim;
use domain::{
    Account, AccountId, AccountStatus, ChannelType, ContactId, ConversationId, DeliveryStatus, Head, Identity,
    IdentityKind, Message, MessageId, MessageType, Receipt, TenantCtx, Timestamp, UserId,
};
use table::testing::{TestTables, two_tenants};
use table::{ContactSeed, Draft, Inbound, Received, StatusIn, StatusOutcome, Submit, Submitted, Tenant, Thread};

pub(crate) struct World {
    pub(crate) test: TestTables,
    pub(crate) ours: TenantCtx,
    pub(crate) theirs: TenantCtx,
    pub(crate) account: Account,
}

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + seconds * 1_000)
}

pub(crate) fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

/// The second tenant has a thread of its own with the same phone number and the same channel ids.
pub(crate) async fn world() -> World {
    let test = table::testing::start().await;
    let [ours, theirs] = two_tenants();
    let account = Account {
        id: AccountId::from_bytes([5; 16]),
        channel: ChannelType::Whatsapp,
        name: "Sales".to_owned(),
        external_id: "100".to_owned(),
        status: AccountStatus::Active,
        health: None,
        waba_id: None,
        display_phone_number: None,
        credential: 1,
        throttled_until: None,
        read_receipts: true,
        asked_for: Vec::new(),
        created_at: NOW,
    };
    let world = World { test, ours, theirs, account };
    for ctx in [&world.ours, &world.theirs] {
        world.test.tables.tenant(ctx).put_account(&world.account).await.unwrap();
    }
    let other = world.test.tables.tenant(&world.theirs);
    other.receive(&world.account, &thread("9725", 200), &[text("wamid.1", 0, "theirs")], NOW).await.unwrap();
    world
}

pub(crate) fn thread(phone: &str, id_if_new: u8) -> Thread {
    let identities = vec![Identity { kind: IdentityKind::Phone, value: phone.to_owned() }];
    let id_if_new = ContactId::from_bytes([id_if_new; 16]);
    Thread { group: None, contact: ContactSeed { id_if_new, identities, name: Some("Dana".to_owned()) } }
}

pub(crate) fn text(external_id: &str, second: i64, text: &str) -> Inbound {
    Inbound {
        text: Some(text.to_owned()),
        opens_window: true,
        ..Inbound::new(external_id.to_owned(), MessageType::Text, at(second), at(second))
    }
}

pub(crate) fn request(key: &str, parts: &[&str]) -> Submit {
    Submit {
        user: user(1),
        user_name: "Ada".to_owned(),
        client_id: key.to_owned(),
        body_hash: parts.join("|"),
        parts: parts.iter().map(|p| Draft::text(*p)).collect(),
        reply_to: None,
        expected_seq: None,
        force: false,
        send_at: None,
    }
}

pub(crate) fn claim(id: &str) -> Claim {
    Claim { id: id.to_owned(), until: at(30) }
}

impl World {
    pub(crate) fn us(&self) -> Tenant<'_> {
        self.test.tables.tenant(&self.ours)
    }

    /// A customer writes from the one phone number.
    pub(crate) async fn hears(&self, messages: &[Inbound]) -> Received {
        self.us().receive(&self.account, &thread("9725", 1), messages, NOW).await.unwrap()
    }

    pub(crate) async fn head(&self, id: &ConversationId) -> Head {
        self.us().head(id).await.unwrap().expect("the conversation is there")
    }

    pub(crate) async fn message(&self, id: &MessageId) -> Message {
        self.us().message(id).await.unwrap().expect("the message is there")
    }

    /// An agent sends; the messages' ids.
    pub(crate) async fn sends(&self, to: &ConversationId, key: &str, parts: &[&str]) -> Vec<MessageId> {
        let head = self.head(to).await;
        match self.us().submit(head, &request(key, parts), NOW).await.unwrap() {
            Submitted::Created(messages, _) => messages.into_iter().map(|m| m.id).collect(),
            other => panic!("not created: {other:?}"),
        }
    }

    /// `deliver` takes the next send up to the call.
    pub(crate) async fn claims(&self, conversation: &ConversationId) -> (Head, Message) {
        let (head, message) = self.us().next_send(conversation, NOW).await.unwrap().expect("a send waits");
        let claimed = self.us().claim(&message, &claim("a")).await.unwrap().expect("nobody else has it");
        (head, claimed)
    }

    /// … and the channel takes it.
    pub(crate) async fn is_accepted(&self, conversation: &ConversationId, external_id: &str) -> MessageId {
        let (head, message) = self.claims(conversation).await;
        self.us().record_accepted(&head, &message, external_id, &[], NOW).await.unwrap();
        message.id
    }

    pub(crate) async fn is_told(
        &self,
        external_id: &str,
        reference: Option<(MessageId, u32)>,
        receipt: Receipt,
    ) -> StatusOutcome {
        let status = StatusIn {
            external_id: external_id.to_owned(),
            reference,
            at: at(order_of(&receipt)),
            receipt,
            pricing: None,
        };
        self.us().apply_status(&self.account.id, &status).await.unwrap()
    }

    pub(crate) async fn status_of(&self, id: &MessageId) -> DeliveryStatus {
        self.message(id).await.delivery.expect("a send").status()
    }

    /// The statuses of these, in order.
    pub(crate) async fn statuses(&self, ids: &[MessageId]) -> Vec<DeliveryStatus> {
        let mut all = Vec::new();
        for id in ids {
            all.push(self.status_of(id).await);
        }
        all
    }

    /// Everything in the truth table that is the second tenant's.
    pub(crate) async fn theirs(&self) -> Vec<Item> {
        let prefix = format!("{}#", self.theirs.id());
        let scan = self.test.client.scan().table_name(table::testing::TRUTH).send().await.unwrap();
        let key = |i: &Item| [&i["pk"], &i["sk"]].map(|v| v.as_s().unwrap().clone());
        let mut items = scan.items.unwrap();
        items.retain(|i| key(i)[0].starts_with(&prefix));
        items.sort_by_key(key);
        items
    }
}

type Item = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

fn order_of(receipt: &Receipt) -> i64 {
    match receipt {
        Receipt::Accepted => 1,
        Receipt::Delivered => 2,
        Receipt::Read => 3,
        Receipt::Failed(_) => 4,
    }
}
