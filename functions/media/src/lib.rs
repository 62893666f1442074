//! Lambda `media`: fetches the files of customers' messages, checks them, and keeps them where agents can see them. The
//! message itself is long stored and shown: nothing here can hold it up or lose it.

mod store;
pub mod thumbnail;

use std::time::Duration;

use blob::content;
use bootstrap::{Clock, Retry};
use channel_meta::{Media, NotFetched};
use credential::TenantSecrets;
use domain::body::{Attachment, AttachmentState, FileFailure};
use domain::{Account, ChannelType, Message, TenantCtx, Timestamp};
use queue::MediaJob;
use sha2::{Digest, Sha256};
use table::{Tables, Tenant};

pub use crate::store::Bucket;

/// How often what comes damaged is fetched anew, before it is taken to be so for good.
const DAMAGED_RECEIVES: u32 = 3;

/// Waits by how often the job was received. The template's eight receives span 43 minutes, and 15 later it is a dead letter,
/// which an operator may replay for as long as WhatsApp keeps the file: seven days.
const WAITS_SECONDS: [u64; 7] = [1, 2, 30, 120, 600, 900, 900];

pub struct App {
    pub tables: Tables,
    /// The accounts' access tokens.
    pub tokens: TenantSecrets,
    pub whatsapp: Media,
    pub bucket: Bucket,
    pub clock: Clock,
}

/// What came of a try for one file.
enum Outcome {
    /// It is here, or will never be: this is what the message says of it from now on.
    Settled(Attachment),
    /// Worth another try. One sentence for the log.
    Later(String),
}

impl App {
    /// Fetches what a message still awaits. Doing it twice changes nothing: a file that is settled is passed over.
    pub async fn take(&self, job: &MediaJob, receives: u32) -> Result<(), Retry> {
        let ctx = TenantCtx::of_record(job.tenant.clone());
        let tenant = self.tables.tenant(&ctx);
        let Some(message) = tenant.message(&job.message).await? else { return Ok(()) };
        let mut later = None;
        let files = message.body.attachments.iter().enumerate().filter(|(_, file)| file.may_come());
        for (place, file) in files {
            match self.settle(&ctx, &tenant, &message, file, receives).await? {
                Outcome::Settled(file) => self.record(&tenant, &message, place, &file).await?,
                Outcome::Later(why) => later = Some(why),
            }
        }
        let place = (receives.max(1) as usize - 1).min(WAITS_SECONDS.len() - 1);
        later.map_or(Ok(()), |why| Err(Retry::because(why).after(Duration::from_secs(WAITS_SECONDS[place]))))
    }

    async fn record(
        &self,
        tenant: &Tenant<'_>,
        message: &Message,
        place: usize,
        file: &Attachment,
    ) -> Result<(), Retry> {
        let recorded = tenant.record_file(&message.id, place, file).await?;
        let (bytes, why) = (file.bytes.unwrap_or(0), file.reason.as_deref().unwrap_or(""));
        tracing::info!(message_id = %message.id, place, bytes, why, recorded, "a file is settled");
        Ok(())
    }

    async fn settle(
        &self,
        ctx: &TenantCtx,
        tenant: &Tenant<'_>,
        message: &Message,
        file: &Attachment,
        receives: u32,
    ) -> Result<Outcome, Retry> {
        let Some(account) = account_of(tenant, message).await? else {
            return Ok(Outcome::Settled(file.failed(FileFailure::Gone)));
        };
        Ok(match self.fetch(ctx, &account, file).await? {
            Ok(body) => match self.keep(ctx, file, body).await {
                Ok(file) => Outcome::Settled(file),
                Err(why) => Outcome::Later(why),
            },
            Err(NotFetched::Gone(why)) => {
                tracing::warn!(message_id = %message.id, why, "a file is gone");
                Outcome::Settled(file.failed(FileFailure::Gone))
            }
            Err(NotFetched::TooLarge) => Outcome::Settled(file.failed(FileFailure::TooLarge)),
            Err(NotFetched::Damaged) if receives >= DAMAGED_RECEIVES => {
                Outcome::Settled(file.failed(FileFailure::Damaged))
            }
            Err(why @ (NotFetched::Damaged | NotFetched::Expired(_) | NotFetched::Unavailable(_))) => {
                Outcome::Later(why.to_string())
            }
        })
    }

    /// The file, whole and as it was announced by the message and by the channel.
    async fn fetch(
        &self,
        ctx: &TenantCtx,
        account: &Account,
        file: &Attachment,
    ) -> Result<Result<Vec<u8>, NotFetched>, Retry> {
        let media = match account.channel {
            ChannelType::Whatsapp => &self.whatsapp,
            ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => {
                return Ok(Err(NotFetched::Gone("its channel has no files by id".to_owned())));
            }
        };
        let now = Timestamp::from_millis(self.clock.now());
        let token = self.tokens.access_token(ctx.id(), &account.id, account.credential, now).await?;
        let Some(token) = token else {
            return Ok(Err(NotFetched::Unavailable("the account has no access token".to_owned())));
        };
        let id = file.channel_media_id.as_deref().unwrap_or_default();
        let fetched = fetched(media, id, &account.external_id, token.expose()).await;
        Ok(fetched.and_then(
            |(body, told)| if is_whole(&body, file, told.as_deref()) { Ok(body) } else { Err(NotFetched::Damaged) },
        ))
    }

    /// Puts the file and its thumbnail where they belong. The same content has the same key, so a second try overwrites the first
    /// with itself.
    async fn keep(&self, ctx: &TenantCtx, file: &Attachment, body: Vec<u8>) -> Result<Attachment, String> {
        let (kind, mime_type) = content::told(file, &body);
        let (thumbnail, size) = match thumbnail::of(kind, &mime_type, &body) {
            Some(picture) => (picture.jpeg, Some(picture.size)),
            None => (None, None),
        };
        let kept = Attachment {
            kind,
            mime_type: Some(mime_type),
            sha256: Some(hex::encode(Sha256::digest(&body))),
            bytes: Some(body.len() as u64),
            size,
            thumbnail: thumbnail.is_some(),
            state: AttachmentState::Ready,
            reason: None,
            ..file.clone()
        };
        self.bucket.put(ctx.id(), &kept, body, thumbnail).await.map_err(|error| error.to_string())?;
        Ok(kept)
    }
}

/// Whose number the message came by.
async fn account_of(tenant: &Tenant<'_>, message: &Message) -> Result<Option<Account>, Retry> {
    let Some(head) = tenant.head_eventual(message.id.conversation()).await? else { return Ok(None) };
    Ok(tenant.account(&head.account).await?)
}

/// Asks where the file lies and fetches it there, with the checksum that was told; a link that has ended already is asked for
/// once more.
async fn fetched(media: &Media, id: &str, account: &str, token: &str) -> Result<(Vec<u8>, Option<String>), NotFetched> {
    let mut again = true;
    loop {
        let told = media.describe(id, account, token).await?;
        match media.fetch(&told, token).await {
            Err(NotFetched::Expired(_)) if again => again = false,
            Err(error) => return Err(error),
            Ok(body) => return Ok((body, told.sha256)),
        }
    }
}

/// Both the message and the channel may tell a checksum; what is told in no known form counts for nothing.
fn is_whole(body: &[u8], file: &Attachment, told: Option<&str>) -> bool {
    let told = told.and_then(channel_whatsapp::sha256);
    let is = hex::encode(Sha256::digest(body));
    [&file.sha256, &told].into_iter().flatten().all(|expected| *expected == is)
}
