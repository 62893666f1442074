//! Many screens on bad lines: whatever frames they lose, after `sync` all show the same. A target of its own, for it wants the
//! machine to itself: beside it, what other scenes time goes wrong.

use std::sync::Arc;

use scenes::{Agent, Graph, Live, Stage, fresh};
use serde_json::json;
use tokio::sync::watch;

const CLIENTS: usize = 200;

/// Chance, the same each time: [SplitMix64](https://prng.di.unimi.it/splitmix64.c).
struct Dice(u64);

impl Dice {
    fn one_in(&mut self, sides: u64) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).is_multiple_of(sides)
    }
}

/// Follows until the story is over: a fifth of the frames is lost, and now and then the line is cut.
async fn follow(mut client: Live, seed: u64, mut over: watch::Receiver<bool>) -> Live {
    let mut dice = Dice(seed);
    loop {
        let frame = tokio::select! {
            _ = over.wait_for(|over| *over) => break,
            frame = client.frame() => frame,
        };
        match frame {
            Some(frame) if !Live::is_hint(&frame) || dice.one_in(5) => {}
            Some(_) if dice.one_in(40) => client.connect().await,
            Some(frame) => client.take(&frame),
            None => {
                client.connect().await;
                client.sync().await;
            }
        }
    }
    client.sync().await;
    client
}

async fn tell_a_story(stage: &Stage, ada: &Agent, customers: &[String]) {
    for round in 0..4 {
        for customer in customers {
            let id = format!("wamid.{customer}.{round}");
            stage.customer_writes("1001", customer, &id, Stage::now(), &format!("message {round}")).await;
        }
        let conversation = ada.conversation_of(&format!("wamid.{}.{round}", customers[0])).await;
        assert_eq!(ada.send(&conversation, &format!("key{round}"), &["an answer"]).await.0, 202);
        let path = format!("/v1/conversations/{conversation}");
        assert_eq!(ada.ask("POST", &format!("{path}/mark-read"), Some(&json!({}))).await.0, 200);
        if round == 2 {
            // Every line is cut at once, as when API Gateway closes sockets after two hours.
            stage.host().connections.cut_all();
            let resolved = json!({ "status": "resolved" });
            assert_eq!(ada.ask("POST", &format!("{path}/status"), Some(&resolved)).await.0, 200);
        }
    }
    stage.settled().await;
}

#[tokio::test]
async fn two_hundred_clients_on_bad_lines_end_with_what_a_fresh_load_shows() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let ada = stage.agent("ada@acme.test").await;
    let customers: Vec<String> = (0..6).map(|n| format!("97250000000{n}")).collect();
    stage.customer_writes("1001", &customers[0], "wamid.first", Stage::now(), "hello").await;
    let shown = ada.conversation_of("wamid.first").await;
    let topics = Arc::new(["inbox".to_owned(), format!("conversation:{shown}")]);
    let (tell, over) = watch::channel(false);
    let mut clients = tokio::task::JoinSet::new();
    for seed in 0..CLIENTS as u64 {
        let client = Live::open(&ada, topics.as_ref()).await;
        clients.spawn(follow(client, seed, over.clone()));
    }
    tell_a_story(&stage, &ada, &customers).await;
    tell.send(true).unwrap();
    let truth = fresh(&ada).await;
    assert_eq!(truth.len(), customers.len() * 5 + 1 + 4, "rows, messages and answers");
    assert_eq!(clients.len(), CLIENTS);
    for client in clients.join_all().await {
        assert_eq!(client.known, truth);
    }
    stage.end().await;
}
