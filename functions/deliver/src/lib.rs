//! Lambda `deliver`: queue `outbound` in, the channel's API out. At most one call per intent, in the table's order.

pub mod backoff;
mod bucket;
mod measure;
pub mod plan;
mod recipient;
mod signal;

use std::time::Duration;

use bootstrap::{
    Clock, Random,
    metrics::{self, Unit},
};
use channel::{Channel, Content, NotSent, Outbound, Outcome};
use channel_whatsapp::WhatsApp;
use credential::SecretError;
use domain::delivery::Claim;
use domain::pace::Rate;
use domain::time::TimeScale;
use domain::{
    Account, AccountStatus, Amendment, Attachment, ChannelType, Details, Failure, Head, Message, Reaction, TenantCtx,
    Timestamp,
};
use futures_util::future::try_join_all;
use queue::Wake;
use table::{Tables, Tenant};

pub use crate::bucket::Bucket;
use crate::plan::{Step, next_step};

/// How long one claim gives the right to call: the call's 8 s, and what comes before and after it, four times over.
pub const LEASE: Duration = Duration::from_secs(30);

/// After this long a wake hands back to the queue, so that the last file (25 s) and the last call (8 s) still end within the
/// function's 45 s.
pub const WORKING_TIME: Duration = Duration::from_secs(6);

/// Those that wait for the same moment go within this time of it.
const SPREAD: Duration = Duration::from_secs(1);

/// An account that is asked to send more slowly waits at most as after this many tries: 16 s, where the channel tells no time.
const THROTTLE_TRIES: u32 = 4;

/// How long a conversation waits when the store of tokens does not answer.
const TOKEN_PAUSE: Duration = Duration::from_secs(5);

/// Where access tokens come from.
pub trait Tokens {
    fn access_token(
        &self,
        tenant: &TenantCtx,
        account: &Account,
    ) -> impl Future<Output = Result<String, NoToken>> + Send;
}

/// Why an account's token is not at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// There is none that could be used: somebody has to reconnect the account.
    Needed,
    /// The store does not answer: it may a little later.
    NotNow,
}

impl From<SecretError> for NoToken {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Unavailable(_) => Self::NotNow,
            SecretError::Missing | SecretError::Unreadable => Self::Needed,
        }
    }
}

pub struct App<T> {
    pub tables: Tables,
    pub whatsapp: WhatsApp,
    pub tokens: T,
    pub bucket: Bucket,
    pub scale: TimeScale,
    pub clock: Clock,
    pub random: Random,
    /// The function's name, the dimension of its figures.
    pub name: String,
}

/// Whether there may be more to send at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Again,
    Rest,
}

impl<T: Tokens> App<T> {
    /// Sends what waits in one conversation, until nothing does, the first must wait, or the time is over. `Err` means
    /// "worth doing again", no more.
    pub async fn deliver(&self, wake: &Wake) -> table::Result<()> {
        let ctx = TenantCtx::of_record(wake.tenant.clone());
        let tenant = self.tables.tenant(&ctx);
        let started = self.now();
        let mut next = tenant.next_send(&wake.conversation, started).await?;
        while let Some((head, message)) = next {
            let (head, then) = self.step(&ctx, &tenant, head, message).await?;
            let now = self.now();
            next = match then {
                Then::Again if now.since(started) < WORKING_TIME => tenant.next_of(head, now).await?,
                // What is left was written to the head, and the stream turns that into a wake.
                Then::Again | Then::Rest => None,
            };
        }
        Ok(())
    }

    async fn step(
        &self,
        ctx: &TenantCtx,
        tenant: &Tenant<'_>,
        head: Head,
        message: Message,
    ) -> table::Result<(Head, Then)> {
        let now = self.now();
        let account = tenant.account(&head.account).await?;
        let rate = Rate::to_one(head.channel).map(|rate| Rate { every: self.scale.of(rate.every), ..rate });
        match next_step(now, &head, &message, account.as_ref(), rate) {
            Step::DropFinal => Ok((tenant.drop_final(&head, now).await?, Then::Again)),
            Step::NotYet(_) => Ok((head, Then::Rest)),
            Step::Wait(until) => {
                // Not all of an account's conversations at the same moment.
                let spread = self.scale.of(SPREAD).mul_f64(self.random.fraction());
                Ok((tenant.wait(&head, until.plus(spread)).await?, Then::Rest))
            }
            Step::Claimed(until) => {
                tracing::info!(conversation_id = %head.id, message_id = %message.id, %until, "someone else is sending");
                Ok((head, Then::Rest))
            }
            Step::GiveUp => {
                tracing::warn!(conversation_id = %head.id, message_id = %message.id, "unknown outcome");
                self.count("UnknownSends");
                Ok((tenant.record_unknown(&head, &message, now).await?, Then::Again))
            }
            Step::Refuse(why) => Ok((tenant.record_failed(&head, &message, &why, now).await?, Then::Again)),
            Step::Park(why) => self.park(tenant, account.as_ref(), head, &message, &why, now).await,
            Step::Send => match account {
                Some(account) => self.send(ctx, tenant, &account, head, message).await,
                None => Ok((head, Then::Rest)),
            },
        }
    }

