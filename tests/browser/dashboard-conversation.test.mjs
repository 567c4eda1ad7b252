// One conversation: its marks and tags, its export, and links by which others read it. Against the stand-in.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { PHONE, shoot } from "./support/browser.mjs";
import { focused } from "./support/chat.mjs";
import { asked, button, choose, dialog, findings, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, own, visit } = dashboard;

const first = () => own().conversations[0];
const ACTS = "More for this conversation";
const open = (membership = {}, options = {}) => visit(`/clients/${client()}/conversations/${first().id}`, membership, options);
const news = (page, words) => page.locator(".toast").filter({ hasText: words });
const thread = (page) => page.getByRole("region", { name: "Conversation", exact: true });
const field = (page) => dialog(page).getByLabel("New tag");
const address = (page) => dialog(page).getByRole("link", { name: "Download" }).getAttribute("href").then((href) => new URL(href, "http://loopback"));

describe("marks", () => {
  test("a bookmark is one press, and says whether it is there", async () => {
    // DSH-2
    const { page, close } = await open();
    const mark = button(page, "Bookmark");
    await mark.and(page.locator("[aria-pressed=true]")).waitFor();
    await mark.press("Enter");

    await mark.and(page.locator("[aria-pressed=false]")).waitFor();
    assert.equal(first().bookmarked_at, null);
    assert.match(await focused(page), /Bookmark/, "the focus stays");
    await page.getByRole("link", { name: /Ines Albrecht\s*Bookmarked/ }).waitFor({ state: "detached" });
    await close();
  });

  test("archiving takes it from the list and leaves it open; undo brings it back", async () => {
    // DSH-2
    const { page, close } = await open();
    await button(page, "Archive").click();

    await news(page, "1 conversation archived.").waitFor();
    await thread(page).getByText("Archived", { exact: true }).waitFor();
    await page.getByRole("link", { name: /Ines Albrecht/ }).waitFor({ state: "detached" });
    await news(page, "1 conversation archived.").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("link", { name: /Ines Albrecht/ }).waitFor();
    await button(page, "Archive").waitFor();
    assert.equal(first().archived_at, null);
    await close();
  });

  test("a visitor's new message brings it back while somebody looks", async () => {
    // DSH-2
    first().archived_at = first().created_at;
    const { page, close } = await open();
    await button(page, "Take out of the archive").waitFor();

    first().archived_at = null;
    dashboard.server.tell(client(), "conversation", { id: first().id });

    await button(page, "Archive").waitFor();
    await close();
  });
});

