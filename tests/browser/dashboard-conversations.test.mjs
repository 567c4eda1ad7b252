// The list of conversations: filters, choosing, and what is done with many at once. Against the stand-in.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESKTOP, shoot } from "./support/browser.mjs";
import { asked, button, choose, dialog, findings, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, own, visit } = dashboard;

const entries = (page) => page.locator(".conversation-list li");
const check = (page, name) => page.getByRole("checkbox", { name, exact: true });
const show = (page, label) => page.getByLabel("Which conversations", { exact: true }).selectOption({ label });
const news = (page, words) => page.locator(".toast").filter({ hasText: words });
const undo = (page, words) => news(page, words).getByRole("button", { name: "Undo" }).click();
const service = (number) => `Choose Visitor: What does service ${number} cost?`;
const archived = () => own().conversations.filter(({ archived_at }) => archived_at !== null).map(({ id }) => id);
const openList = (membership = {}, options = {}) => visit(`/clients/${client()}/conversations`, membership, options);
const ACTS = "More for the chosen conversations";

async function count(page, number) {
  await page.waitForFunction((wanted) => document.querySelectorAll(".conversation-list li").length === wanted, number);
}

describe("filters", () => {
  test("archived ones are out of the list, and found where they are kept", async () => {
    // DSH-2
    const { page, close } = await openList();
    await count(page, 30);
    assert.equal(await page.getByText("Is my order ready?").count(), 0);

    await show(page, "Archived");
    await count(page, 2);
    assert.equal(await entries(page).getByText("Archived", { exact: true }).count(), 2);

    await show(page, "Bookmarked");
    await count(page, 2);
    await page.getByRole("link", { name: /Ines Albrecht\s*Bookmarked/ }).waitFor();
    await page.getByText("Is my order ready?").waitFor();

    await page.getByLabel("Tag", { exact: true }).selectOption("orders");
    await count(page, 1);
    await show(page, "Open");
    await page.getByText("No open conversation has the tag “orders”").waitFor();
    await button(page, "Clear the filters").click();
    await count(page, 30);
    assert.equal(await page.getByLabel("Tag", { exact: true }).inputValue(), "");
    await close();
  });

  test("words that only the archive has are found from where they were looked for", async () => {
    // DSH-2
    const { page, close } = await openList();
    await page.getByRole("searchbox", { name: "Search what was said" }).fill("all is well");
    await page.getByText("Archived conversations were not searched.").waitFor();
    await shoot(page, "dashboard-conversations-none-found");
    assert.deepEqual(await findings(page), []);

    await button(page, "Search the archive too").click();

    await count(page, 1);
    await close();
  });

  test("opening a conversation keeps the filters, the choice and the list", async () => {
    // DSH-2
    const { page, close } = await openList();
    await show(page, "All");
    await button(page, "Show more").click();
    await count(page, 43);
    await check(page, service(2)).click({ force: true });
    await page.getByRole("link", { name: /What does service 35 cost/ }).click();

    await page.getByRole("region", { name: "Conversation", exact: true }).getByText("What does service 35 cost?").waitFor();
    assert.equal(await page.getByLabel("Which conversations", { exact: true }).inputValue(), "all");
    assert.equal(await entries(page).count(), 43);
    await page.getByText("1 chosen").waitFor();
    assert.ok(await page.locator(".split-list").evaluate((list) => list.scrollTop > 500), "the list stands where it stood");
    await close();
  });

  test("where all is archived, the list says so and leads there", async () => {
    // DSH-2
    own().conversations.forEach((it) => (it.archived_at = it.created_at));
    const { page, close } = await openList();
    await page.getByText("All conversations are archived.").waitFor();
    assert.deepEqual(await findings(page), []);

    await button(page, "Show the archive").click();

    await count(page, 30);
    await close();
  });

  test("a client without tags is not asked for one", async () => {
    // DSH-2
    own().conversations.forEach((it) => (it.tags = []));
    const { page, close } = await openList();
    await count(page, 30);

    assert.equal(await page.getByLabel("Tag", { exact: true }).count(), 0);
    await close();
  });
});

