use super::*;

fn text(source: &str) -> String {
    let extraction = extract(source);
    assert_eq!(extraction.validate(), Ok(()), "{source:?}");
    extraction.text
}

fn kinds(source: &str) -> Vec<BlockKind> {
    extract(source).blocks.iter().map(|block| block.kind).collect()
}

#[test]
fn marks_go_and_words_stay() {
    assert_eq!(text("# Our *best* `tea`\n\nWe **love** _it_.\\*"), "Our best tea\n\nWe love it.*");
    assert_eq!(text("One&nbsp;&amp; two\\\nthree"), "One & two\nthree");
    assert_eq!(text("A price of ~~€5~~ **€4** now"), "A price of €4 now");
    assert_eq!(text("Free delivery[^1].\n\n[^1]: In town."), "Free delivery [1].\n\n[1] In town.");
    assert_eq!(
        text("![A red door](door.png) and <b>bold</b> text<br>below"),
        "A red door and bold text\nbelow"
    );
    assert_eq!(text("above\n\n---\n\nbelow"), "above\n\nbelow");
}

#[test]
fn links_keep_an_address_that_differs() {
    assert_eq!(text("See [our shop](https://shop.example)."), "See our shop (https://shop.example).");
    assert_eq!(
        text("Write <hi@shop.example> or <https://shop.example>"),
        "Write hi@shop.example or https://shop.example"
    );
    assert_eq!(text("[**Up**](#top) [a][b]\n\n[b]: /contact"), "Up a (/contact)");
}

#[test]
fn table_rows_carry_their_column_names() {
    let source = "| Drink | Size | Price |\n|---|:-:|--:|\n| Latte | large | €4.20 |\n| Tea |  | **€3** |\n";

    assert_eq!(text(source), "Drink: Latte; Size: large; Price: €4.20\nDrink: Tea; Price: €3");
    assert_eq!(kinds(source), [BlockKind::TableRow, BlockKind::TableRow]);
    assert_eq!(text("| | Hours |\n|---|---|\n| Mon | 9–12<br>14–18 |"), "Mon; Hours: 9–12, 14–18");
    assert_eq!(text("| A | B |\n|---|---|"), "A; B");
}

#[test]
fn every_list_item_is_a_line_under_its_heading() {
    let source =
        "## Steps\n\n3. Open\n   the box\n4. Press\n\n   - red\n   - [x] green\n\n> Quoted *words*\n";
    let extraction = extract(source);

    assert_eq!(extraction.text, "Steps\n\n3. Open the box\n4. Press\nred\n[x] green\n\nQuoted words");
    assert_eq!(kinds(source)[1..5], [BlockKind::ListItem; 4]);
    assert_eq!(extraction.blocks[5].kind, BlockKind::Quote);
    assert_eq!(extraction.blocks[1].heading_path, ["Steps"]);
}

#[test]
fn code_is_kept_as_it_stands() {
    let source = "Run:\n\n```sh\n  snip  --help\n\n# *not* a heading\n```\n";

    assert_eq!(text(source), "Run:\n\n  snip  --help\n\n# *not* a heading");
    assert_eq!(kinds(source), [BlockKind::Paragraph, BlockKind::Code]);
}

#[test]
fn the_title_comes_from_front_matter_or_the_first_heading() {
    let yaml = extract("---\nlayout: page\ntitle: \"Prices: 2024\"\n---\n\n# Other\n");
    assert_eq!((yaml.title.as_deref(), yaml.text.as_str()), (Some("Prices: 2024"), "Other"));
    assert_eq!(extract("+++\ntitle = 'T'\n+++\nx").title.as_deref(), Some("T"));
    assert_eq!(extract("# First\n\ntext").title.as_deref(), Some("First"));
    assert_eq!(extract("text\n\n# Later").title, None);
}

#[test]
fn wrapped_lines_are_joined_and_short_ones_are_kept() {
    let wrapped =
        "Orders that reach us before noon leave the house\non the same day, all\nothers on the next.";
    assert!(!text(wrapped).contains('\n'));
    assert_eq!(text("Monday 9–17\nTuesday 9–17"), "Monday 9–17\nTuesday 9–17");
}

#[test]
fn html_blocks_lose_their_tags() {
    let source =
        "<details>\n<summary>More</summary>\n<p>We ship to <b>Norway</b> &amp; Sweden.</p>\n</details>\n";

    assert_eq!(text(source), "More\n\nWe ship to Norway & Sweden.");
}

#[test]
fn odd_markdown_gives_a_valid_extraction() {
    let deep_quote = ">".repeat(3_000) + " deep";
    let deep_list: String = (0..300).map(|depth| format!("{}- item {depth}\n", "  ".repeat(depth))).collect();
    let many_links = "[".repeat(3_000) + &"](x)".repeat(3_000);
    let cases = [
        "",
        " ",
        "#",
        "# \n## \n",
        "|",
        "|a|\n|-|\n|b|c|d|\n",
        "```",
        "~~~\n",
        "<",
        "<!--",
        "[",
        "[]()",
        "![]()",
        "- ",
        "1.",
        "1.\n2.\n",
        "18446744073709551615. a\n1. b",
        "***",
        "---",
        "---\ntitle:\n---",
        "+++\n+++",
        "[^1]",
        "[^1]: ",
        "\\",
        "&#0;",
        "&#x110000;",
        "\u{FEFF}# a",
        "a\0b",
        "\r\r\n",
        "> \n> - \n>   1. ",
        "- [ ]",
        "- [x] ",
        "<script>\n\n</script>",
        "| a |\n|---|\n| `x|y` |",
        "a\u{2028}b",
        "*_~`",
        "~~a **b~~ c**",
        "<p",
        "[a](<b)",
        &deep_quote,
        &deep_list,
        &many_links,
    ];
    for case in cases {
        let extraction = extract(case);
        assert_eq!(extraction.validate(), Ok(()), "{:?}", case.get(..40).unwrap_or(case));
    }
}

#[test]
fn changed_bytes_never_break_it() {
    let seed = include_str!("markdown.rs").get(..1_500).unwrap_or_default().to_owned()
        + "# H\n\n| a | b |\n|--|--|\n| c ~~d~~ | [e](f) |\n\n1. x\n   > y <b>z</b>\n\n```\ncode\n```\n[^1]: note\n- [x] ü€🙂\n";
    let marks = b"#*_`~[]()<>|-+=!&;:\\ \n\t\"'0123abc\xc3\xa4\xff\0^";
    let mut state: u64 = 42;
    let mut draw = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    for round in 0..400 {
        let mut bytes = if round % 4 == 0 { Vec::new() } else { seed.clone().into_bytes() };
        for _ in 0..(20 + draw(120)) {
            let mark = marks[draw(marks.len())];
            match draw(3) {
                0 if !bytes.is_empty() => {
                    let at = draw(bytes.len());
                    bytes[at] = mark;
                }
                1 if bytes.len() > 40 => {
                    let at = draw(bytes.len() - 20);
                    bytes.drain(at..at + draw(20));
                }
                _ => bytes.insert(draw(bytes.len() + 1), mark),
            }
        }
        let source = String::from_utf8_lossy(&bytes);
        assert_eq!(extract(&source).validate(), Ok(()), "{source:?}");
    }
}
