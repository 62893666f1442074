//! Whether a socket may still act: with each action, since a sign-in may end and a role change while it is open.

use domain::TenantCtx;
use table::Socket;

use crate::App;

impl App {
    /// The socket, if the sign-in behind it still stands and its person's role is what it was. One that does not is forgotten, so
    /// that no frame reaches it any more.
    pub(crate) async fn standing(&self, connection: &str) -> table::Result<Option<(TenantCtx, Socket)>> {
        let Some(tenant) = self.tables.global().socket_tenant(connection).await? else { return Ok(None) };
        let ctx = TenantCtx::of_session(tenant);
        let Some(socket) = self.tables.tenant(&ctx).socket(connection).await? else { return Ok(None) };
        let now = self.now();
        let session = self.tables.global().session(&socket.session, now).await?;
        let user = self.tables.tenant(&ctx).user(&socket.user).await?;
        let same = user.is_some_and(|user| user.role == socket.role);
        if session.is_some() && same && socket.expires > now {
            return Ok(Some((ctx, socket)));
        }
        self.tables.tenant(&ctx).delete_socket(connection).await?;
        Ok(None)
    }
}
