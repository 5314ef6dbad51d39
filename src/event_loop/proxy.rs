//! The way into a loop from other threads.

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};

use super::door::{Door, IfFull, Refusal};
use super::error::PostError;
use super::id::Cause;
use super::local_loops;
use super::posted::Envelope;
use super::queued::PostOptions;
use crate::event::Event;
use crate::payload::Payload;
use crate::sync::Arc;

/// A handle to an event loop for any thread.
///
/// While there is one, the loop's run waits for what it may post; [`downgrade`](Self::downgrade) it to
/// leave the loop free to end. So a listener of the loop that keeps one keeps its run waiting for ever: have it
/// capture a [`LoopHandle`](super::LoopHandle), and call its [`proxy`](super::LoopHandle::proxy) where a thread is
/// started. Under a [`VirtualClock`](super::VirtualClock) no run waits for other threads:
/// [see there](super::VirtualClock#with-other-threads). After the loop is gone, posts come back and the rest does
/// nothing.
///
/// 1. **Order.** What one thread posts to one lane stays in order. What several threads post is taken in as
///    it arrives, behind what is queued then.
/// 2. **Nothing is lost.** An accepted event has its turn, or is dropped with the loop, unless somebody
///    cancels it there. Until the loop has taken it in, at the latest at its next turn, it counts towards the
///    capacity, but perhaps not in [`EventQueue::len`](super::EventQueue::len).
/// 3. **On the loop's own thread** a post goes straight to the queue, as
///    [`LoopHandle::post`](super::LoopHandle::post) does.
///
/// # Examples
///
/// ```
/// use oyez::Event;
/// use oyez::event_loop::{EventLoop, Exit};
/// use std::thread;
///
/// const DONE: Event<u64> = Event::new("done");
///
/// let event_loop = EventLoop::new();
/// event_loop.emitter().on(DONE, |sum| assert_eq!(*sum, 5050));
///
/// let proxy = event_loop.handle().proxy();
/// let worker = thread::spawn(move || proxy.post(DONE, (1..=100).sum::<u64>()));
/// assert_eq!(event_loop.run(), Ok(Exit::Completed)); // the worker's proxy is gone
/// worker.join().unwrap().unwrap();
/// ```
///
/// To run a closure on the loop's thread, post it:
///
/// ```
/// use oyez::Event;
/// use oyez::event_loop::{EventLoop, LoopHandle};
/// use std::thread;
///
/// type Job = dyn Fn(&LoopHandle) + Send;
/// const CALL: Event<Job> = Event::new("call");
///
/// let event_loop = EventLoop::new();
/// let handle = event_loop.handle();
/// event_loop.emitter().on(CALL, move |job| job(&handle));
///
/// let proxy = event_loop.proxy();
/// thread::spawn(move || {
///     let job: Box<Job> = Box::new(|handle| assert_eq!(handle.depth(), 1));
///     proxy.post(CALL, job).unwrap();
/// });
/// event_loop.run().unwrap();
/// ```
///
/// It is an `Fn`, since a listener is only lent it. For an `FnOnce`, where `Job` is a
/// `Box<dyn FnOnce(&LoopHandle) + Send>`, post a `Cell<Option<Job>>`, and `take` it in the listener.
pub struct Proxy {
    door: Arc<Door>,
}

impl Proxy {
    pub(crate) fn new(door: Arc<Door>) -> Self {
        door.enter();
        Self { door }
    }

    /// A proxy of no loop.
    pub(crate) fn closed() -> Self {
        let door = Door::new(None);
        door.close();
        Self::new(door)
    }

    /// Puts an event on the event queue, and wakes the loop.
    ///
    /// # Errors
    /// [`PostError::Full`] if the queue is bounded, and full with what waits in it and what other threads
    /// have posted; [`PostError::Closed`] if the loop is gone. Both give the payload back.
    ///
    /// # Panics
    /// With the panic of an [`on_wake`](super::EventLoop::on_wake) hook; the event is taken all the same. On
    /// the loop's own thread, which calls no such hook, as [`EventQueue::post`](super::EventQueue::post).
    ///
    /// # Complexity
    /// O(1) amortised, and the hook. One lock; two if the queue is bounded, one of them twice. See
    /// [`docs::performance`](crate::docs::performance#what-the-event-loop-costs).
    #[track_caller]
    pub fn post<T, P>(&self, event: Event<T>, payload: P) -> Result<(), PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + Send + 'static,
    {
        self.post_with(event, payload, PostOptions::new())
    }

