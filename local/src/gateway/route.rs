//! Which route of an HTTP API takes a request.
//! [Rules](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html): a full match
//! before a greedy one before `$default`; a method of its own before `ANY`; text before a variable.

use std::collections::BTreeMap;

/// A route key, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    key: String,
    method: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Text(String),
    Variable(String),
    Greedy(String),
}

/// How good a match is: greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    whole: bool,
    texts: usize,
    method: bool,
}

impl Pattern {
    /// Takes a route key apart: `GET /v1/{proxy+}` or `$default`.
    pub fn new(key: &str) -> Self {
        let (method, path) =
            key.split_once(' ').unwrap_or(("ANY", if key == "$default" { "/{$default+}" } else { key }));
        let segments = path.split('/').skip(1).map(|segment| {
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => match name.strip_suffix('+') {
                    Some(name) => Segment::Greedy(name.to_owned()),
                    None => Segment::Variable(name.to_owned()),
                },
                None => Segment::Text(segment.to_owned()),
            }
        });
        Self { key: key.to_owned(), method: method.to_owned(), segments: segments.collect() }
    }

    /// The route key as the template states it.
    pub fn key(&self) -> &str {
        &self.key
    }

    fn fit(&self, method: &str, path: &[&str]) -> Option<(Fit, BTreeMap<String, String>)> {
        if self.method != "ANY" && self.method != method {
            return None;
        }
        let mut variables = BTreeMap::new();
        let mut fit = Fit { whole: true, texts: 0, method: self.method != "ANY" };
        for (index, segment) in self.segments.iter().enumerate() {
            let here = path.get(index)?;
            match segment {
                Segment::Text(text) if text == here => fit.texts += 1,
                Segment::Text(_) => return None,
                Segment::Variable(_) if here.is_empty() => return None,
                Segment::Variable(name) => _ = variables.insert(name.clone(), decoded(here)),
                Segment::Greedy(name) => {
                    fit.whole = false;
                    if self.key != "$default" {
                        variables.insert(name.clone(), decoded(&path[index..].join("/")));
                    }
                    return Some((fit, variables));
                }
            }
        }
        (path.len() == self.segments.len()).then_some((fit, variables))
    }
}

/// The best route for a request, by its place in `patterns`, and the path's variables.
pub fn choose(patterns: &[Pattern], method: &str, path: &str) -> Option<(usize, BTreeMap<String, String>)> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let fits = patterns.iter().enumerate().filter_map(|(index, pattern)| {
        let (fit, variables) = pattern.fit(method, &segments)?;
        Some(((pattern.key != "$default", fit), index, variables))
    });
    fits.max_by(|left, right| left.0.cmp(&right.0)).map(|(_, index, variables)| (index, variables))
}

fn decoded(text: &str) -> String {
    let form = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(form.as_bytes()).next().map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_route_takes_a_request() {
        let keys = [
            "ANY /v1/{proxy+}",
            "GET /webhooks/meta",
            "POST /webhooks/meta/{app_id}",
            "ANY /webhooks/meta/{app_id}",
            "GET /v1/me",
            "$default",
        ];
        let patterns: Vec<_> = keys.iter().map(|key| Pattern::new(key)).collect();
        for (method, path, key, variables) in [
            ("GET", "/v1/conversations/c-1", "ANY /v1/{proxy+}", &[("proxy", "conversations/c-1")][..]),
            ("GET", "/v1/me", "GET /v1/me", &[]),
            ("POST", "/v1/me", "ANY /v1/{proxy+}", &[("proxy", "me")]),
            ("GET", "/webhooks/meta", "GET /webhooks/meta", &[]),
            ("POST", "/webhooks/meta", "$default", &[]),
            ("POST", "/webhooks/meta/1001", "POST /webhooks/meta/{app_id}", &[("app_id", "1001")]),
            ("PUT", "/webhooks/meta/a%20b", "ANY /webhooks/meta/{app_id}", &[("app_id", "a b")]),
            ("GET", "/", "$default", &[]),
        ] {
            let (index, found) = choose(&patterns, method, path).unwrap();
            let expected = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!((patterns[index].key(), found), (key, expected), "{method} {path}");
        }
        assert_eq!(choose(&patterns[..5], "GET", "/elsewhere"), None);
    }
}
