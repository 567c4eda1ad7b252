use std::fs;
use std::path::PathBuf;

use super::*;
use crate::index::{FreshReason, IndexError};

/// A folder with a small index of two segments and a delete, closed.
fn closed_index() -> tempfile::TempDir {
    let (dir, index) = empty_index();
    let client_id = client(1);
    index
        .apply(&[chunk(&client_id, "chunk_a", "return day"), chunk(&client_id, "chunk_x", "return")], 1)
        .unwrap();
    index.apply(&[chunk(&client_id, "chunk_b", "return"), delete(&client_id, "chunk_x")], 2).unwrap();
    dir
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn copy_of(files: &[PathBuf]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        fs::copy(file, dir.path().join(file.file_name().unwrap())).unwrap();
    }
    dir
}

type Damage = fn(&[u8]) -> Vec<u8>;

#[test]
fn a_missing_folder_and_an_empty_one_are_started_fresh() {
    let dir = tempfile::tempdir().unwrap();
    for place in [dir.path().to_owned(), dir.path().join("deeper/index")] {
        let (index, opened) = open(&place);

        assert_eq!(opened, Opened::Fresh { reason: FreshReason::Missing });
        assert_eq!(index.cursor(), 0);
    }
}

#[test]
fn the_cursor_and_the_entries_survive_a_reopen() {
    let dir = closed_index();

    let (index, opened) = open(dir.path());

    assert_eq!(opened, Opened::Existing);
    assert_eq!(index.cursor(), 2);
    assert_eq!(keys(&index, &client(1), "return"), ["chunk_b", "chunk_a"]);
    index.apply(&[delete(&client(1), "chunk_a")], 3).unwrap();
    assert_eq!(keys(&index, &client(1), "return"), ["chunk_b"]);
}

#[test]
fn an_index_that_was_never_changed_is_existing_at_the_next_start() {
    let (dir, index) = empty_index();
    drop(index);

    let (index, opened) = open(dir.path());

    assert_eq!((opened, index.cursor()), (Opened::Existing, 0));
}

#[test]
fn what_was_not_committed_is_gone_after_a_crash() {
    let dir = closed_index();
    let (index, _) = open(dir.path());
    {
        let mut engine = index.lock_engine();
        let writer = engine.take_writer().unwrap();
        let lost = engine.fields.document(&chunk(&client(1), "chunk_lost", "return")).unwrap();
        writer.add_document(lost).unwrap();
        writer.delete_term(engine.fields.entry_term(&client(1), "chunk_a"));
    }
    drop(index);
    fs::write(dir.path().join("0123456789abcdef0123456789abcdef.idx"), b"half a segm").unwrap();

    let (index, opened) = open(dir.path());

    assert_eq!((opened, index.cursor()), (Opened::Existing, 2));
    assert_eq!(keys(&index, &client(1), "return"), ["chunk_b", "chunk_a"]);
}

#[test]
fn a_failed_batch_leaves_nothing_behind_for_the_next_one() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let failed = index.change(1, |writer, fields| {
        writer.add_document(fields.document(&chunk(&client_id, "chunk_half", "word")).unwrap())?;
        Err(::tantivy::TantivyError::InternalError("as a full disk would".to_owned()))
    });
    assert!(matches!(failed, Err(IndexError::Engine { .. })));
    assert_eq!(index.cursor(), 0);

    index.apply(&[chunk(&client_id, "chunk_whole", "word")], 1).unwrap();

    assert_eq!(keys(&index, &client_id, "word"), ["chunk_whole"]);
}

#[test]
fn a_panic_in_a_batch_leaves_the_index_usable() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let panicked = std::thread::scope(|scope| {
        scope.spawn(|| index.change(1, |_, _| panic!("in the middle of a batch"))).join().is_err()
    });
    assert!(panicked);

    index.apply(&[chunk(&client_id, "chunk_a", "word")], 1).unwrap();

    assert_eq!(keys(&index, &client_id, "word"), ["chunk_a"]);
}

#[test]
fn an_index_of_another_analyzer_or_unknown_payload_is_started_over() {
    let dir = closed_index();
    let other = TextIndexOptions { analyzer_version: 2, ..OPTIONS };

    let (index, opened) = TantivyIndex::open(dir.path(), other).unwrap();

    assert_eq!(opened, Opened::Fresh { reason: FreshReason::OtherVersion });
    assert_eq!(index.cursor(), 0);
    assert!(keys(&index, &client(1), "return").is_empty());

    drop(index);
    let meta = dir.path().join("meta.json");
    fs::write(&meta, fs::read_to_string(&meta).unwrap().replace("analyzer_version", "something")).unwrap();
    let (_, opened) = open(dir.path());
    assert_eq!(opened, Opened::Fresh { reason: FreshReason::OtherVersion });
}

#[test]
fn a_merged_index_is_existing_at_the_next_start() {
    let dir = closed_index();
    let (index, _) = open(dir.path());
    index.merge_everything();
    assert_eq!(index.segments(), 1);
    drop(index);

    let (index, opened) = open(dir.path());

    assert_eq!((opened, index.cursor()), (Opened::Existing, 2));
    assert_eq!(keys(&index, &client(1), "return"), ["chunk_b", "chunk_a"]);
}

