//! Templates as the channel last told of them: a row for each of an account, by name and language.

use domain::template::TemplateChange;
use domain::{AccountId, Template};

use crate::change::{When, Write};
use crate::item;
use crate::store::{Index, Range, Read, Sk, TRIES};
use crate::{Error, Page, Result, Tenant, key};

/// What a sync changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// New, or not as before.
    pub changed: usize,
    /// Gone at the channel.
    pub removed: usize,
}

impl Tenant<'_> {
    pub async fn template(&self, account: &AccountId, name: &str, language: &str) -> Result<Option<Template>> {
        let at = key::template(&self.id, account, name, language);
        self.truth().get(&at, Read::Consistent).await?.map(item::decode).transpose()
    }

    /// By name and language, those after `after` (a place that [`Page::next`] told).
    pub async fn templates(
        &self,
        account: &AccountId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page<Template, String>> {
        let first = key::template(&self.id, account, "", "");
        let all = key::templates_of(account);
        let end = format!("{all}\u{7f}");
        let from = after.map_or_else(|| all.clone(), |after| format!("{all}{after}\u{1}"));
        let range = Range {
            index: Index::Table,
            pk: first.pk,
            sk: Sk::Between(&from, &end),
            newest_first: false,
            limit: Some(limit),
            read: Read::Eventual,
        };
        let (items, more) = self.truth().page(&range).await?;
        let items = items.into_iter().map(item::decode).collect::<Result<Vec<Template>>>()?;
        let next = items.last().filter(|_| more).map(|last| key::template_place(&last.name, &last.language));
        Ok(Page { items, next })
    }

    pub async fn put_template(&self, template: &Template) -> Result<()> {
        let at = key::template(&self.id, &template.account, &template.name, &template.language);
        self.truth().write(&Write::Put(item::encode(&at, template)?, When::Always)).await.map(drop)
    }

    /// Makes the account's rows those that the channel tells of. What is as before is not written.
    pub async fn sync_templates(&self, account: &AccountId, told: &[Template]) -> Result<Synced> {
        let mut known = Vec::new();
        let mut after = None;
        loop {
            let page = self.templates(account, after.as_deref(), SYNC_PAGE).await?;
            known.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut synced = Synced::default();
        for template in told {
            let same = known.iter().find(|known| is_one(known, template));
            if same.is_some_and(|same| Template { synced_at: template.synced_at, ..same.clone() } == *template) {
                continue;
            }
            self.put_template(template).await?;
            synced.changed += 1;
        }
        for gone in known.iter().filter(|known| !told.iter().any(|template| is_one(known, template))) {
            let at = key::template(&self.id, account, &gone.name, &gone.language);
            self.truth().write(&Write::Delete(at, When::Always)).await?;
            synced.removed += 1;
        }
        Ok(synced)
    }

    /// Adds news of a template. One that is not known here comes with the next sync.
    pub async fn change_template(
        &self,
        account: &AccountId,
        name: &str,
        language: &str,
        change: &TemplateChange,
    ) -> Result<()> {
        let at = key::template(&self.id, account, name, language);
        for attempt in 0..TRIES {
            self.tables.pause.before(attempt).await;
            let Some(stored) = self.truth().get(&at, Read::Consistent).await? else { return Ok(()) };
            let before: Template = item::decode(stored.clone())?;
            let after = before.clone().told(change);
            if after == before {
                return Ok(());
            }
            let same = ["status", "synced_at"].map(|name| (name, stored.get(name).cloned()));
            if self.truth().write(&Write::Put(item::encode(&at, &after)?, When::Is(same.to_vec()))).await? {
                return Ok(());
            }
        }
        Err(Error::Retry("others kept changing the template".to_owned()))
    }
}

/// Rows of one read while syncing.
const SYNC_PAGE: usize = 250;

fn is_one(a: &Template, b: &Template) -> bool {
    (&a.name, &a.language) == (&b.name, &b.language)
}
