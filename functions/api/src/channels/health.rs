//! What an account's health says, in sentences.

/// Of a token that is good: whose it is, and whether the webhooks of its messages come here, where Graph tells that.
pub(super) fn healthy(name: Option<&str>, webhooks_to: Option<&str>, public_url: &str) -> String {
    let good = name.map_or_else(|| "The token is good.".to_owned(), |name| format!("The token is good, for {name}."));
    match webhooks_to {
        None => good,
        Some(url) if comes_here(url, public_url) => format!("{good} Its messages come here."),
        Some(url) => format!("{good} Its messages go to {url}, not here."),
    }
}

/// `…/webhooks/meta`, or the same for one app.
fn comes_here(url: &str, public_url: &str) -> bool {
    let path = url.strip_prefix(public_url).and_then(|path| path.strip_prefix("/webhooks/meta"));
    path.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_where_the_messages_go() {
        for (url, said) in [
            (None, "The token is good, for Acme."),
            (Some("https://inbox.test/webhooks/meta"), "The token is good, for Acme. Its messages come here."),
            (Some("https://inbox.test/webhooks/meta/1001"), "The token is good, for Acme. Its messages come here."),
            (
                Some("https://inbox.test.evil.example/webhooks/meta"),
                "The token is good, for Acme. Its messages go to https://inbox.test.evil.example/webhooks/meta, not here.",
            ),
        ] {
            assert_eq!(healthy(Some("Acme"), url, "https://inbox.test"), said);
        }
        assert_eq!(healthy(None, None, "https://inbox.test"), "The token is good.");
    }
}
