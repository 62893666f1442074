//! What customers, agents and bad luck do in a run.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use domain::{ConversationId, Timestamp};
use serde_json::json;
use table::{ListFilter, Tables};

use crate::agent::Agents;
use crate::meta::{Meta, event};
use crate::record::{Connect, Record, Reply, Written};
use crate::stage::{self, ACCOUNTS, Customer, House, TENANTS};
use crate::time::Scheduler;
use crate::world::World;

type Step = Pin<Box<dyn Future<Output = ()>>>;

/// Its clones are one and the same.
#[derive(Clone)]
pub struct Workload {
    world: World,
    scheduler: Scheduler,
    meta: Meta,
    agents: Agents,
    houses: Rc<Vec<House>>,
    tables: Rc<Tables>,
    customers: Rc<Vec<Customer>>,
    record: Rc<RefCell<Record>>,
    /// What must happen one after the other: each customer's messages, each conversation's replies.
    chains: Rc<RefCell<BTreeMap<String, VecDeque<Step>>>>,
    open: Rc<Cell<usize>>,
    counted: Rc<Cell<usize>>,
    of_customer: Rc<RefCell<BTreeMap<Customer, usize>>>,
}

impl Workload {
    pub fn new(
        world: &World,
        scheduler: &Scheduler,
        meta: &Meta,
        agents: Agents,
        houses: Rc<Vec<House>>,
        tables: Rc<Tables>,
    ) -> Self {
        Self {
            world: world.clone(),
            scheduler: scheduler.clone(),
            meta: meta.clone(),
            agents,
            houses,
            tables,
            customers: Rc::new(stage::customers()),
            record: Rc::default(),
            chains: Rc::default(),
            open: Rc::default(),
            counted: Rc::default(),
            of_customer: Rc::default(),
        }
    }

    /// Whether everything that was begun has ended.
    pub fn is_quiet(&self) -> bool {
        self.open.get() == 0
    }

    /// What was asked so far; it is handed over for good.
    pub fn record(&self) -> Record {
        self.record.take()
    }

    /// Plays so many actions, some seconds apart.
    pub async fn play(&self, actions: usize) {
        for house in 0..TENANTS {
            let now = Timestamp::from_millis(self.world.now());
            let head =
                self.tables.tenant(&self.houses[house].ctx).log_head(now).await.expect("the auditor meets no fault");
            self.record.borrow_mut().cursors.insert(house, head);
            self.open_socket(house).await;
        }
        for _ in 0..actions {
            // Some things happen at once.
            let pause = if self.world.chance.below(3) == 0 { 0 } else { self.world.chance.between(0, 1_200) };
            self.world.time.sleep(Duration::from_millis(pause)).await;
            self.act().await;
        }
    }

    async fn act(&self) {
        let chance = &self.world.chance;
        match chance.below(100) {
            0..=47 => self.customer_writes(),
            48..=74 => self.agent_answers().await,
            75..=81 => self.agent_reads().await,
            82..=90 => self.comes_again(),
            91..=92 => self.poison(),
            93..=94 => self.open_socket(chance.below(TENANTS)).await,
            95 => self.graph_goes_down(),
            96 => self.queues_go_down(),
            97 => self.tables_go_down(),
            98 => self.token_dies(),
            _ => self.world.time.sleep(Duration::from_secs(chance.between(5, 90))).await,
        }
    }

    fn note(&self, what: String) {
        self.world.trace().note(self.world.time.micros(), what);
    }

    fn count(&self) -> usize {
        self.counted.set(self.counted.get() + 1);
        self.counted.get()
    }

    fn customer_writes(&self) {
        let customer = self.world.chance.pick(&self.customers).clone();
        let n = self.count();
        let number = stage::number(customer.house, customer.account);
        // Meta's ids are unique for one number: others may use the same, and here they do.
        let external_id = {
            let mut counts = self.of_customer.borrow_mut();
            let count = counts.entry(customer.clone()).or_insert(0);
            *count += 1;
            format!("wamid.in{}.{count}", customer.phone)
        };
        let text = format!("{} customer says {n}.", self.houses[customer.house].mark);
        let message = json!({
            "from": customer.phone, "id": external_id, "timestamp": (self.world.now() / 1_000).to_string(),
            "type": "text", "text": { "body": text },
        });
        let contact = json!({ "profile": { "name": "Dana" }, "wa_id": customer.phone });
        let post = event(&number, &json!({ "contacts": [contact], "messages": [message] }));
        self.note(format!("{number}: {} writes {external_id}", customer.phone));
        let this = self.clone();
        let chain = format!("{number} {}", customer.phone);
        self.after(chain, async move {
            this.meta.post(&post).await;
            this.record.borrow_mut().written.push(Written { customer, external_id, text });
        });
    }

    fn comes_again(&self) {
        let this = self.clone();
        self.begin(async move {
            let wait = this.world.chance.between(0, 400);
            this.world.time.sleep(Duration::from_secs(wait)).await;
            this.meta.post_again().await;
        });
    }

