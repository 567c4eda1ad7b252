//! The page behind a citation.

use crate::support::TestApp;

const HOSTILE: &str = "# <script>alert(1)</script> & \"Tea\"\n\n\
    ## <img src=x onerror=alert(2)> Prices\n\n\
    Ginger tea costs <b>4 euros</b> & <script>alert(3)</script> \"a pot\", see <a href=\"javascript:alert(4)\">here</a>.\n";

// ACC-12: XSS in every text that a client can set and a page shows
#[tokio::test]
async fn markup_in_a_document_is_shown_as_the_text_it_is() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "tea.txt", HOSTILE).await;

    let answer = app.ask(&bakery, "What does ginger tea cost?").await;
    let reply = app.site.get(&answer.citations[0].path()).await.expect(200);

    let page = reply.text();
    assert!(reply.header("content-type").starts_with("text/html"));
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
    assert!(!page.contains("<a href=\"javascript"), "{page}");
    assert!(page.contains("&lt;b&gt;4 euros&lt;/b&gt; &amp;"), "{page}");
    assert!(answer.citations[0].quote.contains("<b>4 euros</b>"), "the quote itself is the source's own");
    app.finish().await;
}

// CHT-4
#[tokio::test]
async fn the_quoted_words_are_marked_within_their_passage() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "tea.md", "# Tea\n\nGinger tea costs 4 euros.").await;

    let answer = app.ask(&bakery, "What does ginger tea cost?").await;
    let reply = app.site.get(&answer.citations[0].path()).await.expect(200);

    let page = reply.text();
    let marked = page.split_once("<mark").and_then(|(_, rest)| rest.split_once('>')).unwrap().1;
    assert_eq!(marked.split("</mark>").next().unwrap(), answer.citations[0].quote);
    assert!(page.contains("<h1>Tea</h1>"), "{page}");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("cache-control", "no-store")]
    {
        assert_eq!(reply.header(name), value);
    }
    let policy = reply.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.to_lowercase().contains("snip"), "visitors read no product name: {page}");
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn markup_in_an_faq_is_shown_as_the_text_it_is() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_faq(&bakery, "Do you sell <i>tea</i>?", "Yes </mark><script>alert(1)</script>").await;

    let answer = app.ask(&bakery, "Do you sell <i>tea</i>?").await;
    let page = app.site.get(&answer.citations[0].path()).await.expect(200).text();

    assert!(!page.contains("<script") && !page.contains("<i>"), "{page}");
    assert!(page.contains("Yes &lt;/mark&gt;&lt;script&gt;"), "{page}");
    app.finish().await;
}

#[tokio::test]
async fn a_passage_that_is_not_there_is_a_404_for_people_and_programs() {
    let app = TestApp::start().await;

    let program = app.site.get("/passages/cite_01jzzzzzzzzzzzzzzzzzzzzzzz").await;
    let shapeless = app.site.get("/passages/..%2f..%2fsnip.db").await;

    assert!(matches!(program.status, 404 | 422), "{}", program.text());
    assert!(matches!(shapeless.status, 404 | 422), "{}", shapeless.text());
    app.finish().await;
}