describe("many at once", () => {
  test("chosen ones are archived, and taken back by exactly those that were changed", async () => {
    // DSH-2
    const before = archived();
    const { page, problems, close } = await openList();
    await show(page, "All");
    await button(page, "Show more").click();
    await count(page, 43);
    await check(page, service(1)).click({ force: true });
    await check(page, service(2)).click({ force: true });
    await check(page, "Choose Visitor: Is my order ready?").click({ force: true });
    await page.getByText("3 chosen").waitFor();

    await button(page, "Archive").click();

    await news(page, "2 conversations archived.").waitFor();
    assert.equal(archived().length, before.length + 2);
    assert.equal(await page.getByText("3 chosen").count(), 0);
    await undo(page, "2 conversations archived.");
    await news(page, "Everything is as it was before.").waitFor();
    assert.deepEqual(archived(), before, "what was archived before stays so");
    assert.deepEqual(problems, []);
    await close();
  });

  test("all that are shown are chosen at once, and what is archived leaves the list", async () => {
    // DSH-2
    const { page, close } = await openList();
    await count(page, 30);
    await check(page, "Choose all").click({ force: true });
    await page.getByText("30 chosen").waitFor();
    await button(page, "Archive").click();

    await news(page, "30 conversations archived.").waitFor();
    await count(page, 11);
    await show(page, "Archived");
    await count(page, 30);
    await check(page, service(1)).click({ force: true });
    await button(page, "Take out of the archive").click();
    await news(page, "1 conversation taken out of the archive.").waitFor();
    await close();
  });

  test("bookmarks are given and taken away, with the way back", async () => {
    // DSH-2
    const { page, close } = await openList();
    await check(page, service(1)).click({ force: true });
    await choose(page, ACTS, "Bookmark");
    await news(page, "1 conversation bookmarked.").waitFor();
    assert.notEqual(own().conversations[1].bookmarked_at, null);

    await undo(page, "1 conversation bookmarked.");
    await news(page, "Everything is as it was before.").waitFor();
    assert.equal(own().conversations[1].bookmarked_at, null);
    await close();
  });

  test("deleting names how many go with all that was said, and the opened one with them", async () => {
    // DSH-2
    const [first, second] = own().conversations;
    const { page, close } = await visit(`/clients/${client()}/conversations/${first.id}`);
    await page.getByRole("region", { name: "Conversation", exact: true }).getByText("When are you open on Saturday?").waitFor();
    await check(page, "Choose Ines Albrecht: When are you open on Saturday?").click({ force: true });
    await check(page, service(1)).click({ force: true });
    await choose(page, ACTS, "Delete…");
    await asked(page).getByRole("heading", { name: "Delete 2 conversations?" }).waitFor();
    await asked(page).getByText("This cannot be undone; archiving can.").waitFor();
    await button(asked(page), "Cancel").click();
    await page.getByText("2 chosen").waitFor();
    assert.equal(own().conversations.length, 43);

    await choose(page, ACTS, "Delete…");
    await button(asked(page), "Delete").click();

    await news(page, "2 conversations deleted.").waitFor();
    assert.equal(await news(page, "2 conversations deleted.").getByRole("button", { name: "Undo" }).count(), 0);
    assert.equal(own().conversations.some((it) => it === first || it === second), false);
    await page.getByText("Choose a conversation").waitFor();
    await close();
  });

  test("what leaves the list is not chosen any more, also when it comes back", async () => {
    // DSH-2
    const { page, close } = await openList();
    await check(page, service(1)).click({ force: true });
    await check(page, service(2)).click({ force: true });
    await page.getByText("2 chosen").waitFor();
    const gone = own().conversations[1];

    gone.archived_at = gone.created_at;
    dashboard.server.tell(client(), "conversation", { id: gone.id });
    await page.getByText("1 chosen").waitFor();
    gone.archived_at = null;
    dashboard.server.tell(client(), "conversation", { id: gone.id });

    await check(page, service(1)).waitFor({ state: "attached" });
    assert.equal(await check(page, service(1)).isChecked(), false);
    await page.getByText("1 chosen").waitFor();
    await close();
  });

  test("a hundred at most are chosen, and that is said", async () => {
    // DSH-2
    const sample = own().conversations[3];
    own().conversations.push(...Array.from({ length: 80 }, (_, at) => ({ ...sample, id: `conv_more_${at}`, opening: `More ${at}` })));
    const { page, close } = await openList();
    for (const shown of [60, 90, 120]) {
      await button(page, "Show more").click();
      await count(page, shown);
    }
    await check(page, "Choose all").click({ force: true });
    await page.getByText("100 chosen").waitFor();
    await news(page, "More than 100 at once is not possible.").first().waitFor();
    await check(page, "Choose Visitor: More 78").click({ force: true });
    await page.getByText("100 chosen").waitFor();
    assert.equal(await check(page, "Choose Visitor: More 78").isChecked(), false);

    const sent = page.waitForRequest(/\/bulk$/);
    await button(page, "Archive").click();

    assert.equal(JSON.parse((await sent).postData()).ids.length, 100);
    await news(page, "100 conversations archived.").waitFor();
    await close();
  });

  test("an act that fails says why, and the choice stays", async () => {
    // DSH-2
    dashboard.server.fault({ route: /POST .*\/conversations\/bulk/, status: 503, code: "busy", detail: "The server is busy. Try again in a moment.", times: 1 });
    const { page, close } = await openList();
    await check(page, service(1)).click({ force: true });
    await button(page, "Archive").click();
    await page.getByText("The server is busy.").waitFor();
    await shoot(page, "dashboard-conversations-failed");
    assert.deepEqual(await findings(page), []);
    await page.getByText("1 chosen").waitFor();

    await button(page, "Archive").click();

    await news(page, "1 conversation archived.").waitFor();
    await close();
  });

  test("choosing, acting and taking back: all by keyboard, the focus where it was", async () => {
    // DSH-2
    const { page, close } = await openList();
    await check(page, service(1)).focus();
    await page.keyboard.press("Space");
    await page.getByText("1 chosen").waitFor();
    await button(page, "Archive").focus();
    await page.keyboard.press("Enter");

    await news(page, "1 conversation archived.").waitFor();
    await page.waitForFunction(() => document.activeElement?.className === "list-head");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("type")), "checkbox");
    await news(page, "1 conversation archived.").getByRole("button", { name: "Undo" }).focus();
    await page.keyboard.press("Enter");
    await news(page, "Everything is as it was before.").waitFor();
    await close();
  });

  test("a tag is added to all of them and taken away, by name or from those that were used", async () => {
    // DSH-2
    const [, first, second] = own().conversations;
    const { page, close } = await openList();
    await check(page, service(1)).click({ force: true });
    await check(page, service(2)).click({ force: true });
    await button(page, "Tag…").click();
    await dialog(page).getByLabel("New tag").fill("PRICES");
    await page.keyboard.press("Enter");

    await news(page, "“prices” added to 1 conversation.").waitFor();
    assert.deepEqual([first.tags, second.tags], [["prices"], ["prices"]], "as it was written before, and once");
    await undo(page, "“prices” added to 1 conversation.");
    await news(page, "Everything is as it was before.").waitFor();
    assert.deepEqual([first.tags, second.tags], [[], ["prices"]]);

    await check(page, service(2)).click({ force: true });
    await button(page, "Tag…").click();
    await button(dialog(page), "Take “prices” away").click();
    await news(page, "“prices” taken from 1 conversation.").waitFor();
    assert.deepEqual(second.tags, []);
    await close();
  });

  test("a tag that is too much for one of them is refused, and nothing is lost", async () => {
    // DSH-2
    own().conversations[1].tags = Array.from({ length: 20 }, (_, at) => `tag ${at}`);
    const { page, close } = await openList();
    await check(page, service(1)).click({ force: true });
    await button(page, "Tag…").click();
    await dialog(page).getByLabel("New tag").fill("one more");
    await button(dialog(page), "Add to all").click();

    await dialog(page).getByText("A conversation has at most 20 tags. Remove one first.").waitFor();
    await shoot(page, "dashboard-conversations-tag-refused");
    assert.deepEqual(await findings(page), []);
    assert.equal(await dialog(page).getByLabel("New tag").inputValue(), "one more");
    await close();
  });
});

