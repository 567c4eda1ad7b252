//! Who may call a provider next: as many calls at once as its key allows, shared fairly between clients.
//!
//! Each client has a queue of its own, and a free place goes to the next client in turn. One client alone never
//! holds all places: a quarter of them stays free for the others, so that a burst of one does not make another wait
//! for a whole answer. Waiting is bounded, for each client and together.

use crate::ground::ids::ClientId;
use crate::ground::limits::{LLM_WAITING_MAX, LLM_WAITING_PER_CLIENT_MAX};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Too many calls are waiting already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct QueueFull;

#[derive(Debug)]
pub(super) struct FairQueue {
    places: usize,
    places_per_client: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: HashMap<ClientId, usize>,
    running_count: usize,
    waiting: HashMap<ClientId, VecDeque<oneshot::Sender<Place>>>,
    waiting_count: usize,
    /// Clients with a queue, the next one first.
    turns: VecDeque<ClientId>,
}

/// The right to one call, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    /// None once given back.
    queue: Option<Arc<FairQueue>>,
    client_id: ClientId,
}

impl FairQueue {
    pub(super) fn new(places: usize) -> Arc<Self> {
        let places = places.max(1);
        let spare = if places == 1 { 0 } else { (places / 4).max(1) };
        Arc::new(Self { places, places_per_client: places - spare, state: Mutex::default() })
    }

    /// Waits for a place. Whoever stops waiting loses the turn and holds nobody up.
    pub(super) async fn enter(self: &Arc<Self>, client_id: &ClientId) -> Result<Place, QueueFull> {
        let turn = {
            let mut state = self.lock();
            state.forget_gone(client_id);
            let own = state.waiting.get(client_id).map_or(0, VecDeque::len);
            if own >= LLM_WAITING_PER_CLIENT_MAX || state.waiting_count >= LLM_WAITING_MAX {
                return Err(QueueFull);
            }
            let (sender, turn) = oneshot::channel();
            state.push(client_id, sender);
            self.hand_out(&mut state);
            turn
        };
        // The sender lives in the queue until it sends.
        turn.await.map_err(|_| QueueFull)
    }

    /// Calls that run and calls that wait.
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        (state.running_count, state.waiting_count)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those who wait, one client after the other.
    fn hand_out(self: &Arc<Self>, state: &mut State) {
        while state.running_count < self.places {
            let is_free =
                |id: &ClientId| state.running.get(id).copied().unwrap_or(0) < self.places_per_client;
            let Some(at) = state.turns.iter().position(is_free) else { return };
            let Some(client_id) = state.turns.remove(at) else { return };
            let Some(sender) = state.pop(&client_id) else { continue };
            let place = Place { queue: Some(Arc::clone(self)), client_id: client_id.clone() };
            state.begin(&client_id);
            if let Err(mut unwanted) = sender.send(place) {
                // Disarmed, since dropping it armed would ask for the lock that is held here.
                unwanted.queue = None;
                state.end(&client_id);
            }
        }
    }
}

impl State {
    fn push(&mut self, client_id: &ClientId, sender: oneshot::Sender<Place>) {
        let queue = self.waiting.entry(client_id.clone()).or_default();
        if queue.is_empty() {
            self.turns.push_back(client_id.clone());
        }
        queue.push_back(sender);
        self.waiting_count += 1;
    }

