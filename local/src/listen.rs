//! Small things about sockets and locks that every server of the host shares.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

/// A listener whose connections send at once: small answers must not wait for Nagle's timer.
pub struct NoDelay(pub TcpListener);

impl Listener for NoDelay {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%fault, "a connection keeps its delay");
        }
        (stream, address)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Locks; a panic elsewhere while the lock was held leaves data that is still whole, each change being one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
