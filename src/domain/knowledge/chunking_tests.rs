use super::super::extraction::ExtractionBuilder;
use super::super::markdown;
use super::*;

/// Cuts by estimated tokens, and checks what must be true of every cut.
fn checked(extraction: &Extraction) -> Vec<ChunkDraft> {
    assert_eq!(extraction.validate(), Ok(()));
    let drafts = chunk(extraction, &estimate_tokens);
    let mut covered = vec![false; extraction.text.len()];
    for draft in &drafts {
        let text = extraction.text.get(draft.span.clone()).expect("a chunk lies on character boundaries");
        assert!((1..=CHUNK_TOKENS_MAX).contains(&estimate_tokens(text)), "{text:?}");
        assert!(text.chars().count() <= CHUNK_TOKENS_MAX * CHUNK_CHARS_PER_TOKEN_MAX, "{text:?}");
        assert!(!text.trim().is_empty());
        covered[draft.span.clone()].fill(true);
        let inside = |block: &&Block| block.span.start < draft.span.end && draft.span.start < block.span.end;
        let blocks: Vec<&Block> = extraction.blocks.iter().filter(inside).collect();
        assert!(blocks.iter().all(|block| block.heading_path == draft.heading_path));
        assert!(blocks.len() == 1 || blocks.iter().all(|block| block.kind != BlockKind::Heading));
    }
    for block in extraction.blocks.iter().filter(|block| block.kind != BlockKind::Heading) {
        for (at, c) in extraction.block_text(block).char_indices().filter(|(_, c)| !c.is_whitespace()) {
            assert!(covered[block.span.start + at], "{c} at {at} is in no chunk");
        }
    }
    assert!(drafts.is_sorted_by(|a, b| a.span.start < b.span.start && a.span.end < b.span.end));
    drafts
}

fn of(kind: BlockKind, texts: &[String]) -> Extraction {
    let mut builder = ExtractionBuilder::default();
    texts.iter().for_each(|text| builder.push(kind, text));
    builder.finish()
}

#[test]
fn nothing_gives_nothing_and_one_word_gives_one_chunk() {
    assert!(chunk(&Extraction::default(), &estimate_tokens).is_empty());
    assert_eq!(checked(&markdown::extract("Tea")).len(), 1);
}

#[test]
fn a_chunk_never_crosses_a_heading() {
    let extraction = markdown::extract("# A\n\none\n\n## B\n\ntwo\n\nthree\n\n# C\n\n## D\n\nfour\n");

    let drafts = checked(&extraction);

    let found: Vec<(String, &str)> = drafts
        .iter()
        .map(|draft| (draft.heading_path.join(">"), &extraction.text[draft.span.clone()]))
        .collect();
    let wanted = [("A", "one"), ("A>B", "two\n\nthree"), ("C>D", "four")];
    assert_eq!(found, wanted.map(|(path, text)| (path.to_owned(), text)));
}

#[test]
fn a_heading_with_nothing_under_it_can_still_be_found() {
    let extraction = markdown::extract("# Shop\n\n## We never close\n\n## Tea\n\nGreen.");

    let texts: Vec<&str> =
        checked(&extraction).iter().map(|draft| &extraction.text[draft.span.clone()]).collect();

    assert_eq!(texts, ["We never close", "Green."]);
}

// KNO-5
#[test]
fn blocks_are_packed_whole_up_to_the_target() {
    let words = |count: usize| vec!["tea"; count].join(" ");
    let third = CHUNK_TOKENS_TARGET / 3;

    let drafts = checked(&of(BlockKind::Paragraph, &vec![words(third); 4]));
    assert_eq!(drafts.iter().map(|draft| draft.token_count as usize).collect::<Vec<_>>(), [3 * third, third]);

    // Beyond the target, a block is still whole up to the bound.
    let at_bound = of(BlockKind::Paragraph, &[words(CHUNK_TOKENS_MAX), words(CHUNK_TOKENS_MAX + 1)]);
    assert_eq!(checked(&at_bound).first().map(|draft| draft.token_count as usize), Some(CHUNK_TOKENS_MAX));
}

#[test]
fn a_short_last_block_joins_the_one_before_it_while_there_is_room() {
    let words = |count: usize| vec!["tea"; count].join(" ");

    let drafts = checked(&of(BlockKind::Paragraph, &[words(CHUNK_TOKENS_TARGET), words(TAIL_TOKENS - 1)]));
    assert_eq!(drafts.len(), 1);

    let drafts = checked(&of(BlockKind::Paragraph, &[words(CHUNK_TOKENS_TARGET), words(TAIL_TOKENS)]));
    assert_eq!(drafts.len(), 2);
}

