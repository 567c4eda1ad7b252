//! `snip doctor --offline`: proves that everything inside the program works by itself.
//!
//! The command first gives up the way to any network, then uses each part for real, in a folder that it throws away:
//! it makes a database, reads a document in the parser's child, finds it by its words, turns texts into vectors and
//! finds them by their meaning, and opens the files of the widget. A node's data is not touched.

use super::doctor::{Finding, Verdict, report};
use crate::app::embedding;
use crate::app::{OpenStore, Sources};
use crate::config::{EmbeddingProvider, EmbeddingSettings, Loaded};
use crate::domain::knowledge::parser::{Parser, Reached};
use crate::ground::ids::{ClientId, Id as _};
use crate::ground::limits::INDEX_WRITER_BYTES;
use crate::http::assets::missing_files;
use crate::index::embed::Embedder;
use crate::index::embed::minilm::{self, MODEL_ID, MiniLm};
use crate::index::{EntryKind, TantivyIndex, TextChange, TextIndex as _, TextIndexOptions};
use crate::store::directory::Layout;
use crate::store::inspect::inspect;
use anyhow::{Context as _, anyhow, ensure};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const DOCUMENT: &str =
    "# Opening hours\n\nThe workshop is open from nine to five, on Thursdays until eight.\n";
const CLIENT: &str = "client_00000000000000000000000000";

/// Exit code 1 when a part does not work.
pub(super) fn run(loaded: &Loaded, json: bool) -> anyhow::Result<ExitCode> {
    let closed = close_network();
    let scratch = Scratch::make()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let models = Layout::new(&loaded.settings.data.dir).models();
    let (embeddings, vectors) =
        runtime.block_on(check_meaning(&loaded.settings.embeddings, &models, &scratch.0));
    let findings = [
        found("network", closed),
        found("database", check_database(&scratch.0)),
        found("parser", runtime.block_on(check_parser(&scratch.0))),
        found("keyword index", check_keywords(&scratch.0)),
        embeddings,
        vectors,
        found("files", check_files()),
    ];
    report(&findings, json)
}

fn found(check: &'static str, result: anyhow::Result<String>) -> Finding {
    match result {
        Ok(detail) => Finding::new(check, Verdict::Ok, detail),
        Err(error) => Finding::new(check, Verdict::Failed, format!("{error:#}")),
    }
}

/// A folder that goes away again.
struct Scratch(PathBuf);

