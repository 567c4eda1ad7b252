use super::*;

#[test]
fn nothing_asked_and_nothing_there_find_nothing() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    assert!(search(&index, &client_id, "word").is_empty());

    index.apply(&[chunk(&client_id, "chunk_a", "word")], 1).unwrap();

    assert!(search(&index, &client_id, "").is_empty());
    assert!(search(&index, &client_id, "unknown").is_empty());
    assert!(search(&index, &client(2), "word").is_empty());
}

#[test]
fn an_entry_without_terms_is_counted_and_never_found() {
    let (_dir, index) = empty_index();
    let client_id = client(1);

    index.apply(&[chunk(&client_id, "chunk_a", "")], 1).unwrap();

    assert_eq!(index.statistics(&client_id).unwrap().entries, 1);
    assert!(search(&index, &client_id, "word").is_empty());
    assert_eq!(index.scores_of(&client_id, &["word".into()], &["chunk_a"]).unwrap(), [0.0]);
}

#[test]
fn the_limit_bounds_the_hits_and_equal_scores_stand_by_key() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let entries: Vec<_> =
        (0..10).rev().map(|number| chunk(&client_id, &format!("chunk_{number}"), "word")).collect();
    index.apply(&entries, 1).unwrap();
    let at_most = |limit| index.search(&client_id, &["word".into()], None, limit).unwrap();

    assert!(at_most(0).is_empty());
    assert_eq!(at_most(1)[0].key, "chunk_0");
    assert_eq!(
        at_most(3).iter().map(|hit| hit.key.as_str()).collect::<Vec<_>>(),
        ["chunk_0", "chunk_1", "chunk_2"]
    );
    assert_eq!(at_most(10).len(), 10);
    assert_eq!(at_most(usize::MAX).len(), 10);
}

#[test]
fn a_kind_narrows_the_hits_and_leaves_their_scores() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index.apply(&[chunk(&client_id, "chunk_a", "word"), faq(&client_id, "faq_a", "word word")], 1).unwrap();
    let of_kind = |kind| index.search(&client_id, &["word".into()], kind, 10).unwrap();

    let (all, chunks, faqs) = (of_kind(None), of_kind(Some(EntryKind::Chunk)), of_kind(Some(EntryKind::Faq)));

    assert_eq!(all.iter().map(|hit| hit.kind).collect::<Vec<_>>(), [EntryKind::Faq, EntryKind::Chunk]);
    assert_eq!(faqs, all[..1]);
    assert_eq!(chunks, all[1..]);
}

#[test]
fn a_word_in_the_headings_beats_the_title_and_the_title_beats_the_body() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let entry = |key: &str, title: &str, headings: &str, body: &str| TextChange::Put {
        client_id: client_id.clone(),
        kind: EntryKind::Chunk,
        key: key.to_owned(),
        title_terms: words(title),
        heading_terms: words(headings),
        body_terms: words(body),
    };

    index
        .apply(
            &[
                entry("chunk_body", "guide", "care", "warranty of the device"),
                entry("chunk_title", "warranty", "care", "guide of the device"),
                entry("chunk_heading", "guide", "warranty", "care of the device"),
            ],
            1,
        )
        .unwrap();

    assert_eq!(keys(&index, &client_id, "warranty"), ["chunk_heading", "chunk_title", "chunk_body"]);
    assert_eq!(index.document_frequencies(&client_id, &["warranty"]).unwrap(), [3]);
}

#[test]
fn weights_count_and_the_order_of_words_does_not() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index
        .apply(&[chunk(&client_id, "chunk_a", "red car"), chunk(&client_id, "chunk_b", "blue car")], 1)
        .unwrap();
    let ask = |terms: &[(&'static str, f32)]| {
        let terms: Vec<_> =
            terms.iter().map(|(term, weight)| WeightedTerm { term, weight: *weight }).collect();
        index.search(&client_id, &terms, None, 10).unwrap()
    };

    assert_eq!(ask(&[("red", 1.0), ("blue", 2.0)])[0].key, "chunk_b");
    assert_eq!(ask(&[("red", 2.0), ("blue", 1.0)])[0].key, "chunk_a");
    assert_eq!(bits(&ask(&[("red", 1.0), ("car", 0.3)])), bits(&ask(&[("car", 0.3), ("red", 1.0)])));
    assert_eq!(bits(&ask(&[("red", 1.0), ("red", 1.0)])), bits(&ask(&[("red", 2.0)])));
    for weight in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(ask(&[("red", weight)]).is_empty(), "{weight}");
    }
}

