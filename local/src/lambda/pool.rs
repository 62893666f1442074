//! The workers of one function: who is idle, who waits, when another is started.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use nix::unistd::Pid;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::invocation::{Failure, Invocation};
use super::process;
use crate::listen::lock;

/// One worker: a process that asks for work, does it, and asks again.
pub(super) struct Worker {
    pub(super) number: u64,
    pool: Arc<Pool>,
    state: Mutex<State>,
    handed: Notify,
}

#[derive(Default)]
struct State {
    pid: Option<Pid>,
    frozen: bool,
    ended: bool,
    queued: Option<Invocation>,
    running: Option<(String, oneshot::Sender<Result<Bytes, Failure>>)>,
    last_words: Option<String>,
}

impl Worker {
    pub(super) fn new(number: u64, pool: Arc<Pool>) -> Arc<Self> {
        Arc::new(Self { number, pool, state: Mutex::default(), handed: Notify::new() })
    }

    pub(super) fn born(&self, pid: Option<Pid>) {
        lock(&self.state).pid = pid;
    }

    /// What `next` answers. A worker that asks is free: a waiting caller gets it, else it freezes.
    pub(super) async fn next(self: &Arc<Self>) -> Option<Invocation> {
        self.pool.free(self);
        loop {
            let handed = self.handed.notified();
            {
                let mut state = lock(&self.state);
                if state.ended {
                    return None;
                }
                if let Some(invocation) = state.queued.take() {
                    return Some(invocation);
                }
            }
            handed.await;
        }
    }

    pub(super) fn begin(&self, invocation: Invocation) {
        lock(&self.state).running = Some((invocation.request_id, invocation.answer));
    }

    /// Hands an answer to the caller; false when this is not the invocation under way.
    pub(super) fn finish(&self, request_id: &str, answer: Result<Bytes, Failure>) -> bool {
        let mut state = lock(&self.state);
        match state.running.take_if(|(running, _)| running == request_id) {
            Some((_, caller)) => {
                drop(state);
                self.pool.returning();
                let _caller_left = caller.send(answer);
                true
            }
            None => false,
        }
    }

    pub(super) fn told(&self, words: String) {
        lock(&self.state).last_words = Some(words);
    }

    pub(super) fn hand(&self, invocation: Invocation) {
        let mut state = lock(&self.state);
        if state.ended {
            let _caller_left = invocation.answer.send(Err(Failure::Exited("the worker had ended".to_owned())));
            return;
        }
        state.queued = Some(invocation);
        if let Some(pid) = state.pid.filter(|_| std::mem::take(&mut state.frozen)) {
            process::thaw(pid);
        }
        drop(state);
        self.handed.notify_one();
    }

    fn freeze(&self) {
        let mut state = lock(&self.state);
        if let Some(pid) = state.pid.filter(|_| !state.ended && state.queued.is_none()) {
            state.frozen = true;
            process::freeze(pid);
        }
    }

    pub(super) fn kill(&self) {
        if let Some(pid) = lock(&self.state).pid {
            process::end(pid);
        }
    }

    /// Called once, when the process has ended: whoever waits for it hears why.
    pub(super) fn ended(self: &Arc<Self>, how: &str) {
        let (stranded, words) = {
            let mut state = lock(&self.state);
            state.ended = true;
            state.pid = None;
            let queued = state.queued.take().map(|invocation| invocation.answer);
            (state.running.take().map(|(_, answer)| answer).or(queued), state.last_words.take())
        };
        self.handed.notify_waiters();
        let failure = words.map_or_else(|| Failure::Exited(how.to_owned()), Failure::Function);
        let was_idle_or_starting = stranded.is_none();
        if let Some(caller) = stranded {
            let _caller_left = caller.send(Err(failure.clone()));
        }
        self.pool.lost(self, was_idle_or_starting.then_some(failure));
    }
}

/// What a caller gets from the pool.
pub(super) type Turn = oneshot::Receiver<Result<Arc<Worker>, Failure>>;