    /// Signed, and routed, but its message is none.
    fn poison(&self) {
        let customer = self.world.chance.pick(&self.customers).clone();
        let word = format!("{} poison {}.", self.houses[customer.house].mark, self.count());
        let message = json!({ "from": customer.phone, "id": word, "timestamp": { "no": "time" }, "type": 5 });
        let number = stage::number(customer.house, customer.account);
        let post = event(&number, &json!({ "messages": [message] }));
        self.note(format!("{number}: {word}"));
        let this = self.clone();
        self.begin(async move {
            this.meta.post(&post).await;
            this.record.borrow_mut().poison.push((customer.house, word));
        });
    }

    fn graph_goes_down(&self) {
        let until = self.world.now() + self.world.chance.between(5, 90) as i64 * 1_000;
        self.world.clouds().graph.down_until = until;
        self.note("Graph goes down".to_owned());
    }

    /// For longer than two tries of the SDK take: what comes meanwhile goes to the bucket.
    fn queues_go_down(&self) {
        let until = self.world.now() + self.world.chance.between(3, 40) as i64 * 1_000;
        self.world.clouds().queues.down_until = until;
        self.note("the queues take nothing".to_owned());
    }

    /// For as long that a batch of the stream may be given up.
    fn tables_go_down(&self) {
        let until = self.world.now() + self.world.chance.between(5, 40) as i64 * 1_000;
        self.world.clouds().dynamodb.down_until = until;
        self.note("the tables answer nothing".to_owned());
    }

    /// Somebody removes it; after a while the tenant gives the number another.
    fn token_dies(&self) {
        let chance = &self.world.chance;
        let (house, wait) = (chance.below(TENANTS), chance.between(5, 120));
        let number = stage::number(house, chance.below(ACCOUNTS));
        self.world.clouds().graph.kill_token(&number);
        self.note(format!("the token of {number} dies, for {wait} s"));
        let this = self.clone();
        self.after(format!("token of {number}"), async move {
            this.world.time.sleep(Duration::from_secs(wait)).await;
            let status = this.agents.reconnect(&this.houses[house], &number).await;
            this.note(format!("{number} is connected again: {status}"));
            this.record.borrow_mut().connects.push(Connect { house, number, status });
        });
    }

    async fn open_socket(&self, house: usize) {
        let connection = format!("socket-{}", self.count());
        self.note(format!("{connection} opens for house {house}"));
        stage::open_socket(&self.world, &self.tables, &self.houses[house], &connection).await;
        self.record.borrow_mut().sockets.push((house, connection));
    }

    async fn agent_answers(&self) {
        let house = self.world.chance.below(TENANTS);
        let Some(conversation) = self.some_conversation(house).await else { return };
        let n = self.count();
        let parts = 1 + self.world.chance.below(3);
        let parts: Vec<String> = (1..=parts).map(|p| format!("{} reply {n}.{p}", self.houses[house].mark)).collect();
        self.note(format!("house {house} answers {conversation} with {} parts ({n})", parts.len()));
        let this = self.clone();
        self.after(conversation.to_string(), async move {
            let key = format!("key-{n}");
            let status = this.agents.reply(&this.houses[house], &conversation, &key, &parts).await;
            this.record.borrow_mut().replies.push(Reply { house, conversation, parts, status });
        });
    }

    async fn agent_reads(&self) {
        let house = self.world.chance.below(TENANTS);
        let Some(conversation) = self.some_conversation(house).await else { return };
        let this = self.clone();
        self.begin(async move {
            this.agents.mark_read(&this.houses[house], &conversation).await;
        });
    }

    async fn some_conversation(&self, house: usize) -> Option<ConversationId> {
        let every = ListFilter { statuses: Vec::new(), owner: None, channel: None };
        let page = self.tables.tenant(&self.houses[house].ctx).conversations(&every, None, 100).await;
        let rows = page.expect("the auditor meets no fault").items;
        // The newest is looked at most.
        let newest = self.world.chance.below(2) == 0;
        let row = if newest { rows.first() } else { rows.get(self.world.chance.below(rows.len())) };
        row.map(|row| row.id.clone())
    }

    fn begin(&self, step: impl Future<Output = ()> + 'static) {
        self.open.set(self.open.get() + 1);
        let open = Rc::clone(&self.open);
        self.scheduler.spawn(async move {
            step.await;
            open.set(open.get() - 1);
        });
    }

    /// Begins once the steps before it in its chain have ended.
    fn after(&self, chain: String, step: impl Future<Output = ()> + 'static) {
        let mut chains = self.chains.borrow_mut();
        if let Some(waiting) = chains.get_mut(&chain) {
            waiting.push_back(Box::pin(step));
            return;
        }
        chains.insert(chain.clone(), VecDeque::from([Box::pin(step) as Step]));
        drop(chains);
        let chains = Rc::clone(&self.chains);
        self.begin(async move {
            loop {
                let Some(step) = chains.borrow_mut().get_mut(&chain).and_then(VecDeque::pop_front) else { break };
                step.await;
            }
            chains.borrow_mut().remove(&chain);
        });
    }
}
