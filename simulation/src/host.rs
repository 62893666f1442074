//! Lambda: warm processes, invocations that may be killed at any await, and the mappings that feed them.

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, select};

use crate::seam::{Fault, Service};
use crate::world::World;

/// An invocation that did not come to its end: killed, or out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Died;

/// The warm processes of one function.
pub struct Pool<A> {
    world: World,
    name: &'static str,
    timeout: Duration,
    make: Box<dyn Fn() -> A>,
    idle: RefCell<Vec<Rc<A>>>,
}

/// A death comes at one of so many polls: few enough to strike most invocations, many enough to reach their end.
const LIFE: u64 = 40;

impl<A: 'static> Pool<A> {
    pub fn new(world: &World, name: &'static str, timeout: Duration, make: impl Fn() -> A + 'static) -> Rc<Self> {
        Rc::new(Self { world: world.clone(), name, timeout, make: Box::new(make), idle: RefCell::default() })
    }

    /// When an invocation that starts now is stopped, in milliseconds since 1970.
    pub fn deadline(&self) -> i64 {
        self.world.now() + self.timeout.as_millis() as i64
    }

    /// One invocation, in a process of its own. A process that died is no more, with all it remembered.
    pub async fn invoke<T, F: Future<Output = T>>(&self, work: impl FnOnce(Rc<A>) -> F) -> Result<T, Died> {
        let warm = self.idle.borrow_mut().pop();
        let process = warm.unwrap_or_else(|| Rc::new((self.make)()));
        let dies = self.world.chance.happens(self.world.faults.rate(Fault::Crash) * 10);
        let lives = if dies { self.world.chance.between(1, LIFE) } else { u64::MAX };
        self.note(format!("{} starts", self.name));
        self.world.trace().invocations += 1;
        let mortal = Mortal { inner: Box::pin(work(Rc::clone(&process))), polls: lives };
        let outcome = match select(pin!(mortal), pin!(self.world.time.sleep(self.timeout))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(Died),
        };
        match outcome {
            Ok(value) => {
                self.idle.borrow_mut().push(process);
                Ok(value)
            }
            Err(Died) => {
                self.note(format!("{} dies", self.name));
                self.world.faults.died(self.name, Service::DynamoDb, "invocation");
                Err(Died)
            }
        }
    }

    fn note(&self, what: String) {
        self.world.trace().note(self.world.time.micros(), what);
    }
}

/// Work that is dropped where it stands after so many polls.
struct Mortal<F> {
    inner: Pin<Box<F>>,
    polls: u64,
}

impl<F: Future> Future for Mortal<F> {
    type Output = Result<F::Output, Died>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(Err(Died));
        }
        self.polls -= 1;
        let polled = self.inner.as_mut().poll(context);
        if polled.is_pending() && self.polls == 0 {
            return Poll::Ready(Err(Died));
        }
        polled.map(Ok)
    }
}
