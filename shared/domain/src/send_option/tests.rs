//! The rules, row by row.

use Path::{FreeForm, HumanAgent, Reaction, Template};

use super::*;

const HOUR: i64 = 3_600_000;
/// After the day on which WhatsApp began to charge for service messages.
const THEN: i64 = SERVICE_CHARGED_FROM.millis() + 1_000 * HOUR;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(THEN + hours * HOUR)
}

/// The customer wrote at hour 0.
fn written(channel: ChannelType) -> Standing {
    Standing { channel, window: Window::opened(channel, at(0)), free_entry: None }
}

#[test]
fn each_way_is_open_as_long_as_its_rule_says() {
    use ChannelType::{Instagram, Line, Messenger, Whatsapp};
    let shut = Err(Closed::WindowClosed);
    for (channel, hours, path, state) in [
        (Whatsapp, 0, FreeForm, Ok(Some(at(24)))),
        (Whatsapp, 23, Reaction, Ok(Some(at(24)))),
        (Whatsapp, 24, FreeForm, shut),
        (Whatsapp, 24, Reaction, shut),
        (Whatsapp, 5_000, Template, Ok(None)),
        (Messenger, 23, FreeForm, Ok(Some(at(24)))),
        (Messenger, 24, FreeForm, shut),
        (Messenger, 167, HumanAgent, Ok(Some(at(168)))),
        (Messenger, 168, HumanAgent, shut),
        (Instagram, 24, FreeForm, shut),
        (Instagram, 24, HumanAgent, Ok(Some(at(168)))),
        (Line, 5_000, FreeForm, Ok(None)),
    ] {
        let option = written(channel).options(at(hours)).into_iter().find(|o| o.path == path);
        assert_eq!(option.map(|o| o.state), Some(state), "{channel} {path:?} after {hours} h");
        assert_eq!(written(channel).allows(path, at(hours)), state.map(drop), "{channel} {path:?}");
    }
}

#[test]
fn what_no_rule_names_is_not_offered_and_what_never_opened_is_told_from_what_has_closed() {
    let never = Standing { window: Window::unopened(ChannelType::Whatsapp), ..written(ChannelType::Whatsapp) };
    assert_eq!(never.allows(FreeForm, at(0)), Err(Closed::WindowNeverOpened));
    assert_eq!(never.allows(Template, at(0)), Ok(()));
    assert_eq!(written(ChannelType::Line).allows(Template, at(0)), Err(Closed::NotOffered));
    assert_eq!(written(ChannelType::Whatsapp).allows(HumanAgent, at(0)), Err(Closed::NotOffered));
}

#[test]
fn service_messages_are_free_until_october_2026_and_after_an_advertisement() {
    let came = FreeEntry::came(None, at(0));
    let entry = |answered: i64| Some(came.answered(at(answered)));
    for (free_entry, hours, price, free_until) in [
        (None, -1_001, [PriceClass::Free, PriceClass::TemplateCategory], None),
        (None, -1_000, [PriceClass::Service, PriceClass::TemplateCategory], None),
        (Some(came), 1, [PriceClass::Service, PriceClass::TemplateCategory], None),
        (entry(2), 3, [PriceClass::FreeEntryPoint; 2], Some(at(74))),
        (entry(2), 73, [PriceClass::FreeEntryPoint; 2], Some(at(74))),
        (entry(2), 74, [PriceClass::Service, PriceClass::TemplateCategory], None),
        (entry(24), 25, [PriceClass::Service, PriceClass::TemplateCategory], None), // Answered too late.
    ] {
        let options = Standing { free_entry, ..written(ChannelType::Whatsapp) }.options(at(hours));
        let seen: Vec<_> = options.iter().filter(|o| o.path != Reaction).map(|o| (o.price, o.free_until)).collect();
        assert_eq!(seen, price.map(|price| (price, free_until)), "{free_entry:?} at {hours} h");
    }
}

#[test]
fn only_the_first_answer_to_the_newest_visit_counts() {
    let answered = FreeEntry::came(None, at(0)).answered(at(1));
    assert_eq!(answered.answered(at(5)), answered);
    assert_eq!(FreeEntry::came(Some(answered), at(-3)), answered);
    assert_eq!(FreeEntry::came(Some(answered), at(9)), FreeEntry { came_at: at(9), answered_at: None });
}

#[test]
fn every_rule_names_its_source() {
    let unnamed: Vec<_> = RULES.iter().filter(|rule| !rule.source.starts_with("https://")).collect();
    assert_eq!(unnamed, Vec::<&Rule>::new());
}
