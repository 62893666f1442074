//! Move tasks: dead letters on their way back, as fast as they were told to go.
//! [AWS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html).

use serde::{Deserialize, Serialize};

use super::message::new_id;
use super::state::{State, Wake};
use super::{Sqs, kept};

/// How many tasks of a queue can be listed: the last ten.
pub(super) const LISTED_MAX: usize = 10;

/// One task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Task {
    pub id: String,
    /// The ARN of the dead-letter queue.
    pub source: String,
    /// Where to, as an ARN; `None`: each message to where it failed.
    pub destination: Option<String>,
    /// Messages a second; `None`: all at once.
    pub rate: Option<u64>,
    pub to_move: usize,
    pub moved: usize,
    /// Milliseconds since 1970.
    pub started_at: u64,
    pub status: Status,
    pub failure: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Status {
    Running,
    Completed,
    Cancelled,
    Failed,
}

/// A task that is asked for.
pub(super) struct Wanted {
    pub source: String,
    pub destination: Option<String>,
    pub rate: Option<u64>,
}

/// Why there is no such task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadMove {
    NoSource,
    NoDestination,
    NotOfDeadLetters,
    AlreadyRunning,
    NoTask,
    NotRunning,
}

impl Task {
    /// How many more may be moved by now.
    fn due(&self, now: u64) -> usize {
        let seconds = now.saturating_sub(self.started_at) / 1_000;
        let by_now = self.rate.map_or(u64::MAX, |rate| rate.saturating_mul(seconds));
        usize::try_from(by_now).unwrap_or(usize::MAX).min(self.to_move).saturating_sub(self.moved)
    }

    fn fail(&mut self, why: &str) {
        (self.status, self.failure) = (Status::Failed, Some(why.to_owned()));
    }
}

fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

impl State {
    pub(super) fn start_move(&mut self, wanted: Wanted, now: u64) -> Result<Task, BadMove> {
        let Wanted { source, destination, rate } = wanted;
        if self.tasks.iter().any(|task| task.source == source && task.status == Status::Running) {
            return Err(BadMove::AlreadyRunning);
        }
        if destination.as_ref().is_some_and(|arn| !self.queues.contains_key(name(arn))) {
            return Err(BadMove::NoDestination);
        }
        let to_move = self.queue(name(&source)).map_err(|_| BadMove::NoSource)?.figures(now).visible;
        let buries = |queue: &super::Queue| queue.rules.redrive.as_ref().is_some_and(|(arn, _)| *arn == source);
        if !self.queues.values().any(buries) {
            return Err(BadMove::NotOfDeadLetters);
        }
        let (id, status) = (new_id(), Status::Running);
        let task = Task { id, source, destination, rate, to_move, moved: 0, started_at: now, status, failure: None };
        self.tasks.push(task.clone());
        Ok(task)
    }

    /// Ends a task where it is, and says how many messages it had moved.
    pub(super) fn cancel_move(&mut self, id: &str) -> Result<Task, BadMove> {
        let task = self.tasks.iter_mut().find(|task| task.id == id).ok_or(BadMove::NoTask)?;
        if task.status != Status::Running {
            return Err(BadMove::NotRunning);
        }
        task.status = Status::Cancelled;
        Ok(task.clone())
    }

    pub(super) fn moves(&self) -> bool {
        self.tasks.iter().any(|task| task.status == Status::Running)
    }

    /// Moves what is due by now, and forgets tasks that are listed no more.
    pub(super) fn run_moves(&mut self, now: u64) -> Wake {
        let mut wake = Wake::default();
        let mut tasks = std::mem::take(&mut self.tasks);
        for task in tasks.iter_mut().filter(|task| task.status == Status::Running) {
            self.run_move(task, now, &mut wake);
            wake.changes.push(kept::task(task));
        }
        let of_source = |tasks: &[Task], source: &str| tasks.iter().filter(|task| task.source == source).count();
        while let Some(old) = tasks.iter().position(|task| of_source(&tasks, &task.source) > LISTED_MAX) {
            wake.changes.push(kept::no_task(&tasks.remove(old).id));
        }
        self.tasks = tasks;
        wake
    }

    fn run_move(&mut self, task: &mut Task, now: u64, wake: &mut Wake) {
        let from = name(&task.source).to_owned();
        for _ in 0..task.due(now) {
            let Some(first) = self.queues.get_mut(&from).and_then(|queue| queue.first(now)) else {
                task.to_move = task.moved; // Others took or deleted the rest.
                break;
            };
            let seq = first.seq;
            let Some(to) = task.destination.clone().or_else(|| first.source.clone()) else {
                return task.fail("CouldNotDetermineMessageSource");
            };
            if !self.queues.contains_key(name(&to)) {
                return task.fail("AWS.SimpleQueueService.NonExistentQueue");
            }
            self.move_one(&from, seq, name(&to), now, wake);
            task.moved += 1;
        }
        if task.moved >= task.to_move {
            task.status = Status::Completed;
        }
    }

    /// A message that was moved is a new one: new id, new age.
    fn move_one(&mut self, from: &str, seq: u64, to: &str, now: u64, wake: &mut Wake) {
        let next = self.next_seq();
        let taken = self.queues.get_mut(from).and_then(|queue| queue.take(seq));
        let (Some(taken), Some(queue)) = (taken, self.queues.get_mut(to)) else { return };
        let message = taken.again(new_id(), next, now);
        wake.changes.extend([kept::no_message(from, seq), kept::message(to, &message)]);
        wake.queues.insert(to.to_owned());
        queue.insert(message);
    }
}

impl Sqs {
    /// Moves what is due by now.
    pub(super) fn run_moves(&self) {
        let wake = {
            let mut state = super::lock(&self.0.state);
            if !state.moves() {
                return;
            }
            state.run_moves((self.0.now)())
        };
        self.woken(wake);
    }
}