    /// Claims the message, calls the channel once, records what came of it.
    async fn send(
        &self,
        ctx: &TenantCtx,
        tenant: &Tenant<'_>,
        account: &Account,
        head: Head,
        message: Message,
    ) -> table::Result<(Head, Then)> {
        let token = match self.tokens.access_token(ctx, account).await {
            Ok(token) => token,
            Err(NoToken::Needed) => {
                return self.park(tenant, Some(account), head, &message, &plan::reconnect_needed(), self.now()).await;
            }
            Err(NoToken::NotNow) => {
                let until = self.now().plus(self.scale.of(TOKEN_PAUSE));
                return Ok((tenant.wait(&head, until).await?, Then::Rest));
            }
        };
        let to = tenant.contact(&head.contact).await?.map(|c| recipient::reachable(&c)).unwrap_or_default();
        let message = match self.with_files(ctx, account, &token, message).await {
            Ok(message) => message,
            // Nothing was claimed yet, and nothing can have reached the customer.
            Err((message, why)) => return self.record(tenant, account, head, *message, Outcome::NotSent(why)).await,
        };
        let Some(content) = Content::of(message.kind, message.text.as_deref(), &message.body) else {
            return Ok((tenant.record_failed(&head, &message, &unsendable(), self.now()).await?, Then::Again));
        };
        let claim = Claim { id: hex(&self.random.bytes::<16>()), until: self.now().plus(self.scale.of(LEASE)) };
        let Some(claimed) = tenant.claim(&message, &claim).await? else {
            return Ok((head, Then::Rest));
        };
        let attempt = claimed.delivery.as_ref().map_or(1, |d| d.attempt);
        let reference = format!("{}.{attempt}", claimed.id);
        let started = self.now();
        let outcome = self
            .call(
                account.channel,
                Outbound {
                    account: &account.external_id,
                    access_token: &token,
                    to: &to,
                    group: head.group.as_deref(),
                    content,
                    reply_to: claimed.reply_to.as_ref().and_then(|r| r.channel_message_id.as_deref()),
                    reference: &reference,
                },
            )
            .await;
        self.measure(account.channel, &claimed, started, &outcome);
        self.record(tenant, account, head, claimed, outcome).await
    }

    /// The message, its files uploaded to the channel. That comes before the claim: whoever dies here leaves no doubt, and what
    /// is uploaded twice nobody sees. The channel's id is stored nowhere, since a later try may come when it has ended. Those of a
    /// carousel go at the same time: one after the other they could outlast the function.
    async fn with_files(
        &self,
        ctx: &TenantCtx,
        account: &Account,
        token: &str,
        mut message: Message,
    ) -> Result<Message, (Box<Message>, NotSent)> {
        let files = message.body.attachments.iter().map(|file| self.uploaded(ctx, account, token, file));
        let uploaded = try_join_all(files).await;
        match uploaded {
            Ok(ids) => {
                for (file, id) in message.body.attachments.iter_mut().zip(ids) {
                    file.channel_media_id = Some(id);
                }
                Ok(message)
            }
            Err(why) => Err((Box::new(message), why)),
        }
    }

    async fn uploaded(
        &self,
        ctx: &TenantCtx,
        account: &Account,
        token: &str,
        file: &Attachment,
    ) -> Result<String, NotSent> {
        let upload = file.upload.as_ref().ok_or_else(|| NotSent::Final(unsendable()))?;
        match account.channel {
            ChannelType::Whatsapp => {
                let body = self.bucket.open(ctx.id(), upload, self.now()).await?;
                self.whatsapp.upload(&account.external_id, token, file, body).await
            }
            ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => Err(NotSent::Final(unsupported())),
        }
    }

    async fn call(&self, channel: ChannelType, message: Outbound<'_>) -> Outcome {
        match channel {
            ChannelType::Whatsapp => self.whatsapp.send(message).await,
            ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => {
                Outcome::NotSent(NotSent::Final(unsupported()))
            }
        }
    }

