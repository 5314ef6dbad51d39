//! The loops of this thread: what is posted to one of them by proxy goes straight to its queue, so that all
//! posts of the thread keep one order.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::door::Door;
use super::queue::QueueCore;
use crate::sync::{Arc, thread_local_const};

/// Their doors, as addresses, and their queues.
type Loops = RefCell<Vec<(usize, Weak<QueueCore>)>>;

thread_local_const! {
    static LOOPS: Loops = RefCell::new(Vec::new());
}

fn address(door: &Arc<Door>) -> usize {
    std::ptr::from_ref(&**door).addr()
}

/// The queue of the loop behind `door`, if that is one of this thread's.
pub(crate) fn queue_behind(door: &Arc<Door>) -> Option<Rc<QueueCore>> {
    let address = address(door);
    let found = LOOPS.try_with(|loops| {
        let loops = loops.borrow();
        let (_, queue) = loops.iter().find(|(door, _)| *door == address)?;
        queue.upgrade()
    });
    found.ok().flatten()
}

/// Has posts on this thread go straight to the queue.
pub(crate) fn register(door: &Arc<Door>, queue: &Rc<QueueCore>) {
    let entry = (address(door), Rc::downgrade(queue));
    // While the thread ends, posts go by the door.
    let _ = LOOPS.try_with(|loops| loops.borrow_mut().push(entry));
}

/// Forgets a loop that is going.
pub(crate) fn unregister(door: &Arc<Door>) {
    let address = address(door);
    // A loop in a thread-local may go when the list is gone already.
    let _ = LOOPS.try_with(|loops| loops.borrow_mut().retain(|(door, _)| *door != address));
}
