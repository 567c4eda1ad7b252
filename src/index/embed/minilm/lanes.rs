//! Two lanes into the model: questions, for which somebody waits, and passages, which are many.
//!
//! Each lane is a thread that takes work from a bounded queue and computes on threads of its own. Questions that
//! wait at the same time are computed together. Before each layer of the network, passages wait until no
//! question is left; their threads also have a low priority, so that a processor goes to whoever answers a
//! visitor first. Passages of one call are computed a few at a time, which keeps a layer well below 30 ms.

use super::tokenizer::Tokenizer;
use crate::ground::limits::{
    EMBED_PASSAGE_CALLS_WAITING_MAX, EMBED_PASSAGE_PAUSE_MS_MAX, EMBED_QUERIES_TOGETHER_MAX,
    EMBED_QUERIES_WAITING_MAX, EMBED_THREADS_MAX, EMBED_TOKENS_TOGETHER_MAX,
};
use crate::index::embed::EmbedError;
use minilm_network::{GemmExecutor, Network, Scratch, TokenId};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tracing::{debug, error};

/// How much the threads of passages give way; 19 would be the most.
const PASSAGES_NICE: i32 = 10;

type Vectors = Result<Vec<Vec<f32>>, EmbedError>;

pub(super) struct Lanes {
    gate: Arc<Gate>,
    queries: mpsc::Sender<Work>,
    passages: mpsc::Sender<Work>,
}

struct Work {
    texts: Vec<String>,
    reply: oneshot::Sender<Vectors>,
    /// For a question, from the moment at which it was asked.
    _turn: Option<Turn>,
}

impl Lanes {
    pub(super) fn start(tokenizer: Arc<Tokenizer>, network: Network) -> io::Result<Self> {
        let gate = Arc::new(Gate::default());
        let model = Arc::new(Model { tokenizer, network });
        let (queries, asked) = mpsc::channel(EMBED_QUERIES_WAITING_MAX);
        let (passages, given) = mpsc::channel(EMBED_PASSAGE_CALLS_WAITING_MAX);
        let pool = pool("embed-query", 0)?;
        let of_queries = Arc::clone(&model);
        start_thread("embed-queries", move || answer_queries(&of_queries, pool, asked))?;
        let (pool, gate_of_passages) = (self::pool("embed-passage", PASSAGES_NICE)?, Arc::clone(&gate));
        start_thread("embed-passages", move || work_off(&model, pool, &gate_of_passages, given))?;
        Ok(Self { gate, queries, passages })
    }

    pub(super) async fn embed_query(&self, text: &str) -> Vectors {
        let (reply, answer) = oneshot::channel();
        let turn = Some(Gate::enter(&self.gate));
        let work = Work { texts: vec![text.to_owned()], reply, _turn: turn };
        self.queries.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => EmbedError::Busy,
            TrySendError::Closed(_) => EmbedError::Stopped,
        })?;
        answer.await.unwrap_or(Err(EmbedError::Stopped))
    }

    /// Waits for a place in the queue. Whoever drops the future stops the work soon.
    pub(super) async fn embed_passages(&self, texts: &[String]) -> Vectors {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answer) = oneshot::channel();
        let work = Work { texts: texts.to_vec(), reply, _turn: None };
        self.passages.send(work).await.map_err(|_| EmbedError::Stopped)?;
        answer.await.unwrap_or(Err(EmbedError::Stopped))
    }
}

struct Model {
    tokenizer: Arc<Tokenizer>,
    network: Network,
}

/// What one lane computes with.
struct Bench {
    pool: ThreadPool,
    gemm: GemmExecutor,
    scratch: Scratch,
}

impl Bench {
    fn new(pool: ThreadPool) -> Self {
        Self { pool, gemm: minilm_network::kernels(), scratch: Scratch::default() }
    }
}

impl Model {
    fn tokens<'a>(&self, texts: impl Iterator<Item = &'a String>) -> Vec<Vec<TokenId>> {
        texts.map(|text| self.tokenizer.encode(text, minilm_network::TOKENS_MAX)).collect()
    }

    /// A panic in a kernel is a failure of this work and of nothing else.
    fn embed(
        &self,
        bench: &mut Bench,
        texts: &[Vec<TokenId>],
        between: &mut (dyn FnMut() + Send),
    ) -> Vectors {
        let Bench { pool, gemm, scratch } = bench;
        // Kernels may be shared by threads, though not moved.
        let gemm = &*gemm;
        let work =
            AssertUnwindSafe(|| pool.install(|| self.network.embed(gemm, texts, scratch, &mut || between())));
        let why = match std::panic::catch_unwind(work) {
            Ok(Ok(vectors)) => return Ok(vectors),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "its computation panicked; the log says where".to_owned(),
        };
        error!("The embedding model failed: {why}");
        Err(EmbedError::Model { why })
    }
}

