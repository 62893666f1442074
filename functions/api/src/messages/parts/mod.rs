//! The parts of a send: each is parsed at the door, a file for each type, and becomes one message.

/// A `type` of one word, so that a part reads itself and the document tells it from the others.
macro_rules! one_type {
    ($name:ident, $variant:ident) => {
        #[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        enum $name {
            $variant,
        }
    };
}

pub mod contacts;
pub mod interactive;
pub mod location;
pub mod media;
pub mod reaction;
pub mod template;
pub mod text;

use channel::Content;
use domain::{ChannelType, Head, TenantCtx, Timestamp};
use serde::Serialize;
use serde_json::Value;
use table::{Draft, Tenant};
use utoipa::ToSchema;

use crate::{App, input, problem::Problem};
use contacts::ContactsPart;
use interactive::InteractivePart;
use location::LocationPart;
use media::MediaPart;
use reaction::ReactionPart;
use template::TemplatePart;
use text::TextPart;

/// The most parts of one request.
pub const PARTS_MAX: usize = 10;

/// One message of a send, by its `type`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Part {
    Text(TextPart),
    Media(MediaPart),
    Location(LocationPart),
    Contacts(ContactsPart),
    Interactive(InteractivePart),
    Template(TemplatePart),
    Reaction(ReactionPart),
}

/// The parts of a request, each parsed: what is wrong is named as `parts[0].text`.
pub fn parse(parts: Vec<Value>) -> Result<Vec<Part>, Problem> {
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return Err(Problem::invalid("parts", "invalid", format!("1 to {PARTS_MAX} parts.")));
    }
    parts.into_iter().enumerate().map(|(n, part)| Part::parse(&format!("parts[{n}]"), part)).collect()
}

impl Part {
    fn parse(at: &str, part: Value) -> Result<Self, Problem> {
        match kind_of(at, &part)?.as_str() {
            "text" => input::value(at, part).map(Self::Text),
            "media" => input::value(at, part).map(Self::Media),
            "location" => input::value(at, part).map(Self::Location),
            "contacts" => input::value(at, part).map(Self::Contacts),
            "interactive" => InteractivePart::parse(at, part).map(Self::Interactive),
            "template" => input::value(at, part).map(Self::Template),
            "reaction" => input::value(at, part).map(Self::Reaction),
            _ => Err(Problem::invalid(format!("{at}.type"), "invalid", "This type of part is not taken here.")),
        }
    }
}

/// An object's `type`.
fn kind_of(at: &str, value: &Value) -> Result<String, Problem> {
    let Value::Object(fields) = value else {
        return Err(Problem::invalid(at, "invalid", "This is an object."));
    };
    let field = format!("{at}.type");
    match fields.get("type") {
        Some(Value::String(kind)) => Ok(kind.clone()),
        Some(_) => Err(Problem::invalid(field, "invalid", "The type is a word.")),
        None => Err(Problem::invalid(field, "missing", "This field is needed.")),
    }
}

/// Where parts are to become messages.
pub struct Place<'a> {
    pub app: &'a App,
    pub ctx: &'a TenantCtx,
    pub tenant: &'a Tenant<'a>,
    pub head: &'a Head,
    pub now: Timestamp,
}

impl Place<'_> {
    /// The messages that the parts become, each allowed by the law of the conversation's channel.
    pub async fn drafts(&self, parts: Vec<Part>) -> Result<Vec<Draft>, Problem> {
        let mut drafts = Vec::new();
        for (n, part) in parts.into_iter().enumerate() {
            let at = format!("parts[{n}]");
            let draft = self.draft(&at, part).await?;
            check(self.head.channel, &draft)
                .map_err(|why| Problem::invalid(format!("{at}.{}", why.field), why.code, why.message))?;
            drafts.push(draft);
        }
        Ok(drafts)
    }

    async fn draft(&self, at: &str, part: Part) -> Result<Draft, Problem> {
        Ok(match part {
            Part::Text(part) => part.draft(),
            Part::Media(part) => part.draft(at, self.app, self.ctx, self.head.channel).await?,
            Part::Location(part) => part.draft(),
            Part::Contacts(part) => part.draft(),
            Part::Interactive(part) => part.draft(),
            Part::Template(part) => part.draft(at, self).await?,
            Part::Reaction(part) => part.draft(at, self.tenant, &self.head.id, self.now).await?,
        })
    }
}

fn check(channel: ChannelType, draft: &Draft) -> Result<(), channel::Invalid> {
    let unsupported = |message: &str| channel::Invalid {
        field: "type".to_owned(),
        code: "channel_unsupported",
        message: message.to_owned(),
    };
    match channel {
        ChannelType::Whatsapp => Content::of(draft.kind, draft.text.as_deref(), &draft.body)
            .ok_or_else(|| unsupported("This channel does not take this type of part."))
            .and_then(channel_whatsapp::check),
        ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => {
            Err(unsupported("This channel cannot be answered from here."))
        }
    }
}
