//! What can be lent to the listeners of an event.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// Anything that an `emit` can lend to listeners as `&T`.
///
/// Implemented for `T`, `&T`, `&&T`, `&mut T` and `&&mut T`; for `Box<T>`, `Rc<T>`, `Arc<T>` and `Cow<T>`; for
/// `str` also `String`; for `[U]` also `Vec<U>` and `[U; N]`; and for one `&` or `&mut` to any of these from `Box`
/// on. Else write `&*`, where that gives a `&T`: `&*path_buf` for an `Event<Path>`, `&**arc_of_string`
/// for an `Event<str>`, `&*self` in a method with `&mut self` (E0505). The payload is never cloned. What was passed
/// by value is dropped when the emit ends.
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
///
/// # Types that borrow
///
/// The payload may be borrowed, but its *type* may not borrow: a reference or a `dyn` inside of `Event<..>` is
/// `'static`, whether that is written or not. What lives shorter is refused at the emit, as E0597, E0716, E0521
/// or E0373.
///
/// | event | what does not fit | instead |
/// |---|---|---|
/// | `Event<&str>`, `Event<&[u8]>`, `Event<&Message>` | what is borrowed for less than `'static` | `Event<str>`, `Event<[u8]>`, `Event<Message>`: the `&` is the emit's |
/// | `Event<(&str, i32)>`, `Event<[&str]>` | the `&str` of a `String` | `String` or `Arc<str>` in its place: a tuple owns its parts |
/// | `Event<Message>` of a `struct Message<'a>` | one that borrows | fields of its own: `String`, `Arc<str>`, `Cow<'static, str>`; or emit the text, and parse it in the listener |
/// | `Event<dyn Shape>` | an argument `&dyn Shape`, which may borrow | an argument `&(dyn Shape + 'static)` |
/// | `Event<dyn Display>`, `Event<dyn Fn()>` | `format_args!`, a closure that borrows | a `String`; a closure that owns what it captures |
///
/// To lend two things at once, keep both in one struct, and lend that. To post a `Path`, give
/// `buf.into_boxed_path()`.
///
/// ```
/// use oyez::{Event, EventEmitter};
/// use std::path::{Path, PathBuf};
///
/// trait Shape { fn area(&self) -> f64; }
/// # struct Square(f64);
/// # impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }
///
/// const DRAWN: Event<dyn Shape> = Event::new("drawn");
/// const MOVED: Event<(String, i32, i32)> = Event::new("moved");
/// const OPENED: Event<Path> = Event::new("opened");
///
/// fn draw(emitter: &EventEmitter, shape: &(dyn Shape + 'static)) {
///     emitter.emit(DRAWN, shape);
/// }
///
/// let emitter = EventEmitter::new();
/// # emitter.on(DRAWN, |shape| assert_eq!(shape.area(), 4.0));
/// draw(&emitter, &Square(2.0));
/// let name = String::from("ada");
/// emitter.emit(MOVED, (name.clone(), 3, 4));
/// let path = PathBuf::from("log");
/// emitter.emit(OPENED, &*path);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be lent as a payload of type `{T}`",
    label = "this event carries `{T}`",
    note = "pass a reference to a `{T}`, a `Box`, `Rc`, `Arc` or `Cow` of one, or, if it is sized, the `{T}` itself",
    note = "an event of text is an `Event<str>`, of a slice an `Event<[U]>`, without `&`",
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
