//! Documents of every format through the child process, good, damaged and hostile.

use crate::support::process::BINARY;
use crate::support::samples::{archive, pdf, word};
use crate::support::{Client, TestApp};
use serde_json::Value;
use snip::domain::knowledge::extraction::Extraction;
use snip::domain::knowledge::parser::{Parser, Reached, Refusal};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the real child says of a file on disk.
async fn parse(parser: &Parser, path: &Path) -> Result<Extraction, Refusal> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let file = File::open(path).expect("the file can be opened");
    parser.parse(file, &extension, &Reached::default()).await.expect("the child starts")
}

async fn parse_bytes(extension: &str, bytes: &[u8]) -> Result<Extraction, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("document.{extension}"));
    std::fs::write(&path, bytes).unwrap();
    parse(&Parser::of(BINARY.into()), &path).await
}

async fn state(app: &TestApp, client: &Client, id: &str) -> Value {
    app.api_key(client).get(&format!("/api/documents/{id}")).await.expect(200).json()
}

// KNO-1, KNO-3
#[tokio::test]
async fn every_format_becomes_ready_and_is_found() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let page = [(60, 700, 20, "Deliveries"), (60, 660, 10, "We deliver bread to Quillham on Tuesdays.")];
    let (body, _, _) =
        encoding_rs::WINDOWS_1252.encode("Der Käse kostet in Quentin fünf Euro für ein Stück.");
    let files: [(&str, Vec<u8>, &str); 5] = [
        ("plan.pdf", pdf(&[&page]), "Quillham"),
        ("rules.docx", word("<w:p><w:r><w:t>Dogs wait outside in Quorn.</w:t></w:r></w:p>"), "Quorn"),
        ("page.html", b"<!doctype html><main><p>Parking is behind the Quarry inn.</main>".to_vec(), "Quarry"),
        ("prices.csv", b"Drink;Price\nQuince tea;3\nLatte;4\n".to_vec(), "Quince"),
        ("kaese.txt", body.into_owned(), "Quentin"),
    ];

    let mut ids = Vec::new();
    for (name, bytes, _) in &files {
        let uploaded = api.upload(name, bytes.clone()).await.expect(202).json();
        ids.push(uploaded["id"].as_str().unwrap().to_owned());
    }
    app.settle().await;

    for (id, (name, _, word)) in ids.iter().zip(&files) {
        let document = state(&app, &bakery, id).await;
        assert_eq!(
            (&document["status"], &document["progress_percent"]),
            (&"ready".into(), &100.into()),
            "{document}"
        );
        let found = api.search(word).await;
        assert_eq!(found[0]["document_id"].as_str(), Some(id.as_str()), "{name}: {found:?}");
    }
    app.finish().await;
}

// KNO-4
#[tokio::test]
async fn hostile_files_end_their_child_and_nothing_else() {
    let bomb = vec![b' '; 140 * 1024 * 1024];
    let deep = "<w:p>".repeat(5_000);
    let laughs = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:document><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>";
    for (extension, bytes, wanted) in [
        ("docx", archive(&[("word/document.xml", &bomb)]), "unpacks to far more"),
        ("docx", word(&deep), "nested deeper"),
        ("docx", archive(&[("word/document.xml", laughs.as_bytes())]), "holds no text"),
        ("docx", word("<w:p/>")[..60].to_vec(), "This Word document is damaged"),
        ("pdf", pdf(&[&[]])[..200].to_vec(), "PDF"),
        ("zip", archive(&[("a.txt", b"tea")]), "seems to be a ZIP archive"),
    ] {
        let refusal = parse_bytes(extension, &bytes).await.unwrap_err().to_string();
        assert!(refusal.contains(wanted), "{refusal}");
    }
    assert_eq!(parse_bytes("txt", b"tea").await.map(|extraction| extraction.text), Ok("tea".to_owned()));
}

// KNO-4
#[tokio::test]
async fn a_child_beyond_its_time_is_killed_and_a_program_that_says_garbage_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tea.txt");
    std::fs::write(&path, "tea").unwrap();
    let slow = Parser::of(BINARY.into()).within(Duration::from_millis(1));

    // `cat` takes its arguments for files, and says nothing.
    let silent = parse(&Parser::of("/bin/cat".into()), &path).await.unwrap_err();
    let garbage = parse(&Parser::of("/bin/echo".into()), &path).await.unwrap_err();
    let refused = slow.parse(File::open("/dev/zero").unwrap(), "txt", &Reached::default()).await;

    assert_eq!((silent, garbage), (Refusal::Broken, Refusal::Broken));
    assert!(matches!(refused, Ok(Err(Refusal::TooLong))), "{refused:?}");
    let nowhere = Parser::of("/nowhere/at/all".into());
    let missing = nowhere.parse(File::open(&path).unwrap(), "txt", &Reached::default()).await;
    assert!(missing.is_err(), "the document is not to blame");
}

// KNO-1, KNO-4
#[tokio::test]
async fn every_file_of_the_shared_folder_ends_as_text_or_with_a_helpful_sentence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/documents");
    let mut files: Vec<PathBuf> = ["pdf", "office"]
        .iter()
        .filter_map(|kind| std::fs::read_dir(folder.join(kind)).ok())
        .flat_map(|listing| listing.map(|entry| entry.unwrap().path()))
        .collect();
    files.sort();
    let parser = Parser::of(BINARY.into());

    for path in files {
        match parse(&parser, &path).await {
            Ok(extraction) => {
                assert_eq!(extraction.validate(), Ok(()), "{}", path.display());
                assert!(!extraction.text.trim().is_empty(), "{}", path.display());
            }
            Err(refusal) => {
                let sentence = refusal.to_string();
                assert!(
                    sentence.starts_with("This ") || sentence.starts_with("The fonts"),
                    "{}: {sentence}",
                    path.display()
                );
                assert!(sentence.matches('.').count() >= 2, "says what to do: {sentence}");
            }
        }
    }
}
