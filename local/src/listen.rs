//! Small things about sockets and locks that every server of the host shares.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::serve::{ListenerExt, TapIo};
use tokio::net::{TcpListener, TcpStream};

/// A listener whose connections send at once: small answers must not wait for Nagle's timer.
pub fn no_delay(listener: TcpListener) -> TapIo<TcpListener, fn(&mut TcpStream)> {
    listener.tap_io(|stream| {
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%fault, "a connection keeps its delay");
        }
    })
}

/// Locks; a panic elsewhere while the lock was held leaves data that is still whole, each change being one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
