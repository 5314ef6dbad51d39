//! What can be emitted: a name and the type of what it carries.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A name and the type of the payload that goes with it.
///
/// An event is a key, not a message: it is `Copy`, usually a constant, and says which listeners an
/// `emit` is for and what they are lent.
///
/// 1. Two events are the same if name *and* payload type are equal. The same name with another type
///    is another event; there is no type error at run time. One that is written where it is emitted takes its
///    type from there: `emit(Event::new("level"), 7)` is for an `Event<i32>`, and not for an `Event<u8>`.
/// 2. The payload type may be unsized: `str`, `[u8]`, `dyn Trait`. It must be `'static`, the payload
///    itself need not be: `emit` lends it for the time of the call. See
///    [types that borrow](crate::Payload#types-that-borrow).
/// 3. It is no pattern of a `match`. Compare by `==`, or, in a tap, by [`AnyEvent::is`](crate::AnyEvent::is).
///
/// # Examples
///
/// ```
/// use oyez::Event;
///
/// struct Message { from: String, text: String }
///
/// const JOINED: Event<str> = Event::new("joined");
/// const MESSAGE: Event<Message> = Event::new("message");
/// const CLOSED: Event<()> = Event::new("closed");
///
/// assert_eq!(JOINED.name(), "joined");
/// assert_eq!(JOINED, Event::<str>::new("joined"));
/// # let _ = (MESSAGE, CLOSED, |m: Message| (m.from, m.text));
/// ```
///
/// A payload that borrows for less than `'static` cannot be part of the event's type:
///
/// ```compile_fail
/// fn lookup<'a>(text: &'a str) {
///     let event: oyez::Event<Vec<&'a str>> = oyez::Event::new("words");
/// }
/// ```
///
/// It can be lent all the same, as a slice of something that is `'static` or as `str`:
///
/// ```
/// fn announce(text: &str) -> usize {
///     oyez::EventEmitter::new().emit(oyez::Event::<str>::new("words"), text)
/// }
/// assert_eq!(announce(&String::from("hear ye")), 0);
/// ```
pub struct Event<T: ?Sized + 'static> {
    name: &'static str,
    hash: u64,
    // `fn(&T)`: an event owns no `T`, so it is `Send`, `Sync` and unwind-safe whatever `T` is.
    payload: PhantomData<fn(&T)>,
}

impl<T: ?Sized + 'static> Event<T> {
    /// Names an event with the payload type `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// const RESIZED: oyez::Event<(u32, u32)> = oyez::Event::new("resized");
    /// assert_eq!(RESIZED.name(), "resized");
    /// ```
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self::from_parts(name, hash(name.as_bytes()))
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The hash of the name, computed where the event is declared. Its low bits will do.
    pub(crate) const fn name_hash(&self) -> u64 {
        self.hash
    }

    /// The name and its hash.
    pub(crate) const fn into_parts(self) -> (&'static str, u64) {
        (self.name, self.hash)
    }

    /// The event that [`into_parts`](Self::into_parts) has taken apart.
    pub(crate) const fn from_parts(name: &'static str, hash: u64) -> Self {
        Self {
            name,
            hash,
            payload: PhantomData,
        }
    }

    /// Whether it has this name. Where both are one constant of one codegen unit, or one `static`, the address is
    /// the same.
    #[inline]
    pub(crate) fn is_named(&self, name: &'static str) -> bool {
        std::ptr::eq(self.name, name) || is_same(self.name, name)
    }
}

/// Compares by content. Out of the way of whoever compares by address first.
#[cold]
#[inline(never)]
fn is_same(one: &str, other: &str) -> bool {
    one == other
}

/// FNV-1a, because it is `const` in five lines and names are short.
///
/// # Source
/// Fowler, Noll, Vo; the constants are those of the 64-bit variant.
const fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    // The high half, folded in: the low bits alone depend on the last bytes too much.
    hash ^ (hash >> 32)
}

impl<T: ?Sized> Clone for Event<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Event<T> {}

impl<T: ?Sized> PartialEq for Event<T> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<T: ?Sized> Eq for Event<T> {}

/// Compares the name.
impl<T: ?Sized> PartialEq<&str> for Event<T> {
    fn eq(&self, name: &&str) -> bool {
        self.name == *name
    }
}

impl<T: ?Sized> Hash for Event<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for Event<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = std::any::type_name::<T>();
        write!(f, "Event<{payload}>({:?})", self.name)
    }
}
