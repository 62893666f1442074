//! WebSocket events as API Gateway hands them to Lambda.
//! [Context](https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html).

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{HOST, USER_AGENT};
use serde_json::{Map, Value, json};

use crate::clock;

/// What stays the same for all events of a connection.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) api: String,
    pub(super) stage: String,
    pub(super) domain: String,
    pub(super) source_ip: IpAddr,
    pub(super) user_agent: String,
    pub(super) connected_ms: u64,
}

impl Client {
    pub(super) fn new(id: String, api: &str, stage: &str, headers: &HeaderMap, source_ip: IpAddr, now_ms: u64) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Self {
            id,
            api: api.to_owned(),
            stage: stage.to_owned(),
            domain: text(HOST),
            source_ip,
            user_agent: text(USER_AGENT),
            connected_ms: now_ms,
        }
    }

    pub(super) fn connect(&self, headers: &HeaderMap, query: &str, request_id: &str, now_ms: u64) -> Value {
        let (one, many) = header_maps(headers);
        let mut event = json!({
            "headers": one,
            "multiValueHeaders": many,
            "requestContext": self.context("$connect", "CONNECT", request_id, now_ms),
            "isBase64Encoded": false,
        });
        if !query.is_empty() {
            let (one, many) = query_maps(query);
            event["queryStringParameters"] = Value::Object(one);
            event["multiValueQueryStringParameters"] = Value::Object(many);
        }
        event
    }

    pub(super) fn message(&self, route: &str, body: &str, request_id: &str, now_ms: u64) -> Value {
        let mut context = self.context(route, "MESSAGE", request_id, now_ms);
        context["messageId"] = json!(request_id);
        json!({ "requestContext": context, "body": body, "isBase64Encoded": false })
    }

    pub(super) fn disconnect(&self, code: u16, reason: &str, request_id: &str, now_ms: u64) -> Value {
        let mut context = self.context("$disconnect", "DISCONNECT", request_id, now_ms);
        context["disconnectStatusCode"] = json!(code);
        context["disconnectReason"] = json!(reason);
        json!({ "headers": { "Host": self.domain }, "multiValueHeaders": { "Host": [self.domain] },
                "requestContext": context, "isBase64Encoded": false })
    }

    fn context(&self, route: &str, kind: &str, request_id: &str, now_ms: u64) -> Value {
        json!({
            "routeKey": route,
            "eventType": kind,
            "extendedRequestId": request_id,
            "requestTime": clock::common_log(now_ms),
            "messageDirection": "IN",
            "stage": self.stage,
            "connectedAt": self.connected_ms,
            "requestTimeEpoch": now_ms,
            "identity": { "sourceIp": self.source_ip.to_string(), "userAgent": self.user_agent },
            "requestId": request_id,
            "domainName": self.domain,
            "connectionId": self.id,
            "apiId": self.api,
        })
    }
}

/// The last value of each name, and all values.
fn header_maps(headers: &HeaderMap) -> (Map<String, Value>, Map<String, Value>) {
    let (mut one, mut many) = (Map::new(), Map::new());
    for name in headers.keys() {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        one.insert(name.as_str().to_owned(), json!(values.last()));
        many.insert(name.as_str().to_owned(), json!(values));
    }
    (one, many)
}

fn query_maps(query: &str) -> (Map<String, Value>, Map<String, Value>) {
    let (mut one, mut many) = (Map::new(), Map::<String, Value>::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        one.insert(name.to_string(), json!(value));
        if let Value::Array(values) = many.entry(name.into_owned()).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    }
    (one, many)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        let headers =
            HeaderMap::from_iter([(HOST, "127.0.0.1:8787".parse().unwrap()), (USER_AGENT, "scene".parse().unwrap())]);
        Client::new(
            "L0SM9cOFvHcCIhw=".to_owned(),
            "switchboard-SocketApi",
            "live",
            &headers,
            IpAddr::from([127, 0, 0, 1]),
            5,
        )
    }

    #[test]
    fn a_connect_carries_its_query_and_headers() {
        let headers = HeaderMap::from_iter([(HOST, "127.0.0.1:8787".parse().unwrap())]);
        let event = client().connect(&headers, "ticket=a%20b&ticket=c", "r-1", 1_709_210_096_789);
        assert_eq!(
            event,
            json!({
            "headers": { "host": "127.0.0.1:8787" }, "multiValueHeaders": { "host": ["127.0.0.1:8787"] },
            "queryStringParameters": { "ticket": "c" }, "multiValueQueryStringParameters": { "ticket": ["a b", "c"] },
            "requestContext": {
                "routeKey": "$connect", "eventType": "CONNECT", "extendedRequestId": "r-1",
                "requestTime": "29/Feb/2024:12:34:56 +0000", "messageDirection": "IN", "stage": "live", "connectedAt": 5,
                "requestTimeEpoch": 1_709_210_096_789_u64, "identity": { "sourceIp": "127.0.0.1", "userAgent": "scene" },
                "requestId": "r-1", "domainName": "127.0.0.1:8787", "connectionId": "L0SM9cOFvHcCIhw=",
                "apiId": "switchboard-SocketApi" },
            "isBase64Encoded": false })
        );
    }

    #[test]
    fn a_message_and_an_end_name_their_connection() {
        let message = client().message("$default", r#"{"action":"ping"}"#, "r-2", 7);
        assert_eq!(
            json!([message["body"], message["requestContext"]["messageId"], message["requestContext"]["eventType"]]),
            json!([r#"{"action":"ping"}"#, "r-2", "MESSAGE"])
        );
        let end = client().disconnect(1001, "Going away", "r-3", 9);
        assert_eq!(
            json!([end["requestContext"]["disconnectStatusCode"], end["requestContext"]["connectionId"]]),
            json!([1001, "L0SM9cOFvHcCIhw="])
        );
    }
}
