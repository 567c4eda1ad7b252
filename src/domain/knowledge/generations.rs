//! Generations: everything that one embedder, and one preparation of the texts, have made.
//!
//! One generation is live and answers. Another embedder's vectors are made beside it, client by client, and take
//! its place in one transaction when they are complete, so that there is no gap; the former one is then deleted in
//! batches. A node that never had a model has no generation and answers by keywords.
//!
//! [`tend`] compares what there is with the embedder of the moment and gives out the work; it may be called at any
//! time and any number of times. [`fill`] is a job for each client, which hands on to the next.

use super::embedding::{self, EMBED_CLIENT};
use super::{KnowledgeError, store};
use crate::domain::Environment;
use crate::ground::ids::{ClientId, GenerationId, Id as _};
use crate::ground::limits::{CLIENTS_TENDED_MAX, PRUNED_BATCHES_MAX};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::store::error::Chain;
use crate::store::jobs::{self, Job, JobError, Lane, NewJob};
use crate::store::{DbError, ReadTx, WriteTx, fault};
use crate::text_enum;
use tracing::info;

pub const FILL_GENERATION: &str = "knowledge.fill_generation";
pub const DROP_GENERATION: &str = "knowledge.drop_generation";
pub const TEND_GENERATIONS: &str = "knowledge.tend_generations";

/// The preparation of texts: what is embedded of a chunk and an FAQ, and where windows are. Whoever changes that
/// gives it another name, and every vector is made anew.
pub const CHUNKER: &str = "passage-and-windows-2";

/// A batch of deletions stands for several, so that one attempt ends.
const DROP_PAUSE_MS: i64 = 1_000;

text_enum! {
    /// Where a generation stands.
    pub enum GenerationState {
        /// Its vectors are being made.
        Building = "building",
        /// It answers.
        Live = "live",
        /// Its vectors are being deleted.
        Retired = "retired",
    }
}

/// One generation of vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    pub id: GenerationId,
    pub embedder: String,
    pub chunker: String,
    pub dimensions: u32,
    pub state: GenerationState,
    /// Entries that have their vectors; counted while it is built.
    pub entries_done: u64,
    pub entries_total: u64,
}

impl Generation {
    fn is_of(&self, wanted: &Wanted) -> bool {
        self.embedder == wanted.embedder && self.chunker == CHUNKER && self.dimensions == wanted.dimensions
    }
}

/// The embedder of the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    embedder: String,
    dimensions: u32,
}

/// Those that are in use or become so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Current {
    pub live: Option<Generation>,
    pub building: Option<Generation>,
}

impl Current {
    pub const fn is_any(&self) -> bool {
        self.live.is_some() || self.building.is_some()
    }

    pub fn all(self) -> impl Iterator<Item = Generation> {
        self.live.into_iter().chain(self.building)
    }
}

/// The generations in use.
pub fn current(tx: &ReadTx<'_>) -> Result<Current, DbError> {
    let mut current = Current::default();
    for generation in store::list_generations(tx, &scope())? {
        match generation.state {
            GenerationState::Live => current.live = Some(generation),
            GenerationState::Building => current.building = Some(generation),
            GenerationState::Retired => {}
        }
    }
    Ok(current)
}

fn scope() -> AgencyScope {
    AgencyScope::from_system("generations")
}

/// Makes a generation for an embedder that has none, gives out what is to be filled and deleted.
pub async fn tend(env: &Environment) -> Result<(), KnowledgeError> {
    let Some(embedder) = env.embedder.current() else { return Ok(()) };
    env.vectors.embedders().note(&embedder);
    let dimensions = u32::try_from(embedder.dimensions()).unwrap_or(u32::MAX);
    let wanted = Wanted { embedder: embedder.id().to_owned(), dimensions };
    let current = env.db.write(scope().actor().clone(), move |tx| choose(tx, &wanted)).await?;
    if let Some(building) = &current.building {
        let occasion = format!("tend:{}", env.clock.now().as_ms());
        go_on(env, building, Place { after: "", occasion: &occasion }).await?;
    }
    // After a swap that `go_on` has made.
    let live = env.db.read(self::current).await?.live;
    if let Some(live) = live {
        mend(env, &live).await?;
    }
    Ok(())
}

