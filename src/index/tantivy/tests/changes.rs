use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::index::IndexError;

#[test]
fn an_entry_is_found_as_soon_as_apply_returns_and_gone_as_soon_as_its_delete_does() {
    let (_dir, index) = empty_index();
    let client_id = client(1);

    index.apply(&[chunk(&client_id, "chunk_a", "return within thirty day")], 1).unwrap();
    assert_eq!(keys(&index, &client_id, "return"), ["chunk_a"]);

    index.apply(&[delete(&client_id, "chunk_a")], 2).unwrap();
    assert!(keys(&index, &client_id, "return").is_empty());
    assert_eq!(index.cursor(), 2);
}

#[test]
fn a_put_replaces_the_entry_of_the_same_key_also_within_one_batch() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index.apply(&[chunk(&client_id, "chunk_a", "old")], 1).unwrap();

    index.apply(&[chunk(&client_id, "chunk_a", "between"), chunk(&client_id, "chunk_a", "new")], 2).unwrap();

    assert!(keys(&index, &client_id, "old between").is_empty());
    assert_eq!(keys(&index, &client_id, "new"), ["chunk_a"]);
    assert_eq!(index.statistics(&client_id).unwrap().entries, 1);
}

#[test]
fn changes_of_one_batch_hold_in_their_order() {
    let (_dir, index) = empty_index();
    let client_id = client(1);

    let put = chunk(&client_id, "chunk_a", "word");
    index.apply(&[put.clone(), delete(&client_id, "chunk_a")], 1).unwrap();
    assert!(keys(&index, &client_id, "word").is_empty());

    index.apply(&[delete(&client_id, "chunk_a"), put], 2).unwrap();
    assert_eq!(keys(&index, &client_id, "word"), ["chunk_a"]);
}

#[test]
fn applying_a_batch_again_changes_nothing() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let batch = [chunk(&client_id, "chunk_a", "one two"), chunk(&client_id, "chunk_b", "one")];
    index.apply(&batch, 7).unwrap();
    let before = search(&index, &client_id, "one two");

    index.apply(&batch, 7).unwrap();

    assert_eq!(bits(&search(&index, &client_id, "one two")), bits(&before));
    assert_eq!(index.cursor(), 7);
}

#[test]
fn a_cursor_behind_the_committed_one_is_refused_and_changes_nothing() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index.apply(&[chunk(&client_id, "chunk_a", "word")], 5).unwrap();

    let refused = index.apply(&[delete(&client_id, "chunk_a")], 4);

    assert!(matches!(refused, Err(IndexError::CursorBehind { committed: 5, asked: 4 })));
    assert_eq!(keys(&index, &client_id, "word"), ["chunk_a"]);
}

#[test]
fn an_empty_batch_moves_the_cursor() {
    let (_dir, index) = empty_index();

    index.apply(&[], 9).unwrap();

    assert_eq!(index.cursor(), 9);
}

#[test]
fn a_delete_of_what_is_not_there_does_nothing() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index.apply(&[chunk(&client_id, "chunk_a", "word")], 1).unwrap();

    index.apply(&[delete(&client_id, "chunk_b"), delete(&client(2), "chunk_a")], 2).unwrap();

    assert_eq!(keys(&index, &client_id, "word"), ["chunk_a"]);
}

#[test]
fn removing_a_client_leaves_the_others() {
    let (_dir, index) = empty_index();
    let (leaving, staying) = (client(1), client(2));
    index.apply(&[chunk(&leaving, "chunk_a", "word"), chunk(&staying, "chunk_a", "word")], 1).unwrap();

    index.remove_client(&leaving, 2).unwrap();

    assert!(keys(&index, &leaving, "word").is_empty());
    assert_eq!(index.statistics(&leaving).unwrap().entries, 0);
    assert_eq!(keys(&index, &staying, "word"), ["chunk_a"]);
    assert_eq!(index.cursor(), 2);
}

#[test]
fn clear_starts_over_with_cursor_zero_and_the_index_goes_on() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index.apply(&[chunk(&client_id, "chunk_a", "word")], 8).unwrap();

    index.clear().unwrap();
    assert_eq!(index.cursor(), 0);
    assert!(keys(&index, &client_id, "word").is_empty());

    index.apply(&[chunk(&client_id, "chunk_b", "word")], 1).unwrap();
    assert_eq!(keys(&index, &client_id, "word"), ["chunk_b"]);
}

#[test]
fn deleted_entries_do_not_count_before_or_after_a_merge() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let entries: Vec<_> =
        (0..20).map(|number| chunk(&client_id, &format!("chunk_{number:02}"), "shared words")).collect();
    index.apply(&entries, 1).unwrap();
    index.apply(&[chunk(&client_id, "chunk_00", "shared other"), delete(&client_id, "chunk_01")], 2).unwrap();

    let before = search(&index, &client_id, "shared other");
    let statistics = index.statistics(&client_id).unwrap();
    assert_eq!((statistics.entries, statistics.terms), (19, 38));
    assert_eq!(index.document_frequencies(&client_id, &["shared", "words", "other"]).unwrap(), [19, 18, 1]);

    index.merge_everything();

    assert_eq!(index.statistics(&client_id).unwrap(), statistics);
    assert_eq!(bits(&search(&index, &client_id, "shared other")), bits(&before));
}

#[test]
fn many_small_commits_stay_few_segments() {
    let (_dir, index) = empty_index();
    let client_id = client(1);

    for number in 0..40_u64 {
        index.apply(&[chunk(&client_id, &format!("chunk_{number}"), "word")], number + 1).unwrap();
    }
    index.merge_everything();

    assert_eq!(index.segments(), 1);
    assert_eq!(search(&index, &client_id, "word").len(), 40);
}

#[test]
fn searches_during_changes_see_whole_commits_only() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let batch = |word: &str| [chunk(&client_id, "chunk_a", word), chunk(&client_id, "chunk_b", word)];
    index.apply(&batch("even"), 0).unwrap();
    let done = AtomicBool::new(false);

    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 1..=30_u64 {
                index.apply(&batch(if round % 2 == 0 { "even" } else { "odd" }), round).unwrap();
            }
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            let hits = search(&index, &client_id, "even odd");
            assert_eq!(hits.len(), 2);
            assert_eq!(hits[0].score.to_bits(), hits[1].score.to_bits());
        }
    });

    assert_eq!(keys(&index, &client_id, "even"), ["chunk_a", "chunk_b"]);
    assert_eq!(index.cursor(), 30);
}