    async fn record(
        &self,
        tenant: &Tenant<'_>,
        account: &Account,
        head: Head,
        message: Message,
        outcome: Outcome,
    ) -> table::Result<(Head, Then)> {
        let now = self.now();
        match outcome {
            Outcome::Accepted { external_id, also_known_as } => {
                self.show_reaction(tenant, account, &message, now).await?;
                let head = tenant.record_accepted(&head, &message, &external_id, &also_known_as, now).await?;
                Ok((head, Then::Again))
            }
            Outcome::NotSent(NotSent::Retry { at_most: Some(times), why, .. }) if waits(&message) >= times => {
                Ok((tenant.record_failed(&head, &message, &why, now).await?, Then::Again))
            }
            Outcome::NotSent(NotSent::Throttled { after, why }) => {
                // One conversation's long bad luck is not the whole account's.
                let tries = waits(&message).min(THROTTLE_TRIES);
                let until = now.plus(self.scale.of(backoff::wait(tries, after, self.random.fraction())));
                tracing::warn!(channel_account_id = %account.id, code = why.code, %until, "the channel asks the account to send more slowly");
                self.count("Throttled");
                tenant.throttle_account(account, until).await?;
                Ok((tenant.release_and_wait(&head, &message, until).await?, Then::Rest))
            }
            Outcome::NotSent(NotSent::Retry { after, why, .. }) => {
                let until = now.plus(self.wait(&message, after));
                tracing::info!(conversation_id = %head.id, message_id = %message.id, code = why.code, %until, "the channel did not take it");
                Ok((tenant.release_and_wait(&head, &message, until).await?, Then::Rest))
            }
            Outcome::NotSent(NotSent::Unauthorized(why) | NotSent::Blocked(why)) => {
                tenant.set_account_status(account, AccountStatus::NeedsReauth, Some(&why.title)).await?;
                self.count("ReauthRequired");
                self.park(tenant, Some(account), head, &message, &why, now).await
            }
            Outcome::NotSent(NotSent::Final(why)) => {
                Ok((tenant.record_failed(&head, &message, &why, now).await?, Then::Again))
            }
            // The claim stays: until it ends a receipt may tell what came of it, and after that a person is asked.
            Outcome::Unknown(why) => {
                tracing::warn!(conversation_id = %head.id, message_id = %message.id, why, "the outcome of a send is unknown");
                Ok((head, Then::Rest))
            }
        }
    }

    fn wait(&self, message: &Message, asked: Option<Duration>) -> Duration {
        self.scale.of(backoff::wait(waits(message), asked, self.random.fraction()))
    }

    /// A reaction that the channel took shows on its message. Before the record: whoever dies in between leaves an unknown
    /// outcome, never a reaction that nobody sees.
    async fn show_reaction(
        &self,
        tenant: &Tenant<'_>,
        account: &Account,
        message: &Message,
        at: Timestamp,
    ) -> table::Result<()> {
        let Some(Details::Reaction(reaction)) = &message.body.details else { return Ok(()) };
        let fact = Amendment::Reaction(Reaction { by: message.author.clone(), emoji: reaction.emoji.clone(), at });
        tenant.amend(&account.id, &reaction.channel_message_id, &fact).await.map(drop)
    }

    /// One more of what an alarm watches.
    fn count(&self, figure: &str) {
        metrics::emit(self.clock.now(), &[("function", &self.name)], &[(figure, Unit::Count, 1.0)]);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now())
    }

    async fn park(
        &self,
        tenant: &Tenant<'_>,
        account: Option<&Account>,
        head: Head,
        message: &Message,
        why: &Failure,
        now: Timestamp,
    ) -> table::Result<(Head, Then)> {
        match account {
            Some(account) => {
                self.count("ParkedSends");
                Ok((tenant.park_account(account, &head, message, why, now).await?, Then::Rest))
            }
            None => Ok((tenant.record_failed(&head, message, why, now).await?, Then::Again)),
        }
    }
}

fn unsupported() -> Failure {
    Failure {
        code: "channel_unsupported".to_owned(),
        title: "This channel cannot send yet".to_owned(),
        channel_code: None,
    }
}

/// Nothing is stored that the API did not take, so this is a part of a type that we once sent and no longer do.
fn unsendable() -> Failure {
    Failure {
        code: "type_unsupported".to_owned(),
        title: "This type of message cannot be sent".to_owned(),
        channel_code: None,
    }
}

/// How often the channel certainly did not take this attempt.
fn waits(message: &Message) -> u32 {
    message.delivery.as_ref().map_or(0, |d| d.waits)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
