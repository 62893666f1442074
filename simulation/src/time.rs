//! The scheduler and the virtual clock: one thread, and a seed that decides who goes next.
//!
//! Whoever is ready is polled in an order that the seed draws; when nobody is, the clock jumps to the next timer. So a run takes
//! no time of its own, and the same seed is the same run.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime};

use aws_types::sdk_config::TimeSource;

use crate::chance::Chance;

type Task = Pin<Box<dyn Future<Output = ()>>>;
type SendTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Virtual time; its clones are one and the same.
#[derive(Clone)]
pub struct Time(Arc<Mutex<State>>);

struct State {
    /// Microseconds since 1970.
    now: u64,
    /// By time, then by who asked first.
    timers: BTreeMap<(u64, u64), Waker>,
    ready: Vec<u64>,
    spawned: Vec<(u64, SendTask)>,
    next: u64,
}

impl Time {
    pub fn starting_at(millis: u64) -> Self {
        let (timers, ready, spawned) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self(Arc::new(Mutex::new(State { now: millis * 1_000, timers, ready, spawned, next: 0 })))
    }

    /// Milliseconds since 1970.
    pub fn millis(&self) -> i64 {
        (self.lock().now / 1_000) as i64
    }

    pub fn micros(&self) -> u64 {
        self.lock().now
    }

    pub fn sleep(&self, wait: Duration) -> Sleep {
        let at = self.lock().now + wait.as_micros() as u64;
        Sleep { time: self.clone(), at, key: None }
    }

    /// Runs beside whoever spawned it, and outlives them.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut state = self.lock();
        let id = state.id();
        state.spawned.push((id, Box::pin(task)));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl bootstrap::Time for Time {
    fn now(&self) -> i64 {
        self.millis()
    }

    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(Self::sleep(self, wait))
    }
}

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Time({})", self.millis())
    }
}

impl TimeSource for Time {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_micros(self.micros())
    }
}

impl aws_sdk_dynamodb::config::AsyncSleep for Time {
    fn sleep(&self, duration: Duration) -> aws_sdk_dynamodb::config::Sleep {
        aws_sdk_dynamodb::config::Sleep::new(Self::sleep(self, duration))
    }
}

/// Waits in virtual time.
pub struct Sleep {
    time: Time,
    at: u64,
    key: Option<(u64, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time.clone();
        let mut state = time.lock();
        if state.now >= self.at {
            if let Some(key) = self.key.take() {
                state.timers.remove(&key);
            }
            return Poll::Ready(());
        }
        let key = match self.key {
            Some(key) => key,
            None => (self.at, state.id()),
        };
        state.timers.insert(key, context.waker().clone());
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.time.lock().timers.remove(&key);
        }
    }
}

struct TaskWaker {
    time: Time,
    id: u64,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut state = self.time.lock();
        if !state.ready.contains(&self.id) {
            state.ready.push(self.id);
        }
    }
}

/// Polls the tasks of one run.
#[derive(Clone)]
pub struct Scheduler {
    time: Time,
    chance: Chance,
    tasks: Rc<RefCell<HashMap<u64, (Task, Waker)>>>,
    fresh: Rc<RefCell<Vec<(u64, Task)>>>,
}

impl Scheduler {
    pub fn new(time: Time, chance: Chance) -> Self {
        Self { time, chance, tasks: Rc::default(), fresh: Rc::default() }
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        let id = self.time.lock().id();
        self.fresh.borrow_mut().push((id, Box::pin(task)));
    }

    /// Runs until `main` is done; whatever else goes on is dropped then. `None`: nobody was left to go on.
    pub fn run<T: 'static>(&self, main: impl Future<Output = T> + 'static) -> Option<T> {
        let done: Rc<RefCell<Option<T>>> = Rc::default();
        let result = Rc::clone(&done);
        self.spawn(async move {
            let value = main.await;
            *result.borrow_mut() = Some(value);
        });
        while done.borrow().is_none() {
            if !self.turn() {
                break;
            }
        }
        self.tasks.borrow_mut().clear();
        self.fresh.borrow_mut().clear();
        self.time.lock().spawned.clear();
        done.take()
    }

    /// One poll, or one jump of the clock. `false`: nothing is left to happen.
    fn turn(&self) -> bool {
        self.admit();
        let next = {
            let mut state = self.time.lock();
            if state.ready.is_empty() {
                None
            } else {
                let at = self.chance.below(state.ready.len());
                Some(state.ready.swap_remove(at))
            }
        };
        match next {
            Some(id) => {
                self.poll(id);
                true
            }
            None => self.jump(),
        }
    }

    fn admit(&self) {
        let spawned = std::mem::take(&mut self.time.lock().spawned);
        let fresh = std::mem::take(&mut *self.fresh.borrow_mut());
        let spawned = spawned.into_iter().map(|(id, task)| (id, task as Task));
        for (id, task) in spawned.chain(fresh) {
            let waker = Waker::from(Arc::new(TaskWaker { time: self.time.clone(), id }));
            self.tasks.borrow_mut().insert(id, (task, waker));
            self.time.lock().ready.push(id);
        }
    }

    fn poll(&self, id: u64) {
        let Some((mut task, waker)) = self.tasks.borrow_mut().remove(&id) else { return };
        if task.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            self.tasks.borrow_mut().insert(id, (task, waker));
        }
    }

    fn jump(&self) -> bool {
        let due: Vec<Waker> = {
            let mut state = self.time.lock();
            let Some((&(at, _), _)) = state.timers.first_key_value() else { return false };
            state.now = state.now.max(at);
            let later = state.timers.split_off(&(at + 1, 0));
            std::mem::replace(&mut state.timers, later).into_values().collect()
        };
        due.into_iter().for_each(Waker::wake);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_jumps_from_timer_to_timer_and_a_seed_decides_among_those_that_are_ready() {
        let order = |seed| {
            let time = Time::starting_at(1_000);
            let scheduler = Scheduler::new(time.clone(), Chance::of(seed));
            let seen: Rc<RefCell<Vec<(i64, u64)>>> = Rc::default();
            for (n, wait) in [(1, 50), (2, 50), (3, 50), (4, 20)] {
                let (time, seen) = (time.clone(), Rc::clone(&seen));
                scheduler.spawn(async move {
                    time.sleep(Duration::from_millis(wait)).await;
                    seen.borrow_mut().push((time.millis(), n));
                });
            }
            let asleep = time.clone();
            scheduler.run(async move { asleep.sleep(Duration::from_secs(1)).await });
            seen.take()
        };
        let times: Vec<i64> = order(1).iter().map(|(at, _)| *at).collect();
        assert_eq!(times, [1_020, 1_050, 1_050, 1_050]);
        assert_eq!(order(1), order(1));
        assert!((2..20).any(|seed| order(seed) != order(1)));
    }
}
