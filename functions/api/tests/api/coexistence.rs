//! A number that stays on the WhatsApp Business app: what it has from before is asked for once, and what fails is told.

use serde_json::{Value, json};

use crate::world::{World, onboarding::WABA, world};

const GOOD: &str = "The token is good, for Acme Ltd.";
const ALL: [&str; 2] = ["smb_app_state_sync 555", "history 555"];

fn on_a_phone() -> Value {
    json!({"id": "555", "display_phone_number": "+972 3 555 0101", "verified_name": "Acme Ltd", "platform_type": "CLOUD_API",
        "status": "CONNECTED", "is_on_biz_app": true})
}

/// The end of a signup; without a code, the same again.
fn ended(code: Option<&str>) -> Value {
    json!({"type": "whatsapp", "code": code, "waba_id": WABA, "phone_number_id": "555",
        "event": "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"})
}

async fn at_work() -> (World, String) {
    let world = world().await;
    let token = world.token("admin@acme.test").await;
    let ours = json!({"whatsapp_business_api_data": {"id": "1001"}});
    world.outside.has_subscribed(&[ours]);
    (world, token)
}

/// What the account's health says, and what was asked.
async fn connect(world: &World, token: &str, code: Option<&str>) -> (String, Vec<String>) {
    if let Some(code) = code {
        world.outside.signed_up(code, "business", &[on_a_phone()]);
    }
    let answer = world.post(token, "/v1/channels/connect", ended(code)).await;
    assert_eq!((answer.status.as_u16(), &answer.json["status"]), (200, &json!("active")), "{answer:?}");
    let listed = world.get(token, "/v1/channels").await.json;
    let items = listed["items"].as_array().unwrap();
    assert!(items.contains(&answer.json), "what is answered is what is kept: {items:?}");
    (answer.json["health"].as_str().unwrap().to_owned(), world.outside.done())
}

fn told(health: &str, asked: &[&str]) -> (String, Vec<String>) {
    (health.to_owned(), asked.iter().map(|asked| (*asked).to_owned()).collect())
}

#[tokio::test]
async fn contacts_and_chats_are_asked_for_after_a_signup_and_not_twice() {
    let (world, token) = at_work().await;
    assert_eq!(connect(&world, &token, Some("c1")).await, told(GOOD, &ALL));
    assert_eq!(connect(&world, &token, None).await, told(GOOD, &[]));
}

#[tokio::test]
async fn what_failed_is_told_and_the_same_again_asks_for_it_alone() {
    let (world, token) = at_work().await;
    world.outside.breaks("smb_app_state_sync");
    let again = |names: &str| {
        format!(
            "{GOOD} WhatsApp could not be asked for its {names}: connect it again without the code, within 24 hours of the signup."
        )
    };
    assert_eq!(connect(&world, &token, Some("c1")).await, told(&again("contacts and its chats so far"), &[]));
    world.outside.breaks("history");
    assert_eq!(connect(&world, &token, None).await, told(&again("chats so far"), &ALL[..1]));
    assert_eq!(connect(&world, &token, None).await, told(GOOD, &ALL[1..]));
    assert_eq!(connect(&world, &token, None).await, told(GOOD, &[]));
}

#[tokio::test]
async fn what_comes_too_late_is_told_with_the_way_to_have_it_all_the_same() {
    let (world, token) = at_work().await;
    world.outside.is_late();
    let late = "WhatsApp gives its contacts and its chats so far no more, as the signup was over 24 hours ago: to have them, \
        disconnect the number in the WhatsApp Business app and go through the signup again.";
    assert_eq!(connect(&world, &token, Some("c1")).await, told(&format!("{GOOD} {late}"), &ALL));
    world.outside.starts_over();
    assert_eq!(connect(&world, &token, Some("c2")).await, told(GOOD, &ALL));
}

#[tokio::test]
async fn another_signup_asks_anew_and_what_was_had_before_is_no_loss() {
    let (world, token) = at_work().await;
    assert_eq!(connect(&world, &token, Some("c1")).await, told(GOOD, &ALL));
    // Without having been taken off, as when its token had died.
    assert_eq!(connect(&world, &token, Some("c2")).await, told(GOOD, &ALL));
    world.outside.starts_over();
    assert_eq!(connect(&world, &token, Some("c3")).await, told(GOOD, &ALL));
    world.outside.starts_over();
    world.outside.is_late();
    assert_eq!(connect(&world, &token, Some("c4")).await, told(GOOD, &ALL));
    assert_eq!(connect(&world, &token, None).await, told(GOOD, &[]));
}

#[tokio::test]
async fn a_signup_that_broke_off_before_is_asked_for_when_it_is_finished() {
    let (world, token) = at_work().await;
    assert_eq!(connect(&world, &token, Some("c1")).await, told(GOOD, &ALL));
    world.outside.starts_over();
    world.outside.has_subscribed(&[]);
    world.outside.breaks("subscribed_apps");
    world.outside.signed_up("c2", "business", &[on_a_phone()]);
    let broken = world.post(&token, "/v1/channels/connect", ended(Some("c2"))).await;
    assert_eq!((broken.code(), world.outside.done()), ((503, "channel_unreachable"), vec![]));
    let done = ["subscribe 2001 {}", ALL[0], ALL[1]];
    assert_eq!(connect(&world, &token, None).await, told(GOOD, &done));
}
