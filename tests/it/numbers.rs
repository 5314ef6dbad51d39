//! How many emitters there can be: under `--cfg oyez_small` a thousand, in both flavours together, and so in a
//! process of its own.

use crate::support::panic_text;
use oyez::{Event, EventEmitter, Signal, local};

const TICK: Event<()> = Event::new("tick");

#[test]
fn one_emitter_too_many_is_refused_and_the_others_stay() {
    // No number is used twice, so no emitter takes another's listener for its own. An emitter takes its number when
    // it is first listened to, and gets it late if there is none left then: never.
    let [kept, late] = [EventEmitter::new(), EventEmitter::new()];
    let id = kept.on(TICK, |()| ());
    let mut ids = Vec::new();
    let text = panic_text(|| {
        loop {
            let signals = (Signal::<()>::new(), local::Signal::<()>::new());
            ids.extend([signals.0.on(|()| ()), signals.1.on(|()| ())]);
        }
    });
    assert_eq!(text, "no more than 1000 emitters");
    assert!(ids.len() > 990 && ids.iter().all(|other| *other != id && !kept.off(*other)));
    for _ in 0..3 {
        let register = || late.on(TICK, |()| ());
        assert_eq!(panic_text(register), "no more than 1000 emitters");
        assert_eq!((late.emit(TICK, ()), kept.emit(TICK, ())), (0, 1));
    }
    assert!(kept.off(id) && !kept.off(id));
}
