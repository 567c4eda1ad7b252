use super::*;

fn text(source: &str) -> String {
    let extraction = extract(source);
    assert_eq!(extraction.validate(), Ok(()));
    extraction.text
}

// KNO-1
#[test]
fn headings_lists_tables_and_code_are_kept_and_the_frame_is_not() {
    let extraction = extract(
        "<!doctype html><title>Menu – Larkspur</title><body>
         <div class='cookie-banner'>We use cookies. <button>Accept</button></div>
         <header><a href='/'>Home</a></header><nav><ul><li>Shop</ul></nav>
         <main><h1>Menu</h1><p>Everything is made <b>here</b>,<br>every day.
         <h2>Drinks</h2><table><tr><th>Drink<th>Price<tr><td>Latte<td>€4.20<tr><td>Tea<td>€3</table>
         <ol><li>Order<li>Pay</ol><pre>a\n  b</pre>
         <p>Write to <a href='mailto:tea@example.test'>us</a>.<script>track()</script></main>
         <footer>Imprint</footer>",
    );

    assert_eq!(extraction.validate(), Ok(()));
    assert_eq!(extraction.title.as_deref(), Some("Menu – Larkspur"));
    assert_eq!(
        extraction.text,
        "Menu\n\nEverything is made here,\nevery day.\n\nDrinks\n\nDrink: Latte; Price: €4.20\nDrink: Tea; Price: €3\n\n\
         1. Order\n2. Pay\n\na\n  b\n\nWrite to us (tea@example.test)."
    );
    let row = extraction.blocks.iter().find(|block| block.kind == BlockKind::TableRow);
    assert_eq!(row.map(|row| row.heading_path.clone()), Some(vec!["Menu".to_owned(), "Drinks".to_owned()]));
}

#[test]
fn a_table_that_lays_out_a_page_is_read_as_its_parts() {
    assert_eq!(
        text("<table><tr><td><h2>Left</h2><p>One</p></td><td><ul><li>Two</ul></td></tr></table>"),
        "Left\n\nOne\n\nTwo"
    );
}

#[test]
fn a_page_that_is_all_frame_is_still_read() {
    assert_eq!(text("<header><p>Open from 9 to 5</p></header>"), "Open from 9 to 5");
}

#[test]
fn a_row_with_its_name_in_front_is_one_line() {
    assert_eq!(
        text("<table><tr><th>Phone:</th><td>555 0100</td><tr><th>Hours</th><td>9–5</td></table>"),
        "Phone: 555 0100\nHours: 9–5"
    );
}

// KNO-4
#[test]
fn deep_nesting_and_endless_tags_end() {
    let deep = "<div>".repeat(20_000) + "tea";
    assert_eq!(text(&deep), "tea");
    assert_eq!(text(&"<".repeat(10_000)).len(), 10_000);
    assert_eq!(text(""), "");
}
