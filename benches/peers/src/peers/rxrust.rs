//! rxrust: a subject of each context. Values are cloned for each observer; `next` does not nest.

use std::convert::Infallible;

use rxrust::observer::{BoxedObserver, BoxedObserverSend};
use rxrust::prelude::*;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{LocalSet, yield_now};

use super::{Offer, Peer};
use crate::payload::{Listener, Payload};

macro_rules! context {
    ($Peer:ident, $context:ident, $subject:ident, $subscription:ty, $name:literal) => {
        pub(crate) struct $Peer($subject<'static, Payload, Infallible>);

        impl Peer for $Peer {
            const NAME: &'static str = $name;
            type Id = $subscription;

            fn new() -> Self {
                Self($context::subject())
            }

            fn on(&mut self, listener: impl Listener) -> Self::Id {
                self.0.clone().subscribe(move |payload| listener(&payload))
            }

            #[inline]
            fn emit(&mut self, payload: &Payload) {
                self.0.next(*payload);
            }

            fn off(&mut self, id: Self::Id) -> Offer {
                id.unsubscribe();
                Offer::Done
            }

            fn once(&mut self, listener: impl Listener) -> Offer {
                let first = self.0.clone().take(1);
                first.subscribe(move |payload| listener(&payload));
                Offer::Done
            }

            fn handle(&self) -> Option<Self> {
                Some(Self(self.0.clone()))
            }
        }
    };
}

context!(
    RxLocal,
    Local,
    LocalSubject,
    SubjectSubscription<
        MutRc<Subscribers<BoxedObserver<'static, Payload, Infallible>>>,
        LocalScheduler,
        CellRc<SubscriptionState>,
    >,
    "rxrust Local subject"
);
context!(
    RxShared,
    Shared,
    SharedSubject,
    SubjectSubscription<
        MutArc<Subscribers<BoxedObserverSend<'static, Payload, Infallible>>>,
        SharedScheduler,
        CellArc<SubscriptionState>,
    >,
    "rxrust Shared subject"
);

thread_local! {
    /// Where rxrust schedules what it defers: a tokio runtime of one thread.
    static SCHEDULER: (Runtime, LocalSet) = {
        let runtime = Builder::new_current_thread().build();
        (runtime.expect("it needs nothing of the system"), LocalSet::new())
    };
}

/// A change inside of `next` is deferred to the scheduler: how often it may come to its turn.
const YIELDS: usize = 16;

/// Emits, and lets the scheduler do what that left to it; just emits where that is going on already.
fn on_the_scheduler(emit: impl FnOnce()) {
    if Handle::try_current().is_ok() {
        return emit();
    }
    SCHEDULER.with(|(runtime, tasks)| {
        tasks.block_on(runtime, async {
            emit();
            for _ in 0..YIELDS {
                yield_now().await;
            }
        });
    });
}

/// The same with its scheduler, for the questions about what listeners may do.
macro_rules! scheduled {
    ($Scheduled:ident, $Peer:ident) => {
        pub(crate) struct $Scheduled($Peer);

        impl Peer for $Scheduled {
            const NAME: &'static str = $Peer::NAME;
            type Id = <$Peer as Peer>::Id;

            fn new() -> Self {
                Self($Peer::new())
            }

            fn on(&mut self, listener: impl Listener) -> Self::Id {
                self.0.on(listener)
            }

            fn emit(&mut self, payload: &Payload) {
                on_the_scheduler(|| self.0.emit(payload));
            }

            fn off(&mut self, id: Self::Id) -> Offer {
                self.0.off(id)
            }

            fn once(&mut self, listener: impl Listener) -> Offer {
                self.0.once(listener)
            }

            fn handle(&self) -> Option<Self> {
                self.0.handle().map(Self)
            }
        }
    };
}

scheduled!(RxLocalScheduled, RxLocal);
scheduled!(RxSharedScheduled, RxShared);