/// Idle workers and waiting callers; never both.
#[derive(Default)]
pub(super) struct Pool {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    idle: Vec<(Arc<Worker>, Instant)>,
    all: Vec<Arc<Worker>>,
    waiting: VecDeque<oneshot::Sender<Result<Arc<Worker>, Failure>>>,
    /// Workers that will ask for work soon: started, or done answering.
    coming: usize,
    /// Numbers of the workers that have asked at least once.
    seen: Vec<u64>,
    /// Numbers of the workers that were idle for too long, and are being ended.
    leaving: Vec<u64>,
}

/// What a caller is to do for its turn.
pub(super) enum Call {
    Take(Arc<Worker>),
    Wait { turn: Turn, start_another: bool },
}

impl Pool {
    /// A worker if one is idle (the one used last, whose caches are warm), else a place in line.
    pub(super) fn call(&self, workers_max: usize) -> Call {
        let mut inner = lock(&self.inner);
        if let Some((worker, _)) = inner.idle.pop() {
            return Call::Take(worker);
        }
        let (sender, turn) = oneshot::channel();
        inner.waiting.push_back(sender);
        let start_another = inner.waiting.len() > inner.coming && inner.all.len() < workers_max;
        if start_another {
            inner.coming += 1;
        }
        Call::Wait { turn, start_another }
    }

    pub(super) fn joined(&self, worker: &Arc<Worker>) {
        lock(&self.inner).all.push(worker.clone());
    }

    /// A start that came to nothing: the first in line hears of it.
    pub(super) fn not_started(&self, failure: Failure) {
        let mut inner = lock(&self.inner);
        inner.coming = inner.coming.saturating_sub(1);
        if let Some(caller) = inner.waiting.pop_front() {
            let _caller_left = caller.send(Err(failure));
        }
    }

    fn returning(&self) {
        lock(&self.inner).coming += 1;
    }

    fn free(&self, worker: &Arc<Worker>) {
        let mut inner = lock(&self.inner);
        inner.coming = inner.coming.saturating_sub(1);
        if !inner.seen.contains(&worker.number) {
            inner.seen.push(worker.number);
        }
        while let Some(caller) = inner.waiting.pop_front() {
            if caller.send(Ok(worker.clone())).is_ok() {
                return;
            }
        }
        inner.idle.push((worker.clone(), Instant::now()));
        worker.freeze(); // Under the pool's lock, so that no caller takes it halfway.
    }

    /// A worker's end. `unheard` is why, if no caller has been told: one that dies at its start owes it to the next in line.
    fn lost(&self, worker: &Arc<Worker>, unheard: Option<Failure>) {
        let mut inner = lock(&self.inner);
        inner.all.retain(|other| other.number != worker.number);
        let idle_before = inner.idle.len();
        inner.idle.retain(|(other, _)| other.number != worker.number);
        let was_idle = inner.idle.len() < idle_before || inner.leaving.contains(&worker.number);
        inner.leaving.retain(|number| *number != worker.number);
        let was_seen = inner.seen.contains(&worker.number);
        inner.seen.retain(|number| *number != worker.number);
        if let Some(failure) = unheard.filter(|_| !was_idle) {
            inner.coming = inner.coming.saturating_sub(1);
            if !was_seen && let Some(caller) = inner.waiting.pop_front() {
                let _caller_left = caller.send(Err(failure));
            }
        }
    }

    /// Whether somebody waits whom no coming worker will serve.
    pub(super) fn claims_another(&self, workers_max: usize) -> bool {
        let mut inner = lock(&self.inner);
        inner.waiting.retain(|caller| !caller.is_closed());
        let claims = inner.waiting.len() > inner.coming && inner.all.len() < workers_max;
        if claims {
            inner.coming += 1;
        }
        claims
    }

    /// Takes out the workers that have been idle for long.
    pub(super) fn retired(&self, idle: Duration) -> Vec<Arc<Worker>> {
        let mut inner = lock(&self.inner);
        let now = Instant::now();
        let stale = inner.idle.extract_if(.., |(_, since)| now.duration_since(*since) >= idle);
        let stale: Vec<_> = stale.map(|(worker, _)| worker).collect();
        inner.leaving.extend(stale.iter().map(|worker| worker.number));
        stale
    }

    pub(super) fn workers(&self) -> Vec<Arc<Worker>> {
        lock(&self.inner).all.clone()
    }
}
