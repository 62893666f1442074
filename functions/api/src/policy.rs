//! Who may call what: every route and its guard. A route that is missing here is refused to everybody.

use axum::http::Method;
use domain::Action;

/// What a request must bring before its handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing: whoever calls may.
    Public,
    /// A refresh cookie, which the handler itself judges.
    Cookie,
    /// Meta's `signed_request`, which the handler itself verifies.
    SignedByMeta,
    /// An access token.
    SignedIn,
    /// An access token of someone whose role may do this.
    May(Action),
}

use Guard::{Cookie, May, Public, SignedByMeta, SignedIn};

/// Method, path, guard.
pub const ROUTES: &[(&str, &str, Guard)] = &[
    ("GET", "/v1/openapi.json", Public),
    ("POST", "/v1/auth/login", Public),
    ("POST", "/v1/auth/refresh", Cookie),
    ("POST", "/v1/auth/logout", Cookie),
    ("GET", "/v1/me", SignedIn),
    ("GET", "/v1/users", May(Action::UserRead)),
    ("GET", "/v1/presence", May(Action::UserRead)),
    ("GET", "/v1/channels", May(Action::ChannelRead)),
    ("POST", "/v1/channels/connect", May(Action::ChannelManage)),
    ("PATCH", "/v1/channels/{id}", May(Action::ChannelManage)),
    ("DELETE", "/v1/channels/{id}", May(Action::ChannelManage)),
    ("POST", "/v1/channels/{id}/test", May(Action::ChannelManage)),
    ("GET", "/v1/channels/{id}/templates", May(Action::ChannelRead)),
    ("POST", "/v1/channels/{id}/templates", May(Action::ChannelManage)),
    ("POST", "/v1/channels/{id}/templates/sync", May(Action::ChannelManage)),
    ("GET", "/v1/conversations", May(Action::ConversationRead)),
    ("GET", "/v1/conversations/{id}", May(Action::ConversationRead)),
    ("POST", "/v1/conversations/{id}/assign", May(Action::ConversationAssign)),
    ("POST", "/v1/conversations/{id}/status", May(Action::ConversationUpdate)),
    ("POST", "/v1/conversations/{id}/mark-read", May(Action::ConversationUpdate)),
    ("GET", "/v1/conversations/{id}/send-options", May(Action::ConversationRead)),
    ("GET", "/v1/conversations/{id}/messages", May(Action::ConversationRead)),
    ("POST", "/v1/conversations/{id}/messages", May(Action::MessageSend)),
    ("DELETE", "/v1/messages/{id}", May(Action::MessageSend)),
    ("POST", "/v1/messages/{id}/retry", May(Action::MessageSend)),
    ("POST", "/v1/uploads", May(Action::MessageSend)),
    ("GET", "/v1/attachments/{id}", May(Action::ConversationRead)),
    ("GET", "/v1/sync", May(Action::ConversationRead)),
    ("GET", "/v1/events", May(Action::ConversationRead)),
    ("POST", "/v1/realtime/tickets", May(Action::ConversationRead)),
    ("GET", "/v1/operations/quarantine", May(Action::OperationsRead)),
    ("GET", "/v1/operations/quarantine/{id}", May(Action::OperationsRead)),
    ("POST", "/v1/operations/quarantine/{id}/replay", May(Action::OperationsAct)),
    ("POST", "/v1/operations/quarantine/{id}/discard", May(Action::OperationsAct)),
    ("GET", "/v1/operations/dead-letters", May(Action::OperationsRead)),
    ("GET", "/v1/operations/dead-letters/{id}", May(Action::OperationsRead)),
    ("POST", "/v1/operations/dead-letters/{id}/replay", May(Action::OperationsAct)),
    ("POST", "/v1/operations/dead-letters/{id}/discard", May(Action::OperationsAct)),
    ("GET", "/v1/operations/unknown-sends", May(Action::OperationsRead)),
    ("GET", "/v1/operations/unknown-sends/{id}", May(Action::OperationsRead)),
    ("POST", "/v1/operations/unknown-sends/{id}/replay", May(Action::OperationsAct)),
    ("POST", "/v1/operations/unknown-sends/{id}/discard", May(Action::OperationsAct)),
    ("GET", "/v1/operations/parked-sends", May(Action::OperationsRead)),
    ("GET", "/v1/operations/parked-sends/{id}", May(Action::OperationsRead)),
    ("POST", "/v1/operations/parked-sends/{id}/replay", May(Action::OperationsAct)),
    ("POST", "/v1/operations/parked-sends/{id}/discard", May(Action::OperationsAct)),
    ("GET", "/v1/operations/spill", May(Action::OperationsRead)),
    ("GET", "/v1/operations/spill/{id}", May(Action::OperationsRead)),
    ("POST", "/v1/operations/spill/{id}/replay", May(Action::OperationsAct)),
    ("POST", "/v1/operations/spill/{id}/discard", May(Action::OperationsAct)),
    ("GET", "/v1/operations/unrouted", May(Action::UnroutedRead)),
    ("GET", "/v1/operations/unrouted/{id}", May(Action::UnroutedRead)),
    ("POST", "/v1/operations/unrouted/{id}/replay", May(Action::UnroutedAct)),
    ("POST", "/v1/operations/unrouted/{id}/discard", May(Action::UnroutedAct)),
    ("POST", "/v1/meta/deauthorize", SignedByMeta),
    ("POST", "/v1/meta/data-deletion", SignedByMeta),
    ("GET", "/v1/meta/deletions/{id}", Public),
    ("GET", "/v1/export/messages", May(Action::ExportRead)),
];

/// The guard of a route, by the path as it is declared.
pub fn guard(method: &Method, path: &str) -> Option<Guard> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|(m, p, _)| *m == method && *p == path).map(|(_, _, guard)| *guard)
}

/// The methods that a path takes; `None` for a path that is no route.
pub fn methods(path: &str) -> Option<String> {
    let methods: Vec<_> = ROUTES.iter().filter(|(_, p, _)| *p == path).map(|(method, _, _)| *method).collect();
    (!methods.is_empty()).then(|| methods.join(", "))
}