    /// Puts an event on a lane of the event queue, or gives it a label. See [`PostOptions`].
    ///
    /// # Errors
    /// As [`post`](Self::post).
    ///
    /// # Panics
    /// As [`post`](Self::post).
    #[track_caller]
    pub fn post_with<T, P>(
        &self,
        event: Event<T>,
        payload: P,
        options: impl Into<PostOptions>,
    ) -> Result<(), PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + Send + 'static,
    {
        self.send(event, payload, options.into(), IfFull::Refuse)
    }

    /// Puts an event on the event queue; waits for room if it is full.
    ///
    /// On the loop's own thread it cannot wait, since nobody else makes room.
    ///
    /// # Errors
    /// [`PostError::Closed`] if the loop is gone, or goes meanwhile. [`PostError::Full`], at once, if there
    /// is no room and this is the loop's own thread.
    ///
    /// # Panics
    /// As [`post`](Self::post).
    #[track_caller]
    pub fn post_blocking<T, P>(&self, event: Event<T>, payload: P) -> Result<(), PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + Send + 'static,
    {
        self.send(event, payload, PostOptions::new(), IfFull::Wait)
    }

    #[track_caller]
    fn send<T, P>(
        &self,
        event: Event<T>,
        payload: P,
        options: PostOptions,
        if_full: IfFull,
    ) -> Result<(), PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + Send + 'static,
    {
        let site = Location::caller();
        if let Some(queue) = local_loops::queue_behind(&self.door) {
            return queue.post(event, payload, options, site).map(drop);
        }
        let permit = match self.door.reserve(if_full) {
            Err(Refusal::Full) => return Err(PostError::Full(payload)),
            Err(Refusal::Closed) => return Err(PostError::Closed(payload)),
            Ok(permit) => permit,
        };
        let envelope = Envelope::new(payload, site, Cause::Thread.into())
            .with_label(options.label)
            .with_permit(permit);
        self.door
            .post(event, options.lane, envelope)
            .map_err(|envelope| PostError::Closed(envelope.into_payload()))
    }

    /// Has the loop look around: a run that sleeps goes on, one that does not will before it next
    /// sleeps. Several wakes may be one.
    ///
    /// # Panics
    /// With the panic of an [`on_wake`](super::EventLoop::on_wake) hook; the loop is woken all the same.
    pub fn wake(&self) {
        self.door.wake();
    }

    /// Ends the run, as [`LoopHandle::stop`](super::LoopHandle::stop) does, and wakes it for that.
    ///
    /// # Panics
    /// With the panic of an [`on_wake`](super::EventLoop::on_wake) hook; the run ends all the same.
    pub fn stop(&self) {
        self.door.stop();
    }

    /// Returns whether the loop is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.door.is_closed()
    }

    /// Returns a handle that leaves the loop free to end.
    #[must_use]
    pub fn downgrade(&self) -> WeakProxy {
        WeakProxy {
            door: Some(self.door.clone()),
        }
    }
}

impl Clone for Proxy {
    /// Returns another handle to the same loop, which keeps it running as well.
    fn clone(&self) -> Self {
        Self::new(self.door.clone())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if !self.door.leave() {
            return;
        }
        match local_loops::queue_behind(&self.door) {
            // The loop runs this, or does not run.
            Some(_) => self.door.call_host(),
            None => self.door.wake(),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("is_closed", &self.is_closed())
            .finish()
    }
}

impl UnwindSafe for Proxy {}
impl RefUnwindSafe for Proxy {}

/// A handle to an event loop for any thread, which leaves the loop free to end.
///
/// # Examples
///
/// ```
/// let event_loop = oyez::event_loop::EventLoop::new();
/// let weak = event_loop.handle().proxy().downgrade();
/// event_loop.run().unwrap(); // ends: no strong proxy is left
/// assert!(weak.upgrade().is_some());
/// drop(event_loop);
/// assert!(weak.upgrade().is_none());
/// ```
#[derive(Clone)]
pub struct WeakProxy {
    door: Option<Arc<Door>>,
}

impl WeakProxy {
    /// Makes a handle to no loop, for a field that gets its handle later.
    #[must_use]
    pub const fn new() -> Self {
        Self { door: None }
    }

    /// Returns a proxy, unless the loop is gone.
    #[must_use]
    pub fn upgrade(&self) -> Option<Proxy> {
        let door = self.door.as_ref().filter(|door| !door.is_closed())?;
        Some(Proxy::new(door.clone()))
    }
}

impl Default for WeakProxy {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WeakProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakProxy").finish_non_exhaustive()
    }
}

impl UnwindSafe for WeakProxy {}
impl RefUnwindSafe for WeakProxy {}