#[test]
fn scores_of_given_entries_are_those_of_a_search() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    index
        .apply(
            &[
                chunk(&client_id, "chunk_a", "red car"),
                chunk(&client_id, "chunk_b", "blue car with a long name"),
                chunk(&client_id, "chunk_c", "boat"),
                chunk(&client(2), "chunk_d", "car"),
            ],
            1,
        )
        .unwrap();
    let found = search(&index, &client_id, "red car");

    let keys = ["chunk_c", "chunk_b", "chunk_a", "chunk_d", "chunk_none", "chunk_a"];
    let scores = index.scores_of(&client_id, &["red".into(), "car".into()], &keys).unwrap();

    assert_eq!(scores, [0.0, found[1].score, found[0].score, 0.0, 0.0, found[0].score]);
}

#[test]
fn odd_words_are_found_exactly_and_only_themselves() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let odd = [
        "",
        "\u{0}",
        "\u{1f}",
        "a\u{1f}b",
        "+49-30/12*",
        "e\u{301}",
        "é",
        "日本",
        "🦀",
        "\"AND\"",
        "C++",
        "0x00FF",
        "ﬀ",
    ];
    let entries: Vec<_> = odd
        .iter()
        .zip(0..)
        .map(|(word, number)| TextChange::Put {
            client_id: client_id.clone(),
            kind: EntryKind::Chunk,
            key: format!("chunk_{number}"),
            title_terms: vec![],
            heading_terms: vec![],
            body_terms: vec![(*word).to_owned()],
        })
        .collect();

    index.apply(&entries, 1).unwrap();

    for (word, number) in odd.iter().zip(0..) {
        let hits = index.search(&client_id, &[(*word).into()], None, 10).unwrap();
        assert_eq!(hits.len(), 1, "{word:?}");
        assert_eq!(hits[0].key, format!("chunk_{number}"), "{word:?}");
    }
}

#[test]
fn very_long_words_and_keys_are_found_and_deleted_like_short_ones() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    // The engine itself drops terms above 65,530 bytes in silence.
    let (word, other) = ("ä".repeat(60_000), format!("{}b", "ä".repeat(60_000)));
    let key = "k".repeat(70_000);
    index.apply(&[chunk(&client_id, &key, &word), chunk(&client_id, "chunk_b", &other)], 1).unwrap();

    assert_eq!(keys(&index, &client_id, &word), [key.as_str()]);
    index.apply(&[chunk(&client_id, &key, "short")], 2).unwrap();

    assert!(keys(&index, &client_id, &word).is_empty());
    assert_eq!(keys(&index, &client_id, "short"), [key.as_str()]);
    assert_eq!(keys(&index, &client_id, &other), ["chunk_b"]);
}

#[test]
fn entries_and_queries_beyond_their_bounds_are_cut_and_answered() {
    let (_dir, index) = empty_index();
    let client_id = client(1);
    let body: Vec<String> = (0..30_000).map(|number| format!("w{number}")).collect();

    index.apply(&[chunk(&client_id, "chunk_a", &body.join(" "))], 1).unwrap();

    assert_eq!(keys(&index, &client_id, "w19999"), ["chunk_a"]);
    assert!(keys(&index, &client_id, "w20000").is_empty());
    assert_eq!(keys(&index, &client_id, &body.join(" ")), ["chunk_a"]);
}

#[test]
fn statistics_and_frequencies_are_the_clients_own() {
    let (_dir, index) = empty_index();
    let (first, second) = (client(1), client(2));

    index
        .apply(
            &[
                chunk(&first, "chunk_a", "red car red"),
                faq(&first, "faq_a", "red boat"),
                chunk(&second, "chunk_a", "red"),
            ],
            1,
        )
        .unwrap();

    let statistics = index.statistics(&first).unwrap();
    assert_eq!((statistics.entries, statistics.terms), (2, 5));
    assert_eq!(index.document_frequencies(&first, &["red", "car", "none", ""]).unwrap(), [2, 1, 0, 0]);
    assert_eq!(index.document_frequencies(&second, &["red", "car"]).unwrap(), [1, 0]);
    assert_eq!(index.statistics(&client(3)).unwrap().entries, 0);
}
