//! bevy_ecs: observers of a `World`. Inside of one, changes and emits are commands, carried out afterwards.

use std::cell::RefCell;

use bevy_ecs::entity::Entity;
use bevy_ecs::observer::On;
use bevy_ecs::system::Commands;
use bevy_ecs::world::World;

use super::{Offer, Peer};
use crate::payload::{Listener, Payload};

pub(crate) struct BevyObservers(World);

impl Peer for BevyObservers {
    const NAME: &'static str = "bevy_ecs observers";
    type Id = Entity;

    fn new() -> Self {
        Self(World::new())
    }

    fn on(&mut self, listener: impl Listener) -> Entity {
        let observer = move |event: On<'_, '_, Payload>| listener(event.event());
        self.0.add_observer(observer).id()
    }

    #[inline]
    fn emit(&mut self, payload: &Payload) {
        self.0.trigger(*payload);
    }

    fn off(&mut self, id: Entity) -> Offer {
        self.0.despawn(id);
        Offer::Done
    }
}

/// What an observer asked for, to be handed to its `Commands`.
type Deferred = Box<dyn FnOnce(&mut World) + Send>;

thread_local! {
    static WORLD: RefCell<Option<World>> = RefCell::new(Some(World::new()));
    static DEFERRED: RefCell<Vec<Deferred>> = const { RefCell::new(Vec::new()) };
}

/// The same by a handle that listeners can use, for the questions about what they may do.
///
/// Outside of an emit it acts on this thread's `World`; inside of one, by the observer's `Commands`.
pub(crate) struct BevyCommands;

/// Puts the `World` back when the outermost call ends, by a panic too.
struct Outermost(World);

impl Drop for Outermost {
    fn drop(&mut self) {
        WORLD.set(Some(std::mem::take(&mut self.0)));
    }
}

/// Runs `act` now and then the commands it left, or leaves it to those of the observer that is running.
fn now_or_deferred(act: impl FnOnce(&mut World) + Send + 'static) {
    match WORLD.take() {
        Some(world) => {
            let mut outermost = Outermost(world);
            act(&mut outermost.0);
            outermost.0.flush();
        }
        None => DEFERRED.with_borrow_mut(|deferred| deferred.push(Box::new(act))),
    }
}

impl Peer for BevyCommands {
    const NAME: &'static str = BevyObservers::NAME;
    const ENDS_WITH_HANDLES: bool = false;
    type Id = std::sync::Arc<std::sync::OnceLock<Entity>>;

    fn new() -> Self {
        Self
    }

    fn on(&mut self, listener: impl Listener) -> Self::Id {
        let id = Self::Id::default();
        let told = id.clone();
        now_or_deferred(move |world| {
            let observer = move |event: On<'_, '_, Payload>, mut commands: Commands<'_, '_>| {
                listener(event.event());
                DEFERRED
                    .take()
                    .into_iter()
                    .for_each(|act| commands.queue(act));
            };
            let entity = world.add_observer(observer).id();
            told.set(entity).expect("this observer is added once");
        });
        id
    }

    fn emit(&mut self, payload: &Payload) {
        let payload = *payload;
        now_or_deferred(move |world| world.trigger(payload));
    }

    fn off(&mut self, id: Self::Id) -> Offer {
        now_or_deferred(move |world| {
            let entity = id.get().expect("the observer was added");
            world.despawn(*entity);
        });
        Offer::Done
    }

    fn handle(&self) -> Option<Self> {
        Some(Self)
    }
}
