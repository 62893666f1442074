//! A place.

use domain::body::{Degrees, Location};
use domain::{Body, Details, MessageType};
use serde::{Deserialize, Serialize};
use table::Draft;
use utoipa::ToSchema;

one_type!(Type, Location);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationPart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    latitude: Degrees,
    longitude: Degrees,
    name: Option<String>,
    address: Option<String>,
}

impl LocationPart {
    pub fn draft(self) -> Draft {
        let Self { kind: Type::Location, latitude, longitude, name, address } = self;
        let place = Location { latitude, longitude, name, address, url: None };
        Draft { kind: MessageType::Location, text: None, body: Body::of(Details::Location(place)) }
    }
}
