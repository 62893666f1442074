//! One tenant's token against another's ids: the same answer as for an id that nobody has.

use scenes::{Agent, Graph, Live, Stage};
use serde_json::{Value, json};

const API: &str = include_str!("../../../docs/openapi.json");

/// Every operation of the API with an id in its path, its id's kind told from the path.
fn routes_with_ids() -> Vec<(String, String)> {
    let api: Value = serde_json::from_str(API).unwrap();
    let paths = api["paths"].as_object().unwrap();
    let with_id = paths.iter().filter(|(path, _)| path.contains("{id}"));
    let routes = with_id.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys().filter(|key| *key != "parameters");
        methods.map(|method| (method.to_uppercase(), path.clone()))
    });
    routes.collect()
}

/// A body that is right for the route, so that only the id can be refused.
fn body(path: &str) -> Value {
    match path.rsplit('/').next().unwrap() {
        "messages" => json!({ "parts": [{ "type": "text", "text": "mine now" }] }),
        "assign" => json!({ "user_id": null }),
        "{id}" => json!({ "read_receipts": false }),
        "status" => json!({ "status": "resolved" }),
        "templates" => json!({ "name": "mine", "language": "en", "category": "utility", "body": "mine now" }),
        _ => json!({}),
    }
}

/// Every id that Acme has, and one of each form that nobody has.
async fn ids(stage: &Stage, ada: &Agent) -> (Vec<String>, Vec<String>) {
    stage.customer_writes("1001", "972541234567", "wamid.1", Stage::now(), "secret").await;
    let conversation = ada.conversation_of("wamid.1").await;
    assert_eq!(ada.send(&conversation, "key", &["an answer"]).await.0, 202);
    let poison = scenes::payload::webhook("1001", &json!({ "messages": [{ "from": "972500000001", "id": 7 }] }));
    assert_eq!(stage.webhook(&poison).await, 200);
    stage.settled().await;
    let aside = ada.all("/v1/operations/quarantine").await;
    let of = |values: &[Value]| values.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let theirs = [of(&ada.all("/v1/channels").await), of(&ada.export().await), of(&aside), vec![conversation]].concat();
    // Ids are base32hex; the last-but-one character of each carries nothing but the hash.
    let nobodys = |id: &String| {
        let place = id.len() - 2;
        let other = if &id[place..=place] == "0" { "1" } else { "0" };
        format!("{}{other}{}", &id[..place], &id[place + 1..])
    };
    let unknown = theirs.iter().map(nobodys).collect();
    (theirs, unknown)
}

/// An answer without what differs from request to request.
fn comparable((status, mut answer): (u16, Value), id: &str) -> (u16, String) {
    if let Some(problem) = answer.as_object_mut() {
        problem.remove("request_id");
    }
    (status, answer.to_string().replace(id, "{id}"))
}

#[tokio::test]
async fn a_foreign_id_is_answered_as_an_unknown_one_on_every_route() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let (ada, gil) = (stage.agent("ada@acme.test").await, stage.agent("gil@globex.test").await);
    let (theirs, unknown) = ids(&stage, &ada).await;
    let before = ada.export().await;
    let routes = routes_with_ids();
    assert!(routes.len() > 20, "{routes:?}");
    for (method, path) in &routes {
        for (foreign, random) in theirs.iter().zip(&unknown) {
            let body = (method != "GET").then(|| body(path));
            let mut answers = Vec::new();
            for id in [foreign, random] {
                let answer = gil.ask(method, &path.replace("{id}", id), body.as_ref()).await;
                answers.push(comparable(answer, id));
            }
            assert_eq!(answers[0], answers[1], "{method} {path} with {foreign}");
            assert_eq!(answers[0].0, 404, "{method} {path} with {foreign}");
        }
    }
    stage.settled().await;
    assert_eq!(ada.export().await, before, "nothing of theirs has changed");
    stage.end().await;
}

#[tokio::test]
async fn a_socket_that_names_a_foreign_conversation_hears_what_an_unknown_one_tells_nothing() {
    let graph = Graph::start().await;
    let stage = Stage::with_graph(&graph, 1).await;
    let (ada, gil) = (stage.agent("ada@acme.test").await, stage.agent("gil@globex.test").await);
    let (theirs, unknown) = ids(&stage, &ada).await;
    let topic = |ids: &[String]| format!("conversation:{}", ids.last().unwrap());
    let mut answers = Vec::new();
    let mut ears = Vec::new();
    for topic in [topic(&theirs), topic(&unknown)] {
        let mut ear = Live::open(&gil, &["inbox".to_owned(), topic.clone()]).await;
        answers.push(ear.first("subscribed").await.to_string().replace(&topic, "{topic}"));
        ears.push(ear);
    }
    assert_eq!(answers[0], answers[1]);

    // What happens at Acme is told to Acme alone; then something of Globex's own arrives, as the first frame of all.
    let mut own = Live::open(&ada, &[topic(&theirs)]).await;
    stage.customer_writes("1001", "972541234567", "wamid.2", Stage::now(), "secret again").await;
    own.first("message.created").await;
    stage.settled().await;
    stage.customer_writes("3001", "447700900001", "wamid.3", Stage::now(), "hello Globex").await;
    for ear in &mut ears {
        let frame = ear.frame().await.unwrap();
        assert_eq!(frame["data"]["last_message_preview"], "hello Globex", "{frame}");
    }
    stage.end().await;
}