    /// Takes the client's oldest, and puts the client at the end of the turns if more of its calls wait.
    fn pop(&mut self, client_id: &ClientId) -> Option<oneshot::Sender<Place>> {
        let queue = self.waiting.get_mut(client_id)?;
        let sender = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(client_id);
        } else {
            self.turns.push_back(client_id.clone());
        }
        self.waiting_count -= usize::from(sender.is_some());
        sender
    }

    /// Calls that nobody waits for any more count no longer.
    fn forget_gone(&mut self, client_id: &ClientId) {
        let Some(queue) = self.waiting.get_mut(client_id) else { return };
        let before = queue.len();
        queue.retain(|sender| !sender.is_closed());
        self.waiting_count -= before - queue.len();
        if queue.is_empty() {
            self.waiting.remove(client_id);
            self.turns.retain(|id| id != client_id);
        }
    }

    fn begin(&mut self, client_id: &ClientId) {
        *self.running.entry(client_id.clone()).or_default() += 1;
        self.running_count += 1;
    }

    fn end(&mut self, client_id: &ClientId) {
        if let Some(count) = self.running.get_mut(client_id) {
            *count -= 1;
            if *count == 0 {
                self.running.remove(client_id);
            }
            self.running_count -= 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            let mut state = queue.lock();
            state.end(&self.client_id);
            queue.hand_out(&mut state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::ids::Id as _;
    use futures_util::FutureExt as _;
    use futures_util::future::BoxFuture;
    use ulid::Ulid;

    type Entering = BoxFuture<'static, Result<Place, QueueFull>>;

    fn client(number: u128) -> ClientId {
        ClientId::from_ulid(Ulid::from_parts(1, number))
    }

    /// Enters, as far as it goes without waiting.
    fn enter(queue: &Arc<FairQueue>, id: &ClientId) -> (Entering, Option<Result<Place, QueueFull>>) {
        let (queue, id) = (Arc::clone(queue), id.clone());
        let mut entering: Entering = async move { queue.enter(&id).await }.boxed();
        let now = (&mut entering).now_or_never();
        (entering, now)
    }

    // CHT-8
    #[test]
    fn a_burst_of_one_client_leaves_places_free_for_another() {
        let queue = FairQueue::new(16);
        let burst: Vec<_> = (0..100).map(|_| enter(&queue, &client(1))).collect();

        let (_, other) = enter(&queue, &client(2));

        assert_eq!(burst.iter().filter(|(_, now)| now.is_some()).count(), 12);
        assert!(other.is_some_and(|place| place.is_ok()), "the other client did not wait");
        assert_eq!(queue.counts(), (12, 88), "its place was given back by dropping it");
    }

    #[test]
    fn free_places_go_to_clients_in_turn() {
        let queue = FairQueue::new(1);
        let (_, held) = enter(&queue, &client(1));
        let mut waiting = Vec::new();
        for id in [1, 1, 1, 2, 3] {
            waiting.push((id, enter(&queue, &client(id)).0));
        }

        let mut served = Vec::new();
        drop(held);
        while !waiting.is_empty() {
            let at = waiting.iter_mut().position(|(id, entering)| {
                entering.now_or_never().is_some_and(|place| {
                    served.push(*id);
                    place.is_ok()
                })
            });
            drop(waiting.remove(at.expect("a place is free, so somebody has it")));
        }

        assert_eq!(served, [1, 2, 3, 1, 1]);
        assert_eq!(queue.counts(), (0, 0));
    }

    #[test]
    fn whoever_stops_waiting_holds_nobody_up_and_loses_no_place() {
        let queue = FairQueue::new(1);
        let (_, held) = enter(&queue, &client(1));
        let (gone, _) = enter(&queue, &client(1));
        let (mut waits, _) = enter(&queue, &client(2));

        drop(gone);
        drop(held);
        assert!((&mut waits).now_or_never().is_some_and(|place| place.is_ok()));
        assert_eq!(queue.counts(), (0, 0));

        // A place that was handed over and never looked at comes back, too.
        let (_, held) = enter(&queue, &client(1));
        let (handed_over, _) = enter(&queue, &client(2));
        drop(held);
        assert_eq!(queue.counts(), (1, 0));
        drop(handed_over);
        assert_eq!(queue.counts(), (0, 0));
    }

    #[test]
    fn a_queue_has_an_end() {
        let queue = FairQueue::new(1);
        let (_, _held) = enter(&queue, &client(1));
        let mut waiting: Vec<_> =
            (0..LLM_WAITING_PER_CLIENT_MAX).map(|_| enter(&queue, &client(1))).collect();

        let refused = enter(&queue, &client(1)).1;
        let other = enter(&queue, &client(2));
        waiting.pop();
        let after_one_left = enter(&queue, &client(1)).1;

        assert!(matches!(refused, Some(Err(QueueFull))));
        assert!(other.1.is_none(), "another client may still wait");
        assert!(after_one_left.is_none(), "there is room again");
    }
}