/// Ends when the sending side is dropped.
fn answer_queries(model: &Model, pool: ThreadPool, mut asked: mpsc::Receiver<Work>) {
    let mut bench = Bench::new(pool);
    while let Some(first) = asked.blocking_recv() {
        let mut works = vec![first];
        while works.len() < EMBED_QUERIES_TOGETHER_MAX
            && let Ok(next) = asked.try_recv()
        {
            works.push(next);
        }
        works.retain(|work| !work.reply.is_closed());
        let tokens = model.tokens(works.iter().flat_map(|work| &work.texts));
        let mut works = works.into_iter();
        for texts in few_at_a_time(&tokens) {
            let asked = works.by_ref().take(texts.len());
            match model.embed(&mut bench, texts, &mut || {}) {
                Ok(vectors) => asked.zip(vectors).for_each(|(work, vector)| reply(work, Ok(vec![vector]))),
                Err(error) => asked.for_each(|work| reply(work, Err(error.clone()))),
            }
        }
    }
}

/// Ends when the sending side is dropped.
fn work_off(model: &Model, pool: ThreadPool, gate: &Gate, mut given: mpsc::Receiver<Work>) {
    let mut bench = Bench::new(pool);
    while let Some(work) = given.blocking_recv() {
        let mut vectors = Ok(Vec::with_capacity(work.texts.len()));
        let tokens = model.tokens(work.texts.iter());
        for texts in few_at_a_time(&tokens) {
            if work.reply.is_closed() {
                break;
            }
            let more = model.embed(&mut bench, texts, &mut || gate.let_queries_pass());
            vectors = vectors.and_then(|mut vectors| {
                vectors.extend(more?);
                Ok(vectors)
            });
            if vectors.is_err() {
                break;
            }
        }
        reply(work, vectors);
    }
}

fn reply(work: Work, vectors: Vectors) {
    if work.reply.send(vectors).is_err() {
        debug!("Nobody waits for these vectors any more");
    }
}

/// Consecutive texts that together have no more tokens than are computed at once; at least one.
fn few_at_a_time(texts: &[Vec<TokenId>]) -> impl Iterator<Item = &[Vec<TokenId>]> {
    let mut tokens = 0_usize;
    texts.chunk_by(move |one, next| {
        tokens = tokens.max(one.len());
        tokens += next.len();
        let fits = tokens <= EMBED_TOKENS_TOGETHER_MAX;
        if !fits {
            tokens = 0;
        }
        fits
    })
}

/// Holds passages back while questions are asked.
#[derive(Default)]
struct Gate {
    queries: Mutex<usize>,
    passed: Condvar,
}

/// A question that was asked and not answered.
struct Turn(Arc<Gate>);

impl Gate {
    fn enter(gate: &Arc<Self>) -> Turn {
        *gate.lock() += 1;
        Turn(Arc::clone(gate))
    }

    /// Waits until no question is open, but not for ever: passages must get on under any load.
    fn let_queries_pass(&self) {
        let patience = Duration::from_millis(EMBED_PASSAGE_PAUSE_MS_MAX);
        let waited = self.passed.wait_timeout_while(self.lock(), patience, |queries| *queries > 0);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.queries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queries = self.0.lock();
        *queries = queries.saturating_sub(1);
        drop(queries);
        self.0.passed.notify_all();
    }
}

fn start_thread(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

fn pool(name: &'static str, nice: i32) -> io::Result<ThreadPool> {
    let threads = std::thread::available_parallelism()?.get().min(EMBED_THREADS_MAX);
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(move |number| format!("{name}-{number}"))
        .start_handler(move |_| give_way(nice))
        .build()
        .map_err(io::Error::other)
}

/// Lowers the priority of this thread. Where the system does not allow that, passages still wait at the gate.
fn give_way(nice: i32) {
    if nice > 0
        && let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), nice)
    {
        debug!("A thread of the embedder keeps its priority: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_computed_in_groups_of_bounded_size_and_in_order() {
        let texts: Vec<Vec<TokenId>> =
            [100, 100, 200, 256, 256, 1].iter().map(|length| vec![7; *length]).collect();

        let groups: Vec<Vec<usize>> =
            few_at_a_time(&texts).map(|group| group.iter().map(Vec::len).collect()).collect();

        assert_eq!(groups.concat(), [100, 100, 200, 256, 256, 1]);
        for group in &groups {
            assert!(group.iter().sum::<usize>() <= EMBED_TOKENS_TOGETHER_MAX, "{groups:?}");
        }
        assert!(groups.len() <= 4, "{groups:?}");
    }

    #[test]
    fn the_gate_opens_when_the_last_question_is_answered() {
        let gate = Arc::new(Gate::default());
        let (one, other) = (Gate::enter(&gate), Gate::enter(&gate));

        drop(one);
        assert_eq!(*gate.lock(), 1);
        drop(other);
        gate.let_queries_pass();

        assert_eq!(*gate.lock(), 0);
    }
}