describe("tags", () => {
  test("are written, taken from those used before, and taken away", async () => {
    // DSH-2
    const { page, problems, close } = await open();
    await choose(page, ACTS, "Tags…");
    await field(page).fill("Order");
    await button(dialog(page), "Add “prices”").waitFor({ state: "detached" });
    await button(dialog(page), "Add “orders”").click();
    assert.match(await focused(page), /input/, "on to the next");
    await button(dialog(page), "Take “rental” away").click();
    await page.keyboard.type("RENTAL");
    await page.keyboard.press("Enter");
    await page.keyboard.type("saturday");
    await page.keyboard.press("Enter");
    await page.keyboard.type("urgent");
    await button(dialog(page), "Save").click();

    await news(page, "The tags are saved.").waitFor();
    assert.deepEqual(first().tags, ["opening hours", "orders", "rental", "Saturday", "to be called back", "urgent"]);
    await thread(page).getByRole("list", { name: "Tags" }).getByText("urgent").waitFor();
    await page.getByLabel("Tag", { exact: true }).locator("option", { hasText: "urgent" }).waitFor({ state: "attached" });
    assert.deepEqual(problems, []);
    await close();
  });

  test("more than twenty, or one too long, is refused at the field; what was typed stays", async () => {
    // DSH-2
    first().tags = Array.from({ length: 20 }, (_, at) => `tag ${at + 10}`);
    const { page, close } = await open({}, { viewport: PHONE });
    await choose(page, ACTS, "Tags…");
    await field(page).fill("one more");
    await button(dialog(page), "Save").click();
    await dialog(page).getByText("A conversation has at most 20 tags. Take one away first.").waitFor();
    await shoot(page, "dashboard-conversation-tags-limit");
    assert.deepEqual(await findings(page), []);
    assert.equal(await field(page).inputValue(), "one more");

    await button(dialog(page), "Take “tag 10” away").click();
    await field(page).fill("x".repeat(41));
    await button(dialog(page), "Save").click();
    await dialog(page).getByText("A tag has 1 to 40 characters, in one line; this one has 41.").waitFor();
    await field(page).fill("one more");
    await button(dialog(page), "Save").click();

    await news(page, "The tags are saved.").waitFor();
    assert.equal(first().tags.length, 20);
    assert.equal(first().tags.includes("one more"), true);
    await close();
  });

  test("what somebody else tagged meanwhile is kept beside one's own", async () => {
    // DSH-2
    const { page, close } = await open();
    await choose(page, ACTS, "Tags…");
    await button(dialog(page), "Take “rental” away").click();
    await field(page).fill("mine");
    await page.keyboard.press("Enter");
    Object.assign(first(), { tags: [...first().tags.filter((it) => it !== "Saturday"), "theirs"], version: 9 });
    await button(dialog(page), "Save").click();
    await dialog(page).getByText("Somebody else changed this").waitFor();

    await button(dialog(page), "Load the present state, keep what I typed").click();
    await dialog(page).getByText("theirs").waitFor();
    await button(dialog(page), "Save").click();

    await news(page, "The tags are saved.").waitFor();
    assert.deepEqual(first().tags, ["mine", "opening hours", "theirs", "to be called back"]);
    await close();
  });
});

describe("export", () => {
  test("this conversation, in the format that is chosen", async () => {
    // DSH-2
    const { page, problems, close } = await open();
    await choose(page, ACTS, "Export…");
    await dialog(page).getByText("This conversation, with all that was said in it.").waitFor();
    for (const [name, format] of [[/^JSON One/, "json"], [/^JSON Lines/, "jsonl"], [/^CSV/, "csv"], [/^Markdown/, "markdown"]]) {
      await dialog(page).getByRole("radio", { name }).check();
      const { pathname, searchParams } = await address(page);
      assert.equal(pathname, `/api/clients/${client()}/conversations/export`);
      assert.deepEqual(Object.fromEntries(searchParams), { format, ids: first().id });
    }

    const coming = page.waitForEvent("download");
    await dialog(page).getByRole("link", { name: "Download" }).click();
    const download = await coming;

    assert.equal(download.suggestedFilename(), "conversations.md");
    assert.match(await readFile(await download.path(), "utf8"), /When are you open on Saturday\?/);
    await dialog(page).getByText("The download has begun.").waitFor();
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(problems, []);
    await close();
  });

  test("those that are chosen, and nothing else", async () => {
    // DSH-2
    const { page, close } = await visit(`/clients/${client()}/conversations`);
    await page.getByRole("checkbox", { name: /service 1 cost/ }).click({ force: true });
    await page.getByRole("checkbox", { name: /service 3 cost/ }).click({ force: true });
    await choose(page, "More for the chosen conversations", "Export…");

    await dialog(page).getByText("The 2 chosen conversations").waitFor();
    const { searchParams } = await address(page);
    assert.deepEqual(Object.fromEntries(searchParams), { format: "markdown", ids: [own().conversations[1].id, own().conversations[3].id].join(",") });
    await close();
  });

  test("everything that the list is narrowed to", async () => {
    // DSH-2
    const { page, close } = await visit(`/clients/${client()}/conversations`);
    await page.getByLabel("Which conversations", { exact: true }).selectOption("bookmarked");
    await page.getByLabel("When", { exact: true }).selectOption("week");
    await page.getByLabel("Tag", { exact: true }).selectOption("rental");
    await page.getByRole("searchbox", { name: "Search what was said" }).fill("Saturday");
    await page.waitForRequest((it) => it.url().includes("q=Saturday"));
    await button(page, "Export…").click();

    await dialog(page).getByText("Bookmarked · Last 7 days · tag “rental” · with “Saturday”").waitFor();
    const { since, ...asked } = Object.fromEntries((await address(page)).searchParams);
    assert.deepEqual(asked, { format: "markdown", q: "Saturday", archived: "include", bookmarked: "true", tag: "rental" });
    assert.ok(Math.abs(Date.now() - 7 * 86_400_000 - Date.parse(since)) < 60_000);
    await close();
  });
});

