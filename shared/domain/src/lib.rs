//! Switchboard's nouns, states and decisions. No IO, no async, no AWS; `now` and randomness are arguments.

pub mod access;
pub mod account;
pub mod amend;
pub mod body;
pub mod channel_type;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod id;
pub mod key_hash;
pub mod message;
pub mod pace;
#[cfg(feature = "schema")]
mod schema;
pub mod send_option;
pub mod template;
pub mod tenant;
pub mod time;
pub mod window;

pub use access::{Action, Role};
pub use account::{Account, AccountStatus, Past};
pub use amend::{Amendment, Reaction, Waiting};
pub use body::{Attachment, Body, Details};
pub use channel_type::ChannelType;
pub use contact::{Contact, Identity, IdentityKind};
pub use conversation::{Due, Head, Owner, Status};
pub use delivery::{Delivery, DeliveryStatus, Failure, Pricing, Receipt};
pub use id::{AccountId, ContactId, ConversationId, MessageId, TenantId, UploadId, UserId};
pub use key_hash::IdKey;
pub use message::{Author, Direction, Message, MessageType};
pub use template::Template;
pub use tenant::TenantCtx;
pub use time::Timestamp;
pub use window::Window;
