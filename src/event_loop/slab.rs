//! Places for things of one kind, each with an index, which is used again.
//!
//! # Data structure
//!
//! Pieces of so many places each, which stay where they are: for there to be more, nothing is copied but pointers to
//! pieces, and no memory is touched but that of one piece. Free places are remembered; the one that became free last
//! is the next.
//!
//! # Invariants
//!
//! 1. *A place holds something, or is in `free`, or was never used*, which are those from `used` on.

/// How many places are made at once.
const PIECE: usize = 32;

pub(crate) struct Slab<T> {
    pieces: Vec<Box<[Option<T>; PIECE]>>,
    used: usize,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self {
            pieces: Vec::new(),
            used: 0,
            free: Vec::new(),
        }
    }

    /// How many places were ever used.
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.free.len() == self.used
    }

    /// Makes something where it is to stay. `make` is given its index.
    ///
    /// # Panics
    /// If there are 2^32 others.
    #[inline]
    pub(crate) fn insert(&mut self, make: impl FnOnce(u32) -> T) -> u32 {
        let index = self.free.pop().unwrap_or_else(|| self.more());
        self.place(index)
            .expect("is one of the places")
            .get_or_insert_with(|| make(index));
        index
    }

    /// Begins to use one more place.
    fn more(&mut self) -> u32 {
        let index = u32::try_from(self.used).expect("no more than 2^32");
        if self.used == self.pieces.len() * PIECE {
            self.pieces.push(Box::new([const { None }; PIECE]));
        }
        self.used += 1;
        index
    }

    #[inline]
    fn place(&mut self, index: u32) -> Option<&mut Option<T>> {
        let piece = self.pieces.get_mut(index as usize / PIECE)?;
        Some(&mut piece[index as usize % PIECE])
    }

    #[inline]
    pub(crate) fn get(&self, index: u32) -> Option<&T> {
        let piece = self.pieces.get(index as usize / PIECE)?;
        piece[index as usize % PIECE].as_ref()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        self.place(index)?.as_mut()
    }

    /// Takes something out, if it is there.
    pub(crate) fn take(&mut self, index: u32) -> Option<T> {
        let taken = self.place(index)?.take()?;
        self.free.push(index);
        Some(taken)
    }

    /// Drops something where it is, if it is there. No user code is to be left of it: whoever calls this holds
    /// a borrow.
    pub(crate) fn remove(&mut self, index: u32) {
        if let Some(place @ Some(_)) = self.place(index) {
            *place = None;
            self.free.push(index);
        }
    }

    /// All that is there, by ascending indices.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| &**piece).flatten()
    }

    /// The same, for good.
    pub(crate) fn into_iter(self) -> impl Iterator<Item = T> {
        self.pieces.into_iter().flat_map(|piece| *piece).flatten()
    }
}
