//! The command line: parses, dispatches, prints. `serve` is the default.
//!
//! Administrative commands are [`admin::AdminCommand`]s: run in this process when no server holds the data
//! directory, by the server through its control socket when one does.

pub mod admin;
mod arguments;
mod backup;
mod control;
mod demo;
mod doctor;
mod doctor_offline;
mod eval;
mod ingest;
mod model;
mod output;
mod person;
mod restore;
mod serve;
mod service;

use crate::app::reach;
use crate::config::{self, Loaded, Sources};
use crate::domain::knowledge::parser;
use anyhow::Context as _;
use arguments::{Arguments, ClientCommand, Command, ConfigCommand, KeyCommand, NodeArguments};
use clap::{CommandFactory as _, Parser as _};
use output::{print_json, print_line};
use std::process::ExitCode;

/// Runs the command of this process. Exit code 0: done; 1: failed, with the reason on standard error; 2: the
/// command line is wrong.
pub fn main() -> ExitCode {
    // Before anything else of the program: the child has no environment, and wants none.
    if let Some(code) = parser::child::run_if_asked(std::env::args_os()) {
        return code;
    }
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            output::print_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let command = arguments.command.unwrap_or(Command::Serve(arguments.node));
    match command {
        Command::Serve(node) => serve::run(&load(&node)?, serve::Kind::Node)?,
        Command::Demo(arguments) => demo::run(&arguments)?,
        Command::Doctor { node, offline: true, json } => return doctor_offline::run(&load(&node)?, json),
        Command::Doctor { node, offline: false, json } => return doctor::run(&load(&node)?, json),
        Command::Config { command } => show_config(command)?,
        Command::Client { command } => client(command)?,
        Command::Key { command: KeyCommand::Rotate { node, client_id, overlap_minutes, json } } => {
            admin::call(&load(&node)?, admin::AdminCommand::KeyRotate { client_id, overlap_minutes }, json)?;
        }
        Command::Person { command } => person::run(load, command)?,
        Command::Model { command } => model::run(load, command)?,
        Command::SetupLink { node, json } => {
            admin::call(&load(&node)?, admin::AdminCommand::SetupLink, json)?
        }
        Command::Reindex { node, json } => admin::call(&load(&node)?, admin::AdminCommand::Reindex, json)?,
        Command::Ask { node, client, question, json } => eval::ask(&load(&node)?, client, question, json)?,
        Command::Eval { node, file, client, floors, json } => {
            return eval::eval(&load(&node)?, client, &file, &floors, json);
        }
        Command::Ingest { node, client_id, files, json } => {
            return ingest::run(&load(&node)?, &client_id, &files, json);
        }
        Command::Backup { command, make } => return backup::run(load, command, &make),
        Command::Restore(arguments) => restore::run(&load(&arguments.node)?, &arguments)?,
        Command::Openapi => print_json(&crate::http::openapi::document(&crate::http::routes::routes()))?,
        Command::Version { json } => version(json)?,
        Command::Healthcheck { node } => return serve::healthcheck(&load(&node)?),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "snip", &mut std::io::stdout());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration for a command that acts on a data directory.
fn load(node: &NodeArguments) -> anyhow::Result<Loaded> {
    let mut flags = Vec::new();
    if let Some(dir) = &node.data_dir {
        flags.push(("data.dir".to_owned(), dir.to_string_lossy().into_owned()));
    }
    if let Some(listen) = &node.listen {
        flags.push(("http.listen".to_owned(), listen.clone()));
    }
    let loaded = config::load(&Sources::of_this_process(node.config.clone(), flags))?;
    // Commands fetch and ask in their own process, too.
    reach::close_network(&loaded.settings);
    Ok(loaded)
}

fn show_config(command: ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check { node } => {
            load(&node)?;
            print_line("The configuration is good.")
        }
        ConfigCommand::Show { node, json: true } => print_json(&load(&node)?.show_json()),
        ConfigCommand::Show { node, json: false } => print_line(&load(&node)?.show()),
    }
}

fn client(command: ClientCommand) -> anyhow::Result<()> {
    use crate::domain::clients::ClientStatus;
    use crate::domain::clients::serving::Service;
    match command {
        ClientCommand::Create { node, name, email, managed, purpose, json } => {
            let service = if managed { Service::Managed } else { Service::SelfServe };
            let create = admin::AdminCommand::ClientCreate { name, email, service, purpose };
            admin::call(&load(&node)?, create, json)
        }
        ClientCommand::List { node, limit, cursor, json } => {
            admin::call(&load(&node)?, admin::AdminCommand::ClientList { limit, cursor }, json)
        }
        ClientCommand::Suspend { node, client_id, json } => {
            let status = ClientStatus::Suspended;
            admin::call(&load(&node)?, admin::AdminCommand::ClientSetStatus { client_id, status }, json)
        }
        ClientCommand::Resume { node, client_id, json } => {
            let status = ClientStatus::Active;
            admin::call(&load(&node)?, admin::AdminCommand::ClientSetStatus { client_id, status }, json)
        }
    }
}

fn version(json: bool) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let schema =
        crate::store::migrate::newest_version().context("the migrations in the binary are unreadable")?;
    if json {
        return print_json(&serde_json::json!({ "name": "snip", "version": version, "schema": schema }));
    }
    print_line(&format!("snip {version} (schema {schema})"))
}
