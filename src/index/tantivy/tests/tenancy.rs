//! No client meets another one, neither in hits nor in scores.

use super::*;

const QUERY: &str = "return shipping warranty refund day";

/// Texts that every client has, under the same keys.
fn colliding(client_id: &ClientId, variant: usize) -> Vec<TextChange> {
    let bodies = [
        "return within thirty day for a full refund",
        "shipping takes three day and return shipping is free",
        "the warranty covers two year",
        "refund refund refund after return",
        "opening hours from nine to five",
    ];
    let word = |number: usize| format!("own{variant}x{number}");
    let put = |(body, number): (&&str, usize)| {
        let key = format!("chunk_{number}");
        chunk(client_id, &key, &format!("{body} {}", vec![word(number); variant % 7].join(" ")))
    };
    bodies.iter().zip(0..).map(put).collect()
}

#[test]
fn fifty_clients_with_colliding_texts_and_keys_find_their_own_only() {
    let (_dir, index) = empty_index();
    for (number, cursor) in (1..=50).zip(1..) {
        let put = chunk(&client(number), &format!("chunk_of_{number}"), "the same return policy");
        index
            .apply(&[put, faq(&client(number), "faq_same", &format!("return secret{number}"))], cursor)
            .unwrap();
    }

    for number in 1..=50_u128 {
        let found = keys(&index, &client(number), "return policy");
        assert_eq!(found, [format!("chunk_of_{number}"), "faq_same".to_owned()]);
        let neighbour = format!("secret{}", number % 50 + 1);
        assert!(keys(&index, &client(number), &neighbour).is_empty());
        let foreign = format!("chunk_of_{}", number % 50 + 1);
        assert_eq!(index.scores_of(&client(number), &["return".into()], &[&foreign]).unwrap(), [0.0]);
    }

    index.apply(&[delete(&client(1), "faq_same")], 51).unwrap();
    assert_eq!(keys(&index, &client(2), "secret2"), ["faq_same"]);
}

#[test]
fn scores_and_order_do_not_change_by_a_bit_when_other_clients_come_change_and_go() {
    let (_dir, index) = empty_index();
    let own = client(1);
    index.apply(&colliding(&own, 3), 1).unwrap();
    // Deleted and replaced entries that a merge will purge sooner or later, whoever causes it.
    index.apply(&[delete(&own, "chunk_4"), chunk(&own, "chunk_2", "the warranty covers a year")], 2).unwrap();
    let before = search(&index, &own, QUERY);
    assert_eq!(before.len(), 4);
    let unchanged = |moment: &str| {
        assert_eq!(bits(&search(&index, &own, QUERY)), bits(&before), "{moment}");
        let best = index.search(&own, &[QUERY.split(' ').next().unwrap().into()], None, 2).unwrap();
        assert_eq!(best.len(), 2, "{moment}");
    };

    for (variant, cursor) in (2..=50_usize).zip(3..) {
        index.apply(&colliding(&client(variant as u128), variant), cursor).unwrap();
        unchanged("after another client came");
    }
    for (number, cursor) in (2..=50_u128).zip(100..).step_by(3) {
        index.remove_client(&client(number), cursor).unwrap();
    }
    unchanged("after other clients went");
    index.merge_everything();
    unchanged("after everything was merged");

    index.clear().unwrap();
    let mut survivors = colliding(&own, 3);
    survivors.truncate(4);
    survivors[2] = chunk(&own, "chunk_2", "the warranty covers a year");
    survivors.reverse();
    index.apply(&survivors, 1).unwrap();
    unchanged("after a rebuild in another order");
}

#[test]
fn a_word_that_spells_another_clients_term_finds_nothing_of_it() {
    let (_dir, index) = empty_index();
    let (own, other) = (client(1), client(2));
    index.apply(&[chunk(&other, "chunk_a", "secret"), chunk(&own, "chunk_b", "word")], 1).unwrap();

    let forged = format!("{other}\u{1f}secret");

    assert!(keys(&index, &own, &forged).is_empty());
    assert!(keys(&index, &own, &format!("\u{1f}{forged}")).is_empty());
}
