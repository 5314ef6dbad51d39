//! What is asked of an emitter: whom does it call, and what may a listener do while it runs? A name for the
//! command line, and what stands beside the answers. `benches/peers` asks its contestants the same.

/// A probe's name, and its title.
pub(crate) const PROBES: [(&str, &str); 13] = [
    ("call", "is called"),
    ("add", "added inside waits"),
    ("remove-later", "removed inside is not called"),
    ("remove-self", "removes itself"),
    ("nested", "emit inside of emit"),
    ("order", "order of registration"),
    ("twice", "registered twice, called twice"),
    ("cut", "removed is not called"),
    ("cleared", "cleared is not called"),
    ("panic", "usable after a panic"),
    ("drop", "dropped inside"),
    ("once", "once is once"),
    ("clear", "cleared inside"),
];