#[test]
fn lengths_are_those_of_the_counter_that_is_given() {
    let extraction = of(BlockKind::Paragraph, &vec!["one two three four".to_owned(); 60]);
    let by_words = |text: &str| text.split_whitespace().count();
    let dear = |text: &str| text.split_whitespace().count() * 10;

    let (cheap, dear) = (chunk(&extraction, &by_words), chunk(&extraction, &dear));

    assert_eq!(cheap.iter().map(|draft| draft.token_count as usize).max(), Some(CHUNK_TOKENS_TARGET));
    assert!(dear.len() >= 7 * cheap.len(), "{} and {}", dear.len(), cheap.len());
    // A counter that takes a giant word for one token does not make a giant chunk.
    let giant = of(BlockKind::Paragraph, &["x".repeat(9_000)]);
    let chars_max = CHUNK_TOKENS_MAX * CHUNK_CHARS_PER_TOKEN_MAX;
    assert!(chunk(&giant, &by_words).iter().all(|draft| draft.span.len() <= chars_max));
}

#[test]
fn a_short_table_is_not_torn_from_itself_or_its_lead_in() {
    let table: String = (0..10).map(|row| format!("| item {row} | {row}.50 |\n")).collect();
    let source = format!("{}\n\nOur prices:\n\n| Name | Price |\n|--|--|\n{table}", "Words. ".repeat(85));
    let extraction = markdown::extract(&source);

    let drafts = checked(&extraction);

    let holder = drafts.iter().find(|draft| extraction.text[draft.span.clone()].contains("item 0")).unwrap();
    let text = &extraction.text[holder.span.clone()];
    assert!(text.contains("Our prices:") && text.contains("item 9"), "{text}");
}

#[test]
fn a_long_paragraph_is_split_by_sentences_that_overlap_by_one() {
    let paragraph: String = (0..60).map(|n| format!("Sentence number {n} says something. ")).collect();
    let extraction = of(BlockKind::Paragraph, &[paragraph]);

    let drafts = checked(&extraction);

    assert!(drafts.len() > 2);
    for pair in drafts.windows(2) {
        let shared = &extraction.text[pair[1].span.start..pair[0].span.end];
        assert_eq!(sentences(shared).len(), 1, "{shared:?}");
        assert!(shared.starts_with("Sentence number") && shared.ends_with("something."), "{shared:?}");
    }
}

#[test]
fn code_is_split_by_lines_and_a_giant_word_between_characters() {
    let code = of(BlockKind::Code, &["    let x = \"ä\";\n".repeat(120)]);
    for draft in checked(&code) {
        assert!(code.text[draft.span].ends_with("\"ä\";"));
    }
    let giant = of(BlockKind::ListItem, &["ü".repeat(5_000), format!("{} end", "word ".repeat(900))]);
    assert!(checked(&giant).len() >= 12);
}

#[test]
fn any_mixture_of_blocks_keeps_the_promises() {
    let mut state: u64 = 11;
    let mut draw = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let words = ["tea", "Größe", "€4.20", "e.g.", "Dr.", "end.", "Why?", "日本語。", "🙂", "x:", "\n"];
    for _ in 0..300 {
        let mut builder = ExtractionBuilder::default();
        for _ in 0..draw(12) {
            let length = if draw(5) == 0 { draw(700) } else { draw(60) };
            let separator = if draw(8) == 0 { "" } else { " " };
            let text = (0..length).map(|_| words[draw(words.len())]).collect::<Vec<_>>().join(separator);
            match draw(7) {
                0 => builder.push_heading(u8::try_from(1 + draw(6)).unwrap(), &text),
                1 => builder.push(BlockKind::Code, &text),
                2 => builder.push(BlockKind::ListItem, &text),
                3 => builder.push(BlockKind::TableRow, &text),
                4 => builder.push(BlockKind::Quote, &text),
                _ => builder.push(BlockKind::Paragraph, &text),
            }
        }
        let extraction = builder.finish();
        assert_eq!(checked(&extraction), chunk(&extraction, &estimate_tokens));
    }
}

#[test]
fn tokens_are_estimated_by_signs_and_lengths() {
    assert_eq!(estimate_tokens("We open, daily"), 4);
    assert_eq!(estimate_tokens("international"), 3);
    assert_eq!(estimate_tokens("営業時間"), 4);
    assert_eq!(estimate_tokens("хлеб"), 4);
    assert_eq!(estimate_tokens(""), 0);
}
