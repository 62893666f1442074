//! Templates: what WhatsApp tells of them, what fills them in, and how a new one is handed in.
//! [Templates](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates).

pub mod definition;
pub mod draft;
mod example;
pub mod fill;
mod places;
mod remote;

pub use draft::{Examples, TemplateDraft};
pub use example::{HeaderFile, header_of, upload_example};
pub use fill::{Given, GivenCard, fill};
pub use remote::{Refused, create, list};
