//! Who is shown what a loop does.

use std::rc::Rc;

use super::record::{Record, Slow};

/// Is shown what a loop does, step by step.
///
/// Named by [`EventLoopBuilder::inspector`](super::EventLoopBuilder::inspector). A
/// [`Trace`](super::Trace) is one.
///
/// # Re-entrancy
/// An inspector may call whatever the loop offers. What it causes is recorded after it returns. When the frame of a
/// listener or a tap is entered, its call has begun: an `off` from there counts from the next emit on. A panic
/// unwinds into whatever the loop was doing; a second one, while that unwinds, goes no further.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, Inspector, Record};
///
/// struct Log;
///
/// impl Inspector for Log {
///     fn record(&self, record: &Record) {
///         println!("{:>10?} {record}", record.at());
///     }
/// }
/// let event_loop = EventLoop::builder().inspector(Log).build();
/// event_loop.handle().queue_microtask(|_| ());
/// event_loop.run().unwrap();
/// ```
pub trait Inspector: 'static {
    /// Is called with every step, in order, after it is done.
    fn record(&self, record: &Record);

    /// Is called when a handler or a turn took longer than the
    /// [`slow_threshold`](super::EventLoopBuilder::slow_threshold), after the record that says so.
    fn slow(&self, slow: &Slow) {
        let _ = slow;
    }
}

impl<I: Inspector + ?Sized> Inspector for Rc<I> {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }

    fn slow(&self, slow: &Slow) {
        (**self).slow(slow);
    }
}