/// Sees to it that the wanted generation is live or is built, and no other is built.
fn choose(tx: &WriteTx<'_>, wanted: &Wanted) -> Result<Current, KnowledgeError> {
    let Current { live, building } = current(tx)?;
    let is_live = live.as_ref().is_some_and(|live| live.is_of(wanted));
    let (kept, other): (Option<Generation>, Option<Generation>) = match building {
        Some(building) if !is_live && building.is_of(wanted) => (Some(building), None),
        other => (None, other),
    };
    if let Some(other) = other {
        retire(tx, &other, GenerationState::Building)?;
    }
    let building = match kept {
        None if !is_live => Some(begin(tx, wanted)?),
        kept => kept,
    };
    Ok(Current { live, building })
}

fn begin(tx: &WriteTx<'_>, wanted: &Wanted) -> Result<Generation, KnowledgeError> {
    let generation = Generation {
        id: tx.new_id(),
        embedder: wanted.embedder.clone(),
        chunker: CHUNKER.to_owned(),
        dimensions: wanted.dimensions,
        state: GenerationState::Building,
        entries_done: 0,
        entries_total: store::count_live_subjects(tx, &scope())?,
    };
    store::insert_generation(tx, &scope(), &generation)?;
    info!(
        generation.id = %generation.id,
        entries = generation.entries_total,
        "Making vectors with the embedder `{}`", generation.embedder
    );
    Ok(generation)
}

fn retire(tx: &WriteTx<'_>, generation: &Generation, from: GenerationState) -> Result<(), DbError> {
    if store::move_generation(tx, &scope(), &generation.id, from, GenerationState::Retired)? {
        jobs::enqueue(
            tx,
            &NewJob {
                kind: DROP_GENERATION,
                lane: Lane::Upkeep,
                client_id: None,
                subject_id: Some(generation.id.to_string()),
                dedupe_key: generation.id.to_string(),
                run_at: None,
            },
        )?;
    }
    Ok(())
}

/// A step of the walk over the clients: where it goes on, and what keeps the key of the next job apart from those
/// of former walks. A step that is repeated after a crash makes the same key.
struct Place<'a> {
    /// Empty at the beginning.
    after: &'a str,
    occasion: &'a str,
}

/// Enqueues the job for the next client, unless a walk that begins finds another on its way; without a next client,
/// looks whether the generation is complete and puts it in its place.
async fn go_on(env: &Environment, generation: &Generation, place: Place<'_>) -> Result<(), KnowledgeError> {
    let (id, after, occasion) = (generation.id.clone(), place.after.to_owned(), place.occasion.to_owned());
    let is_on_its_way = env
        .db
        .write(scope().actor().clone(), move |tx| -> Result<_, DbError> {
            if after.is_empty() && jobs::is_pending(tx, FILL_GENERATION, id.as_str())? {
                return Ok(true);
            }
            let Some(client_id) = store::find_client_after(tx, &scope(), &after)? else { return Ok(false) };
            enqueue_fill(tx, &id, client_id, &occasion)?;
            Ok(true)
        })
        .await?;
    if !is_on_its_way {
        complete(env, generation, place.occasion).await?;
    }
    Ok(())
}

fn enqueue_fill(
    tx: &WriteTx<'_>,
    id: &GenerationId,
    client_id: ClientId,
    occasion: &str,
) -> Result<(), DbError> {
    let job = NewJob {
        kind: FILL_GENERATION,
        lane: Lane::Upkeep,
        dedupe_key: format!("{id}:{client_id}:{occasion}"),
        client_id: Some(client_id),
        subject_id: Some(id.to_string()),
        run_at: None,
    };
    jobs::enqueue(tx, &job).map(|_| ())
}

/// Fills one client of a generation that is built, and hands on to the next.
pub async fn fill(env: Environment, job: Job) -> Result<(), JobError> {
    let client_id = job.client_id.clone().ok_or_else(|| JobError::Permanent("no client named".to_owned()))?;
    let id = generation_of(&job)?;
    let found = env.db.read(move |tx| store::find_generation(tx, &scope(), &id)).await?;
    let Some(generation) = found.filter(|it| it.state == GenerationState::Building) else { return Ok(()) };
    let client = ClientScope::from_row(client_id.clone(), FILL_GENERATION);
    if !embedding::embed_client_for(&env, &client, &generation).await? {
        // Its embedder is gone; when it comes back, the work is given out again.
        return Ok(());
    }
    let place = Place { after: client_id.as_str(), occasion: job.id.as_str() };
    go_on(&env, &generation, place).await.map_err(retry)
}

