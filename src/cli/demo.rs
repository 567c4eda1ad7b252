//! `snip demo`: a node of its own with two invented businesses. It can be thrown away and made again.

use super::arguments::DemoArguments;
use super::serve;
use crate::config::{self, Sources};
use crate::store::directory::{self, Layout};
use anyhow::{Context as _, bail};
use std::path::Path;

/// Marks a directory as a demo, so that `--fresh` never deletes anybody's data.
const MARKER: &str = "THIS-IS-A-DEMO";

pub(super) fn run(arguments: &DemoArguments) -> anyhow::Result<()> {
    let layout = Layout::new(&arguments.data_dir);
    if directory::is_held(&layout) {
        bail!(
            "a demo is running in `{}` already; stop it first (Ctrl-C in its terminal)",
            layout.root.display()
        );
    }
    if arguments.fresh {
        throw_away(&layout.root)?;
    }
    mark(&layout.root)?;
    let flags = vec![
        ("data.dir".to_owned(), arguments.data_dir.to_string_lossy().into_owned()),
        ("http.listen".to_owned(), arguments.listen.clone()),
    ];
    let loaded = config::load(&Sources::of_this_process(None, flags))?;
    serve::run(&loaded, serve::Kind::Demo)
}

fn throw_away(root: &Path) -> anyhow::Result<()> {
    if !root.exists() {
        return Ok(());
    }
    if !root.join(MARKER).exists() {
        bail!("`{}` is not a demo's directory; `--fresh` deletes only those", root.display());
    }
    std::fs::remove_dir_all(root).with_context(|| format!("`{}` cannot be deleted", root.display()))
}

fn mark(root: &Path) -> anyhow::Result<()> {
    let is_used = root.join("snip.db").exists() && !root.join(MARKER).exists();
    if is_used {
        bail!(
            "`{}` holds another node's data; choose another directory for the demo with `--data-dir`",
            root.display()
        );
    }
    std::fs::create_dir_all(root)
        .and_then(|()| {
            std::fs::write(root.join(MARKER), "Made by `snip demo`. Delete the folder at any time.\n")
        })
        .with_context(|| format!("`{}` cannot be written", root.display()))
}