impl Scratch {
    fn make() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("snip-doctor-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| {
            format!("`{}` cannot be made; name a folder that can be written with TMPDIR", folder.display())
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing in it is anybody's.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The kernel refuses this process every socket of the internet, before its first thread starts, so that all have it.
fn close_network() -> anyhow::Result<String> {
    let families = [libc::AF_INET, libc::AF_INET6];
    let rules = families.map(|family| {
        let family = u64::from(family.unsigned_abs());
        let is_family = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, family)?;
        SeccompRule::new(vec![is_family])
    });
    let rules = rules.into_iter().collect::<Result<Vec<_>, _>>()?;
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    let calls = BTreeMap::from([(libc::SYS_socket, rules)]);
    let program = BpfProgram::try_from(SeccompFilter::new(calls, SeccompAction::Allow, refused, arch)?)?;
    seccompiler::apply_filter(&program).context("the kernel does not close the network to this command")?;
    let is_open = TcpStream::connect("127.0.0.1:9").is_err_and(|error| is_refused_by_filter(&error));
    let is_bound = UdpSocket::bind("127.0.0.1:0").is_err_and(|error| is_refused_by_filter(&error));
    ensure!(is_open && is_bound, "a socket could be opened although the kernel was told to refuse it");
    Ok("Every socket is refused to this command; what follows works without.".to_owned())
}

fn is_refused_by_filter(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(libc::EPERM)
}

fn check_database(scratch: &Path) -> anyhow::Result<String> {
    let layout = Layout::new(scratch.join("node"));
    let store = OpenStore::open(layout, Sources::of_this_machine())?;
    let found = inspect(&store.layout.database())?;
    ensure!(found.damage.is_empty() && found.dangling_rows == 0, "a new database is damaged");
    Ok(format!("A new one was made with schema {}, and is whole.", found.schema))
}

async fn check_parser(scratch: &Path) -> anyhow::Result<String> {
    let path = scratch.join("document.md");
    let mut file = File::options().read(true).write(true).create_new(true).open(&path)?;
    file.write_all(DOCUMENT.as_bytes())?;
    file.rewind()?;
    let read = Parser::of_this_program().parse(file, "md", &Reached::default()).await?;
    let extraction = read.map_err(|refusal| anyhow!("{refusal}"))?;
    ensure!(extraction.text.contains("open from nine to five"), "its text is not the document's");
    Ok("A document was read in a child process.".to_owned())
}

fn check_keywords(scratch: &Path) -> anyhow::Result<String> {
    let options = TextIndexOptions { writer_bytes: INDEX_WRITER_BYTES, analyzer_version: 0 };
    let (index, _) = TantivyIndex::open(&scratch.join("keywords"), options)?;
    let client_id = ClientId::parse(CLIENT)?;
    let terms = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let put = |key: &str, body: &str| TextChange::Put {
        client_id: client_id.clone(),
        kind: EntryKind::Chunk,
        key: key.to_owned(),
        title_terms: Vec::new(),
        heading_terms: Vec::new(),
        body_terms: terms(body),
    };
    index.apply(&[put("hours", "open nine five"), put("price", "lamp costs twenty")], 1)?;
    let hits = index.search(&client_id, &["lamp".into()], None, 2)?;
    ensure!(hits.len() == 1 && hits.iter().all(|hit| hit.key == "price"), "a word was not found where it is");
    Ok("An entry was written and found by its word.".to_owned())
}

/// The embedder, and the index of vectors with what it computes.
async fn check_meaning(settings: &EmbeddingSettings, models: &Path, scratch: &Path) -> (Finding, Finding) {
    let (embeds, finds) = ("embeddings", "vector index");
    let off = |check, verdict, detail: &str| Finding::new(check, verdict, detail);
    if settings.provider != EmbeddingProvider::Local {
        let detail = "`embeddings.provider` is not \"local\": nothing is computed here.";
        return (off(embeds, Verdict::Ok, detail), found(finds, check_vectors(scratch, &sample()).await));
    }
    let folder = embedding::place_of_model(settings, models);
    if !minilm::is_installed(&folder) {
        let detail =
            format!("There is no model, so search goes by keywords alone: {}.", embedding::how_to_import());
        return (
            off(embeds, Verdict::Warning, &detail),
            found(finds, check_vectors(scratch, &sample()).await),
        );
    }
    match embed(&folder).await {
        Ok(vectors) => {
            let detail = format!("{MODEL_ID} finds what means the same in other words.");
            (Finding::new(embeds, Verdict::Ok, detail), found(finds, check_vectors(scratch, &vectors).await))
        }
        Err(error) => (found(embeds, Err(error)), found(finds, check_vectors(scratch, &sample()).await)),
    }
}

/// Vectors that stand for those of a model: the first two are near each other.
fn sample() -> [Vec<f32>; 3] {
    [vec![1.0, 0.0, 0.0], vec![0.8, 0.6, 0.0], vec![0.0, 0.0, 1.0]]
}

/// A question, the passage that answers it, and another one.
async fn embed(folder: &Path) -> anyhow::Result<[Vec<f32>; 3]> {
    minilm::check(folder)?;
    let model = MiniLm::open(folder)?;
    let passages =
        ["The workshop is open from nine to five.", "The lamp costs twenty euros."].map(str::to_owned);
    let question = model.embed_query("When can I come to your shop?").await?;
    let vectors = model.embed_passages(&passages).await?;
    let [hours, price] =
        <[_; 2]>::try_from(vectors).map_err(|_| anyhow!("it made another number of vectors"))?;
    let cosine = |vector: &[f32]| question.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
    ensure!(cosine(&hours) > cosine(&price), "it finds the wrong passage nearer to a question");
    Ok([question, hours, price])
}

#[cfg(feature = "lance")]
async fn check_vectors(scratch: &Path, vectors: &[Vec<f32>; 3]) -> anyhow::Result<String> {
    use crate::index::halves;
    use crate::index::large::VectorTables as _;
    use crate::index::vector::{StoredVector, VectorKind};
    let [question, near, far] = vectors;
    let tables = crate::index::lance::LanceTables::new(&scratch.join("vectors"));
    let stored = |key: &str, vector: &[f32]| StoredVector {
        key: key.to_owned(),
        kind: VectorKind::Passage,
        part: 0,
        halves: halves::to_halves(vector),
    };
    tables.create("doctor", question.len()).await?;
    tables.add("doctor", &[stored("near", near), stored("far", far)]).await?;
    let hits = tables.search("doctor", question, VectorKind::Passage, 1).await?;
    tables.close_all();
    ensure!(hits.iter().any(|hit| hit.key == "near"), "the nearest vector was not found");
    Ok("A table was made, filled and searched.".to_owned())
}

/// This build compares all vectors, and keeps no tables of them.
#[cfg(not(feature = "lance"))]
#[expect(clippy::unused_async, reason = "the other build's twin waits for its tables")]
async fn check_vectors(_: &Path, vectors: &[Vec<f32>; 3]) -> anyhow::Result<String> {
    let [question, near, far] = vectors;
    let cosine = |vector: &[f32]| question.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
    ensure!(cosine(near) > cosine(far), "the nearest vector was not found");
    Ok("This build compares all vectors; it has no tables for large clients.".to_owned())
}

fn check_files() -> anyhow::Result<String> {
    let missing = missing_files();
    ensure!(missing.is_empty(), "the program was built without {}; build it anew", missing.join(", "));
    Ok("The widget, the pages and the API reference are in the program.".to_owned())
}