/// Puts the generation in the place of the live one when nothing lacks vectors of it; fills what is left first.
async fn complete(env: &Environment, generation: &Generation, occasion: &str) -> Result<(), KnowledgeError> {
    let id = generation.id.clone();
    let left =
        env.db.read(move |tx| store::list_clients_to_embed(tx, &scope(), &id, 1)).await?.into_iter().next();
    if left.is_none() {
        fault::point("generations.before_swap");
    }
    let (next, occasion) = (generation.clone(), occasion.to_owned());
    let is_swapped = env
        .db
        .write(scope().actor().clone(), move |tx| -> Result<_, DbError> {
            match left.clone() {
                Some(client_id) => enqueue_fill(tx, &next.id, client_id, &occasion).map(|()| false),
                // What came in since the look is embedded by those who brought it.
                None => swap(tx, &next),
            }
        })
        .await?;
    if is_swapped {
        fault::point("generations.after_swap");
        env.vectors.embedders().keep_only(generation);
        info!(generation.id = %generation.id, "The vectors of `{}` answer now", generation.embedder);
    }
    Ok(())
}

/// Makes the generation the live one, in place of another.
fn swap(tx: &WriteTx<'_>, generation: &Generation) -> Result<bool, DbError> {
    let (building, live) = (GenerationState::Building, GenerationState::Live);
    // Another process of this walk may have been faster, or another model has come.
    if current(tx)?.building.is_none_or(|it| it.id != generation.id) {
        return Ok(false);
    }
    if let Some(former) = current(tx)?.live {
        retire(tx, &former, live)?;
    }
    store::move_generation(tx, &scope(), &generation.id, building, live)
}

/// Gives out the clients whose entries lack vectors of the live generation: an embedder was away.
async fn mend(env: &Environment, live: &Generation) -> Result<(), KnowledgeError> {
    let id = live.id.clone();
    let clients =
        env.db.read(move |tx| store::list_clients_to_embed(tx, &scope(), &id, CLIENTS_TENDED_MAX)).await?;
    if clients.is_empty() {
        return Ok(());
    }
    env.db
        .write(scope().actor().clone(), move |tx| -> Result<_, DbError> {
            for client_id in &clients {
                if !jobs::is_pending(tx, EMBED_CLIENT, client_id.as_str())? {
                    embedding::enqueue(tx, client_id, &format!("mend:{}", tx.now().as_ms()), None)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Deletes the vectors of a generation that no longer answers, in bounded transactions.
pub async fn drop_retired(env: Environment, job: Job) -> Result<(), JobError> {
    let id = generation_of(&job)?;
    for _ in 0..PRUNED_BATCHES_MAX {
        let of = id.clone();
        let is_more = env
            .db
            .write(scope().actor().clone(), move |tx| -> Result<_, DbError> {
                let is_more = store::delete_vectors_of(tx, &scope(), &of)?;
                if !is_more {
                    store::delete_generation(tx, &scope(), &of)?;
                }
                Ok(is_more)
            })
            .await?;
        if !is_more {
            info!(generation.id = %id, "Deleted the vectors of a former embedder");
            return Ok(());
        }
    }
    Err(JobError::NotYet { why: "there is more to delete".to_owned(), pause_ms: DROP_PAUSE_MS })
}

/// Counts entries that got their vectors.
pub(super) fn count_filled(tx: &WriteTx<'_>, generation: &Generation, entries: usize) -> Result<(), DbError> {
    if entries == 0 || generation.state != GenerationState::Building {
        return Ok(());
    }
    store::count_filled(tx, &scope(), &generation.id, entries as u64)
}

/// The same as [`tend`], on the schedule: what an embedder's absence has left open is taken up again.
pub async fn tend_on_schedule(env: Environment, _job: Job) -> Result<(), JobError> {
    tend(&env).await.map_err(retry)
}

fn generation_of(job: &Job) -> Result<GenerationId, JobError> {
    GenerationId::parse(job.subject_id.as_deref().unwrap_or_default())
        .map_err(|error| JobError::Permanent(error.to_string()))
}

fn retry(error: KnowledgeError) -> JobError {
    match error {
        KnowledgeError::Db(error) => error.into(),
        other => JobError::Retry(Chain(&other).to_string()),
    }
}
