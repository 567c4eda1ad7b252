//! `snip model`: brings the embedding model into the data directory, also beside a running server.
//!
//! The files are unpacked and checked here, where a person may watch; the process that holds the directory then
//! takes them in and embeds with them at once.

use super::admin::{self, AdminCommand};
use super::arguments::ModelCommand;
use super::output::{print_json, print_line};
use crate::app::embedding;
use crate::config::Loaded;
use crate::gateway::web;
use crate::ground::limits::MODEL_PACKAGE_BYTES_MAX;
use crate::index::embed::minilm::{self, MODEL_ID};
use crate::store::directory::{self, Layout};
use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Debug, Serialize)]
struct ModelLine {
    model: &'static str,
    path: PathBuf,
    is_installed: bool,
    /// Why it cannot be used although it is there.
    damage: Option<String>,
}

pub(super) fn run(
    load: impl Fn(&super::NodeArguments) -> anyhow::Result<Loaded>,
    command: ModelCommand,
) -> anyhow::Result<()> {
    match command {
        ModelCommand::Import { node, source, json } => import(&load(&node)?, &source, json),
        ModelCommand::Add { node, source, json } if is_address(&source) => {
            add_from_web(&load(&node)?, &source, json)
        }
        ModelCommand::Add { node, source, json } => import(&load(&node)?, Path::new(&source), json),
        ModelCommand::Unpack { source, folder } => unpack(&source, &folder),
        ModelCommand::List { node, json } => list(&load(&node)?, json),
    }
}

fn is_address(source: &str) -> bool {
    let source = source.to_ascii_lowercase();
    source.starts_with("http://") || source.starts_with("https://")
}

fn import(loaded: &Loaded, source: &Path, json: bool) -> anyhow::Result<()> {
    let models = models_of(loaded)?;
    let bar = ProgressBar::no_length().with_style(style("Checking the model")?);
    let unpacked = minilm::unpack(source, &models, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let folder = unpacked.keep();
    let installed = admin::call(loaded, AdminCommand::ModelInstall { unpacked: folder.clone() }, json);
    if installed.is_err() {
        // Nothing is there any more when it was installed and only the answer was lost.
        let _ = std::fs::remove_dir_all(folder);
    }
    installed
}

fn add_from_web(loaded: &Loaded, address: &str, json: bool) -> anyhow::Result<()> {
    let models = models_of(loaded)?;
    let target = models.join(format!("incoming-{}.download", std::process::id()));
    let bar = ProgressBar::no_length().with_style(style("Fetching the model")?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let fetched =
        runtime.block_on(web::download(address, &target, MODEL_PACKAGE_BYTES_MAX, &mut |done, total| {
            total.into_iter().for_each(|total| bar.set_length(total));
            bar.set_position(done);
        }));
    bar.finish_and_clear();
    let done = fetched.map_err(anyhow::Error::from).and_then(|()| import(loaded, &target, json));
    let _ = std::fs::remove_file(&target);
    done
}

/// Into a folder that many nodes may read and none writes.
fn unpack(source: &Path, folder: &Path) -> anyhow::Result<()> {
    let bar = ProgressBar::no_length().with_style(style("Unpacking the model")?);
    minilm::unpack_into(source, folder, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    print_line(&format!("Unpacked {MODEL_ID} into `{}`", folder.display()))
}

/// The folder of models of a node that is there.
fn models_of(loaded: &Loaded) -> anyhow::Result<PathBuf> {
    let layout = Layout::new(&loaded.settings.data.dir);
    if !layout.database().exists() && !directory::is_held(&layout) {
        bail!(
            "There is no node in `{}`; check `--data-dir`, or start one with `snip serve`",
            layout.root.display()
        );
    }
    directory::check_owner(&layout.root)?;
    let models = layout.models();
    std::fs::create_dir_all(&models).with_context(|| format!("`{}` cannot be made", models.display()))?;
    Ok(models)
}

fn list(loaded: &Loaded, json: bool) -> anyhow::Result<()> {
    let models = Layout::new(&loaded.settings.data.dir).models();
    let path = embedding::place_of_model(&loaded.settings.embeddings, &models);
    let is_installed = minilm::is_installed(&path);
    let damage = if is_installed { minilm::check(&path).err().map(|error| error.to_string()) } else { None };
    let line = ModelLine { model: MODEL_ID, path, is_installed, damage };
    if json {
        return print_json(&[line]);
    }
    print_line(&match (&line.damage, line.is_installed) {
        (Some(damage), _) => format!("{MODEL_ID} in `{}` is damaged: {damage}", line.path.display()),
        (None, true) => format!("{MODEL_ID} in `{}`, whole", line.path.display()),
        (None, false) => {
            format!("There is no model in `{}`; {}.", line.path.display(), embedding::how_to_import())
        }
    })
}

fn style(doing: &str) -> anyhow::Result<ProgressStyle> {
    let template = format!("{doing} [{{bar:30}}] {{bytes}} of {{total_bytes}}");
    Ok(ProgressStyle::with_template(&template)?.progress_chars("=> "))
}
