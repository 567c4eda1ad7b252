//! Configuration through its front door: sources in, settings or sentences out.

mod billing;
mod embeddings;
mod example;
mod files;
mod layers;
mod llm;
mod mail;
mod modules;
mod network;
mod problems;
mod ranges;
mod show;

use super::{ConfigProblems, Loaded, Sources, load};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Sources with a file of their own, so that no file of the working directory counts.
struct Given {
    folder: TempDir,
    sources: Sources,
}

impl Given {
    fn file(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("snip.toml");
        fs::write(&file, text).unwrap();
        Self { folder, sources: Sources { file: Some(file), ..Sources::default() } }
    }

    fn nothing() -> Self {
        Self::file("")
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flag(mut self, path: &str, value: &str) -> Self {
        self.sources.flags.push((path.to_owned(), value.to_owned()));
        self
    }

    /// A file beside the configuration, such as a mounted secret.
    fn other_file(self, name: &str, content: &[u8]) -> (Self, PathBuf) {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        (self, path)
    }

    fn load(&self) -> Result<Loaded, ConfigProblems> {
        load(&self.sources)
    }

    fn loads(&self) -> Loaded {
        self.load().unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The sentences, with the name of the temporary folder taken out.
    fn sentences(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        let problems = self.load().expect_err("this configuration must be refused");
        problems.iter().map(|problem| problem.sentence.replace(&folder, "")).collect()
    }

    fn sentence(&self) -> String {
        let sentences = self.sentences();
        assert_eq!(sentences.len(), 1, "{sentences:#?}");
        sentences.into_iter().next().unwrap()
    }
}
