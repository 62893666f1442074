//! Who may do what: one table for REST and WebSocket alike.

use serde::{Deserialize, Serialize};

/// What a person is within a tenant; an operator is one of the install, and of no tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Admin,
    Manager,
    Agent,
    Viewer,
    Operator,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident => $text:literal: $($role:ident)|+;)+) => {
        /// Something that a person may or may not do, written `resource:action`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The policy: who may.
            pub fn allowed(self, role: Role) -> bool {
                use Role::*;
                match self { $(Self::$name => matches!(role, $($role)|+),)+ }
            }
        }
    };
}

actions! {
    ConversationRead => "conversation:read": Owner | Admin | Manager | Agent | Viewer;
    ConversationAssign => "conversation:assign": Owner | Admin | Manager | Agent;
    ConversationUpdate => "conversation:update": Owner | Admin | Manager | Agent;
    MessageSend => "message:send": Owner | Admin | Manager | Agent;
    UserRead => "user:read": Owner | Admin | Manager | Agent | Viewer;
    ChannelRead => "channel:read": Owner | Admin | Manager | Agent | Viewer;
    ChannelManage => "channel:manage": Owner | Admin;
    /// Quarantine, dead letters: what went wrong with one's own tenant; for an operator, what belongs to no tenant.
    OperationsRead => "operations:read": Owner | Admin | Operator;
    OperationsAct => "operations:act": Owner | Admin | Operator;
    /// Events that no account took. An operator sees all, a tenant's admin those of its own Meta app.
    UnroutedRead => "unrouted:read": Owner | Admin | Operator;
    UnroutedAct => "unrouted:act": Owner | Admin | Operator;
    ExportRead => "export:read": Owner | Admin;
    TenantManage => "tenant:manage": Operator;
}

impl Role {
    /// Everything that this role may do, as `/v1/me` lists it.
    pub fn permissions(self) -> Vec<&'static str> {
        Action::ALL.iter().filter(|a| a.allowed(self)).map(|a| a.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_reads_no_tenants_messages_and_a_viewer_changes_nothing() {
        assert_eq!(
            Role::Operator.permissions(),
            ["operations:read", "operations:act", "unrouted:read", "unrouted:act", "tenant:manage"]
        );
        assert_eq!(Role::Viewer.permissions(), ["conversation:read", "user:read", "channel:read"]);
    }
}