/// Whatever happens to whichever file: the index opens, and is either whole or fresh.
#[test]
fn damage_to_any_file_costs_at_most_a_rebuild() {
    let template = closed_index();
    let files = files(template.path());
    let damages: [(&str, Damage); 6] = [
        ("emptied", |_| Vec::new()),
        ("cut in half", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("one byte short", |bytes| bytes[..bytes.len().saturating_sub(1)].to_vec()),
        ("garbage", |bytes| vec![0xa5; bytes.len().max(9)]),
        ("a flipped bit at the beginning", |bytes| flipped(bytes, 0)),
        ("a flipped bit in the middle", |bytes| flipped(bytes, bytes.len() / 2)),
    ];
    let mut fresh = 0;
    for path in &files {
        for (name, damage) in damages {
            let dir = copy_of(&files);
            let damaged = dir.path().join(path.file_name().unwrap());
            fs::write(damaged, damage(&fs::read(path).unwrap())).unwrap();

            let (index, opened) = open(dir.path());

            let found = keys(&index, &client(1), "return day");
            match opened {
                Opened::Existing => {
                    assert_eq!(found, ["chunk_a", "chunk_b"], "{}, {name}", path.display());
                }
                Opened::Fresh { .. } => {
                    fresh += 1;
                    assert!(found.is_empty(), "{}, {name}", path.display());
                    assert_eq!(index.cursor(), 0, "{}, {name}", path.display());
                }
            }
            index.apply(&[chunk(&client(1), "chunk_c", "anew")], 9).unwrap();
            assert_eq!(keys(&index, &client(1), "anew"), ["chunk_c"], "{}, {name}", path.display());
        }
    }
    assert!(fresh > files.len() * 3, "{fresh} of {}", files.len() * 6);
}

fn flipped(bytes: &[u8], place: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 0x10;
    }
    bytes
}

#[test]
fn a_lost_file_costs_at_most_a_rebuild() {
    let template = closed_index();
    let files = files(template.path());
    for path in &files {
        let dir = copy_of(&files);
        fs::remove_file(dir.path().join(path.file_name().unwrap())).unwrap();

        let (index, opened) = open(dir.path());

        let entries = if opened == Opened::Existing { 2 } else { 0 };
        assert_eq!(search(&index, &client(1), "return").len(), entries, "{}", path.display());
    }
}

#[test]
fn clear_mends_an_index_whose_files_were_damaged_while_it_was_open() {
    let dir = closed_index();
    let (index, _) = open(dir.path());
    fs::write(dir.path().join("meta.json"), b"garbage").unwrap();

    index.clear().unwrap();
    index.apply(&[chunk(&client(1), "chunk_n", "word")], 1).unwrap();

    assert_eq!(keys(&index, &client(1), "word"), ["chunk_n"]);
}

#[test]
fn a_clear_that_fails_leaves_cursor_zero_and_the_next_change_makes_up_for_it() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data").join("index");
    fs::create_dir_all(&dir).unwrap();
    let (index, _) = open(&dir);
    index.apply(&[chunk(&client(1), "chunk_a", "word")], 7).unwrap();
    fs::remove_dir_all(parent.path().join("data")).unwrap();
    fs::write(parent.path().join("data"), b"in the way").unwrap();

    assert!(index.clear().is_err());
    assert_eq!(index.cursor(), 0);
    assert!(index.apply(&[chunk(&client(1), "chunk_b", "word")], 1).is_err());

    fs::remove_file(parent.path().join("data")).unwrap();
    index.apply(&[chunk(&client(1), "chunk_b", "word")], 1).unwrap();
    assert_eq!(index.cursor(), 1);
    assert_eq!(keys(&index, &client(1), "word"), ["chunk_b"]);
}

#[test]
fn a_file_in_place_of_the_folder_is_replaced() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("index");
    fs::write(&dir, b"not a folder").unwrap();

    let (index, opened) = open(&dir);

    assert!(matches!(opened, Opened::Fresh { .. }));
    index.apply(&[chunk(&client(1), "chunk_a", "word")], 1).unwrap();
}

#[test]
fn an_index_in_use_is_refused_and_left_as_it_is() {
    let dir = closed_index();
    let (index, _) = open(dir.path());

    let other_version = TextIndexOptions { analyzer_version: 2, ..OPTIONS };
    for options in [OPTIONS, other_version] {
        assert!(matches!(TantivyIndex::open(dir.path(), options), Err(IndexError::InUse { .. })));
    }

    index.apply(&[chunk(&client(1), "chunk_c", "return")], 3).unwrap();
    assert_eq!(search(&index, &client(1), "return").len(), 3);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, b"").unwrap();

    let error = TantivyIndex::open(&file.join("index"), OPTIONS).err().unwrap();

    assert!(matches!(error, IndexError::Folder { .. }));
    assert!(error.to_string().contains("file/index"), "{error}");
}

#[test]
fn too_little_memory_is_refused_before_anything_is_touched() {
    let dir = closed_index();
    let options = TextIndexOptions { writer_bytes: INDEX_WRITER_BYTES_MIN - 1, ..OPTIONS };

    let refused = TantivyIndex::open(dir.path(), options);

    assert!(matches!(refused, Err(IndexError::WriterBytes { .. })));
    assert_eq!(open(dir.path()).1, Opened::Existing);
}
