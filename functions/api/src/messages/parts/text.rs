//! A text.

use serde::{Deserialize, Serialize};
use table::Draft;
use utoipa::ToSchema;

one_type!(Type, Text);

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPart {
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: Type,
    text: String,
}

impl TextPart {
    pub fn draft(self) -> Draft {
        Draft::text(self.text)
    }
}
