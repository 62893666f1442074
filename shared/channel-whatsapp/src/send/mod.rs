//! Sends through the Cloud API: a file for each kind of content.
//! [Messages](https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).

mod contacts;
pub(crate) mod file;
mod interactive;
pub(crate) mod limits;
pub(crate) mod location;
mod mark;
mod outcome;
mod reaction;
pub(crate) mod template;
mod text;

use channel::{Channel, Content, Invalid, NotSent, Outbound, Outcome};
use channel_meta::{FileBody, Graph};
use domain::{Attachment, ChannelType, Identity, IdentityKind};
pub use mark::{MARKED_WITHIN, Mark, NotMarked};
use serde_json::{Value, json};

pub use file::{check_start, kind_of};

/// WhatsApp, by way of Graph.
#[derive(Clone)]
pub struct WhatsApp {
    graph: Graph,
}

impl WhatsApp {
    pub fn new(graph: Graph) -> Self {
        Self { graph }
    }

    /// Puts a file there, by the account that is to send it: the id that it is sent by. Nobody sees it yet, so whatever went
    /// wrong, it may be put again.
    pub async fn upload(
        &self,
        account: &str,
        access_token: &str,
        file: &Attachment,
        body: FileBody,
    ) -> Result<String, NotSent> {
        let reply = self.graph.upload(&format!("{account}/media"), access_token, &file::form(file), body).await;
        file::uploaded(reply)
    }
}

impl Channel for WhatsApp {
    fn kind(&self) -> ChannelType {
        ChannelType::Whatsapp
    }

    fn check(&self, content: Content<'_>) -> Result<(), Invalid> {
        check(content)
    }

    async fn send(&self, message: Outbound<'_>) -> Outcome {
        let Some(request) = request(message) else {
            let why = outcome::local("no_address", "WhatsApp has no address for this customer");
            return Outcome::NotSent(NotSent::Final(why));
        };
        let path = format!("{}/messages", message.account);
        outcome::outcome(self.graph.post(&path, message.access_token, &request).await)
    }
}

/// What WhatsApp can take; needs no connection.
pub fn check(content: Content<'_>) -> Result<(), Invalid> {
    match content {
        Content::Text(text) => text::check(text),
        Content::File(file, caption) => file::check(file, caption),
        Content::Location(place) => location::check(place),
        Content::Contacts(cards) => contacts::check(cards),
        Content::Interactive(text, offer) => interactive::check(text, offer),
        // It is filled in by what the channel says of it, and checked there.
        Content::Template(..) => Ok(()),
        Content::Reaction(reaction) => reaction::check(reaction),
    }
}

/// The type's word and the object that goes under it; `None` for what only customers send.
fn payload(content: Content<'_>) -> Option<(&'static str, Value)> {
    Some(match content {
        Content::Text(text) => ("text", text::payload(text)),
        Content::File(file, caption) => file::payload(file, caption)?,
        Content::Location(place) => ("location", location::payload(place)),
        Content::Contacts(cards) => ("contacts", contacts::payload(cards)),
        Content::Interactive(text, offer) => ("interactive", interactive::payload(text, offer)?),
        Content::Template(template, files) => ("template", template::payload(template, files)?),
        Content::Reaction(reaction) => ("reaction", reaction::payload(reaction)),
    })
}

/// The whole request; `None` without an address, or for what nobody sends.
fn request(message: Outbound<'_>) -> Option<Value> {
    let (kind, payload) = payload(message.content)?;
    let (recipient, address, value) = match message.group {
        Some(group) => ("group", "to", group.to_owned()),
        None => address(message.to).map(|(field, value)| ("individual", field, value))?,
    };
    let mut request = json!({
        "messaging_product": "whatsapp",
        "recipient_type": recipient,
        address: value,
        "type": kind,
        kind: payload,
        "biz_opaque_callback_data": message.reference,
    });
    if let Some(message_id) = message.reply_to {
        request["context"] = json!({ "message_id": message_id });
    }
    Some(request)
}

/// `to` with a `+`, without which Meta may guess the country; a person without a phone number by their scoped id.
fn address(identities: &[Identity]) -> Option<(&'static str, String)> {
    let of = |kind| identities.iter().rev().find(|i| i.kind == kind).map(|i| i.value.as_str());
    match of(IdentityKind::Phone) {
        Some(phone) => Some(("to", format!("+{phone}"))),
        None => {
            of(IdentityKind::UserId).or_else(|| of(IdentityKind::ParentUserId)).map(|id| ("recipient", id.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(kind: IdentityKind, value: &str) -> Identity {
        Identity { kind, value: value.to_owned() }
    }

    #[test]
    fn a_person_is_addressed_by_phone_or_else_by_their_scoped_id() {
        let send = |to: &[Identity], reply_to| {
            let content = Content::Text("see https://example.jp");
            let message =
                Outbound { account: "1", access_token: "t", to, group: None, content, reply_to, reference: "m.1" };
            request(message)
        };
        let text = json!({ "body": "see https://example.jp", "preview_url": true });
        let user = id(IdentityKind::UserId, "JP.77");
        assert_eq!(
            send(&[user.clone(), id(IdentityKind::Phone, "8190")], Some("wamid.1")),
            Some(json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+8190", "type": "text", "text": text,
                "context": { "message_id": "wamid.1" }, "biz_opaque_callback_data": "m.1",
            }))
        );
        assert_eq!(
            send(&[user], None),
            Some(json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "recipient": "JP.77", "type": "text",
                "text": text, "biz_opaque_callback_data": "m.1",
            }))
        );
        assert_eq!(send(&[id(IdentityKind::Username, "aiko")], None), None);
        let (to, group, content) = (&[][..], Some("Y2FwaV9ncm91cDox"), Content::Text("hi all"));
        let to_all = Outbound { account: "1", access_token: "t", to, group, content, reply_to: None, reference: "m.1" };
        assert_eq!(
            request(to_all),
            Some(json!({
                "messaging_product": "whatsapp", "recipient_type": "group", "to": "Y2FwaV9ncm91cDox", "type": "text",
                "text": { "body": "hi all", "preview_url": false }, "biz_opaque_callback_data": "m.1",
            }))
        );
    }
}
