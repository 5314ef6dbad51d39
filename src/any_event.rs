//! An event whose type is known only when it is asked for.
#![allow(unsafe_code)]

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;

use crate::event::Event;

/// What a tap sees: an event of any type, and its payload for those who name the event.
///
/// See [`on_any`](crate::generic::EventEmitter::on_any).
///
/// # Examples
///
/// ```
/// use oyez::{AnyEvent, Event, EventEmitter};
///
/// const SAID: Event<str> = Event::new("said");
/// const LEFT: Event<()> = Event::new("left");
///
/// let chat = EventEmitter::new();
/// chat.on_any(|any: &AnyEvent| match any.get(SAID) {
///     Some(words) => println!("{}: {words}", any.name()),
///     None => println!("{}", any.name()),
/// });
/// chat.emit(SAID, "hear ye");
/// chat.emit(LEFT, ());
/// ```
#[derive(Clone, Copy)]
pub struct AnyEvent<'a> {
    name: &'static str,
    type_id: TypeId,
    type_name: &'static str,
    /// Points to a `&'a T`, where `T` is the type of `type_id`.
    payload: *const (),
    lent: PhantomData<&'a ()>,
}

impl<'a> AnyEvent<'a> {
    pub(crate) fn new<T: ?Sized + 'static>(name: &'static str, payload: &'a &'a T) -> Self {
        Self {
            name,
            type_id: TypeId::of::<T>(),
            type_name: std::any::type_name::<T>(),
            payload: std::ptr::from_ref(payload).cast(),
            lent: PhantomData,
        }
    }

    /// Returns the event's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the name of the payload's type, for people to read.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns whether this is `event`: same name, same payload type.
    #[must_use]
    pub fn is<T: ?Sized + 'static>(&self, event: Event<T>) -> bool {
        self.type_id == TypeId::of::<T>() && self.name == event.name()
    }

    /// Returns the payload if this is `event`.
    #[must_use]
    pub fn get<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&'a T> {
        if !self.is(event) {
            return None;
        }
        // No safe Rust gives a `&T` of an unsized `T` back once its type is erased: `dyn Any` is for
        // sized types.
        //
        // SAFETY:
        // - `payload` was cast in `new` from a `&'a &'a U` with `type_id` the one of `U`, and it is
        //   the one of `T`; so it points to a `&'a T`, aligned and initialised.
        // - What it points to is borrowed for `'a`, which `lent` keeps this value from outliving.
        Some(unsafe { *self.payload.cast::<&'a T>() })
    }
}

impl fmt::Debug for AnyEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyEvent")
            .field("name", &self.name)
            .field("type_name", &self.type_name)
            .finish_non_exhaustive()
    }
}