describe("links", () => {
  test("a link is made, copied, and revoked after the question", async () => {
    // DSH-2
    const { page, problems, close } = await open({}, { permissions: ["clipboard-read", "clipboard-write"] });
    await choose(page, ACTS, "Share…");
    await dialog(page).getByText("What the visitor typed is shown as it is.").waitFor();
    await dialog(page).getByText("No link is open.").waitFor();
    await dialog(page).getByLabel("The link works for").selectOption({ label: "30 days" });
    await dialog(page).getByLabel("Password").fill("short");
    await button(dialog(page), "Create link").click();
    await dialog(page).getByText("A password has 8 to 128 characters.").waitFor();
    assert.deepEqual(await findings(page), []);
    await dialog(page).getByLabel("Password").fill("long enough to share");
    await button(dialog(page), "Create link").click();

    await dialog(page).getByText("The link is ready").waitFor();
    const [share] = first().shares;
    assert.equal(share.has_password, true);
    assert.equal(Math.round((Date.parse(share.expires_at) - Date.parse(share.created_at)) / 86_400_000), 30);
    assert.equal(await dialog(page).getByLabel("Password").inputValue(), "", "it is not shown again");
    await button(dialog(page), "Copy").click();
    await dialog(page).getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), share.url);
    await dialog(page).getByRole("listitem").filter({ hasText: "with password" }).getByText(share.url).waitFor();

    await dialog(page).getByRole("button", { name: /^Revoke the link/ }).click();
    await asked(page).getByText("It stops working at once").waitFor();
    await shoot(page, "dashboard-conversation-revoke");
    assert.deepEqual(await findings(page), []);
    await button(asked(page), "Revoke").click();

    await news(page, "The link is dead.").waitFor();
    await dialog(page).getByText("No link is open.").waitFor();
    assert.equal(await dialog(page).getByText("The link is ready").count(), 0);
    assert.deepEqual(first().shares, []);
    assert.deepEqual(problems.filter((text) => !text.includes("422")), []);
    await close();
  });

  test("a revocation that is thought better of leads back to the links", async () => {
    // DSH-2
    const { page, close } = await open();
    await choose(page, ACTS, "Share…");
    await button(dialog(page), "Create link").click();
    await dialog(page).getByRole("button", { name: /^Revoke the link/ }).click();
    await button(asked(page), "Cancel").click();

    await dialog(page).getByRole("heading", { name: "Share this conversation" }).waitFor();
    assert.equal(first().shares.length, 1);
    await close();
  });

  test("where there are enough, that is said; the many are listed on a phone", async () => {
    // DSH-2
    const { page, close } = await open({}, { viewport: PHONE });
    first().shares = Array.from({ length: 20 }, (_, at) => ({ id: `share_${at}`, url: `https://agency.example/s/link-${at}`, has_password: at % 2 === 0, created_at: first().created_at, expires_at: "2099-01-01T00:00:00Z" }));
    await choose(page, ACTS, "Share…");
    await dialog(page).getByText("https://agency.example/s/link-19").waitFor();
    await button(dialog(page), "Create link").click();

    await dialog(page).getByText("This conversation has 20 open links already.").waitFor();
    await shoot(page, "dashboard-conversation-share-many");
    assert.deepEqual(await findings(page), []);
    await close();
  });
});
