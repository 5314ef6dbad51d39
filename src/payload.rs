//! What can be lent to the listeners of an event.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Anything that an `emit` can lend to listeners as `&T`.
///
/// Implemented for `T`, `&T`, `&&T`, `&mut T`, `Box<T>`, `Rc<T>`, `Arc<T>`, `Cow<T>` and references
/// to these; for `str` also `String` and `&String`; for `[U]` also `Vec<U>`, `&Vec<U>`, `[U; N]` and
/// `&[U; N]`. The payload is never cloned. What was passed by value is dropped when the emit ends.
///
/// The trait is sealed: it is here to be named in bounds, not to be implemented.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter};
/// use std::sync::Arc;
///
/// const SAID: Event<str> = Event::new("said");
/// const BYTES: Event<[u8]> = Event::new("bytes");
/// const POINT: Event<(i32, i32)> = Event::new("point");
///
/// let emitter = EventEmitter::new();
/// emitter.emit(SAID, "a literal");
/// emitter.emit(SAID, String::from("owned"));
/// emitter.emit(SAID, Arc::<str>::from("shared"));
/// emitter.emit(BYTES, [1, 2, 3]);
/// emitter.emit(BYTES, vec![1, 2, 3]);
/// emitter.emit(POINT, (1, 2));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent as a payload of type `{T}`",
    label = "this event carries `{T}`",
    note = "pass a reference to a `{T}`, a `Box`, `Rc`, `Arc` or `Cow` of one, or, if it is sized, the `{T}` itself",
    note = "for a trait object, coerce: `&x as &dyn Trait`, or `Box::new(x) as Box<dyn Trait>`, as `post` needs; for a function: `f as fn(_)`"
)]
pub trait Payload<T: ?Sized> {
    // Not a method: in scope, it would take the place of methods called `lend` of all other types.
    #[doc(hidden)]
    fn lend(this: &Self, _: sealed::Seal) -> &T;
}

mod sealed {
    /// Cannot be named outside of the crate, so neither can `Payload` be implemented there.
    #[derive(Debug)]
    pub struct Seal;
}

/// The payload as its listeners see it.
pub(crate) fn lend<T: ?Sized, P: Payload<T>>(payload: &P) -> &T {
    P::lend(payload, sealed::Seal)
}

impl<T> Payload<T> for T {
    #[doc(hidden)]
    fn lend(this: &Self, _: sealed::Seal) -> &T {
        this
    }
}

/// One impl a line: the generics, the payload, what it lends, and how, where deref coercion is not
/// enough.
macro_rules! lends {
    ($([$($generics:tt)*] $payload:ty => $lent:ty $(: $how:ident)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Payload<$lent> for $payload {
            #[doc(hidden)]
            fn lend(this: &Self, _: sealed::Seal) -> &$lent {
                this$(.$how())?
            }
        }
    )*};
}

lends! {
    [T: ?Sized] &T => T;
    [T: ?Sized] &&T => T;
    [T: ?Sized] &mut T => T;
    [T: ?Sized] Box<T> => T;
    [T: ?Sized] &Box<T> => T;
    [T: ?Sized] &mut Box<T> => T;
    [T: ?Sized] Rc<T> => T;
    [T: ?Sized] &Rc<T> => T;
    [T: ?Sized] &mut Rc<T> => T;
    [T: ?Sized] Arc<T> => T;
    [T: ?Sized] &Arc<T> => T;
    [T: ?Sized] &mut Arc<T> => T;
    [T: ?Sized + ToOwned] Cow<'_, T> => T;
    [T: ?Sized + ToOwned] &Cow<'_, T> => T;
    [T: ?Sized + ToOwned] &mut Cow<'_, T> => T;
    [T: ?Sized] &&mut T => T;
    [] String => str;
    [] &String => str;
    [] &mut String => str;
    [U] Vec<U> => [U];
    [U] &Vec<U> => [U];
    [U] &mut Vec<U> => [U];
    [U, const N: usize] [U; N] => [U]: as_slice;
    [U, const N: usize] &[U; N] => [U]: as_slice;
    [U, const N: usize] &mut [U; N] => [U]: as_slice;
}
