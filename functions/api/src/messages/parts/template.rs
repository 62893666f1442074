//! A template that the channel has approved, filled in.

use std::collections::BTreeMap;

use channel_whatsapp::template::{Given, fill};
use domain::body::{Degrees, Location};
use domain::{Body, ChannelType, Details, Head, MessageType};
use serde::{Deserialize, Serialize};
use table::{Draft, Tenant};
use utoipa::ToSchema;

use crate::problem::Problem;

one_type!(Type, Template);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    name: String,
    language: String,
    /// What its places are filled in with; every place, and no other.
    #[serde(default)]
    parameters: TemplateParameters,
}

#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateParameters {
    /// By the place's name: `1`, or `first_name`.
    #[serde(default)]
    header: BTreeMap<String, String>,
    /// Where the header is a place.
    location: Option<PlaceParameter>,
    /// By the place's name: `1`, or `first_name`.
    #[serde(default)]
    body: BTreeMap<String, String>,
    /// By the button's place, from 0: the end of its address, the code that it copies, the answer that it gives.
    #[serde(default)]
    buttons: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceParameter {
    latitude: Degrees,
    longitude: Degrees,
    name: Option<String>,
    address: Option<String>,
}

impl TemplatePart {
    pub async fn draft(self, at: &str, tenant: &Tenant<'_>, head: &Head) -> Result<Draft, Problem> {
        if head.channel != ChannelType::Whatsapp {
            return Err(Problem::invalid(
                format!("{at}.type"),
                "channel_unsupported",
                "This channel has no templates.",
            ));
        }
        let missing = || Problem::invalid(format!("{at}.name"), "unknown_template", "There is no such template here.");
        let template = tenant.template(&head.account, &self.name, &self.language).await?.ok_or_else(missing)?;
        let TemplateParameters { header, location, body, buttons } = self.parameters;
        let place = |p: PlaceParameter| Location {
            latitude: p.latitude,
            longitude: p.longitude,
            name: p.name,
            address: p.address,
            url: None,
        };
        let given = Given { header, location: location.map(place), body, buttons };
        let (text, details) = fill(&template, &given)
            .map_err(|why| Problem::invalid(format!("{at}.{}", why.field), why.code, why.message))?;
        let body = Body::of(Details::Template(Box::new(details)));
        Ok(Draft { kind: MessageType::Template, text: Some(text), body })
    }
}