describe("who may not change conversations", () => {
  test("reads, chooses and exports them, and sees nothing that changes them", async () => {
    // DSH-2
    const reader = { kind: "agency", role: "content_specialist" };
    const { page, close } = await visit(`/clients/${client()}/conversations/${own().conversations[0].id}`, reader);
    await button(page, "More for this conversation").click();
    await page.getByRole("menuitem").first().waitFor();
    assert.deepEqual(await page.getByRole("menuitem").allTextContents(), ["Export…"]);
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    await check(page, service(1)).click({ force: true });
    await page.getByText("1 chosen").waitFor();

    const names = await page.getByRole("main").getByRole("button").evaluateAll((buttons) => buttons.map((it) => it.getAttribute("aria-label") ?? it.textContent));
    assert.deepEqual(names.filter((name) => !["Export…", "Choose none", "More for this conversation", "Why this answer", "Show more"].includes(name)), []);
    assert.equal(await button(page, "Export…").count(), 1);
    assert.deepEqual(await findings(page), []);
    await close();
  });
});

test("a narrow window has room for every act", async () => {
  // DSH-2
  const { page, close } = await openList({}, { viewport: { ...DESKTOP, width: 920 } });
  await check(page, service(1)).click({ force: true });
  await page.getByText("1 chosen").waitFor();

  await shoot(page, "dashboard-conversations-narrow");
  assert.equal(await page.locator(".list-head").evaluate((head) => head.scrollWidth - head.clientWidth), 0);
  await close();
});
