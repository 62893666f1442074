//! A standard queue between tenants.

use crate::stage::{Stage, bodies};

#[tokio::test]
async fn a_busy_tenant_steps_back_for_a_quiet_one() {
    let stage = Stage::new().await;
    let url = stage.queue("outbound", &[]).await;
    let send = async |group: &str| {
        stage.client.send_message().queue_url(&url).message_body(group).message_group_id(group).send().await.unwrap();
    };
    for _ in 0..60 {
        send("busy").await;
    }
    for _ in 0..4 {
        assert_eq!(stage.receive(&url).await.len(), 10);
    }
    send("quiet").await;
    // 40 of 40 messages in flight are the busy tenant's: whoever waits behind it goes first.
    let next = stage.receive(&url).await;
    assert_eq!((bodies(&next)[0], next.len()), ("quiet", 10));
}

#[tokio::test]
async fn a_tenant_with_few_in_flight_keeps_its_turn() {
    let stage = Stage::new().await;
    let url = stage.queue("outbound", &[]).await;
    for (group, count) in [("early", 40), ("late", 1)] {
        for _ in 0..count {
            let message = stage.client.send_message().queue_url(&url).message_body(group).message_group_id(group);
            message.send().await.unwrap();
        }
    }
    for _ in 0..2 {
        stage.receive(&url).await;
    }
    // All in flight are of one tenant, but 20 are too few to call it noisy: order of arrival.
    assert_eq!(bodies(&stage.receive(&url).await), ["early"; 10]);
    assert_eq!(bodies(&stage.receive(&url).await)[0], "late");
}
