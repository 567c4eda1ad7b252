// What people do with the knowledge, and what they see when it goes wrong. Against the stand-in.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shoot } from "./support/browser.mjs";
import { asked, button, choose, dialog, findings, heading, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, own, visit } = dashboard;

describe("knowledge", () => {
  const file = (name, text = "A full service costs 89 €.") => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

  test("several files at once, live until they are ready; one that is refused says why", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    await page.locator("input[type=file]").setInputFiles([file("Winter prices.txt"), file("Tour guide.md"), file("Setup.exe")]);

    await page.getByText("Files of this kind cannot be read.").waitFor();
    await page.getByText("Winter prices.txt", { exact: false }).first().waitFor();
    await page.locator("tr", { hasText: "Tour guide" }).getByText("Ready").waitFor();
    await shoot(page, "dashboard-uploads");
    assert.equal(await button(page, "Try again").count(), 0, "what was refused for what it is will be refused again");

    await page.getByRole("button", { name: "Hide Setup.exe" }).click();
    await page.getByText("Setup.exe").waitFor({ state: "detached" });
    await close();
  });

  test("a lost upload is tried again", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    dashboard.server.fault({ route: /POST .*\/documents$/, cut: true });
    await page.locator("input[type=file]").setInputFiles([file("Lost.txt")]);
    await page.getByText("The server did not answer.").waitFor();
    dashboard.server.clearFaults();

    await button(page, "Try again").click();

    await page.locator("tr", { hasText: "Lost" }).getByText("Ready").waitFor();
    await close();
  });

  test("leaving while files are on their way is asked about first", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    dashboard.server.fault({ route: /POST .*\/documents$/, delayMs: 5_000 });
    await page.locator("input[type=file]").setInputFiles([file("Slow.txt")]);
    await page.getByText("Slow.txt").waitFor();

    await page.getByRole("link", { name: "FAQs" }).click();
    await asked(page).getByText("Files are still on their way.").waitFor();
    await button(asked(page), "Stay").click();
    await heading(page, "Documents").waitFor();
    await page.getByRole("link", { name: "FAQs" }).click();
    await button(asked(page), "Stop and leave").click();

    await heading(page, "FAQs").waitFor();
    await close();
  });

  test("rows of a further page tell what becomes of them", async () => {
    const [first] = own().documents;
    own().documents.push(...Array.from({ length: 60 }, (_, row) => ({ ...first, id: `doc_row_${row}`, title: `Row ${row}`, file_name: `row-${row}.txt`, status: "ready", progress_percent: 100, error: null })));
    const late = own().documents.at(-1);
    Object.assign(late, { status: "embedding", progress_percent: 60 });
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await button(page, "Show more").click();
    const row = page.locator("tr", { hasText: "Row 59" });
    await row.getByText("Indexing").waitFor();

    Object.assign(late, { status: "ready", progress_percent: 100 });
    dashboard.server.tell(client(), "document", { id: late.id, status: "ready", percent: 100 });

    await row.getByText("Ready").waitFor();
    await close();
  });

  test("without live updates the page asks again by itself", async () => {
    dashboard.server.fault({ route: /\/events$/, status: 503, code: "not_ready" });
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    await page.locator("input[type=file]").setInputFiles([file("Polled.txt")]);

    await page.locator("tr", { hasText: "Polled" }).getByText("Ready").waitFor();
    await close();
  });

  test("category and weight are changed; deleting names the file", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await choose(page, "Actions for Price list 2026", "Category and weight");
    await dialog(page).getByLabel("Weight").fill("9");
    await button(dialog(page), "Save").click();
    await page.getByText("The weight is a number from 0.1 to 5.").waitFor();
    await dialog(page).getByLabel("Weight").fill("2");
    await button(dialog(page), "Save").click();
    await page.getByText("Category and weight are saved.").waitFor();
    assert.equal(own().documents.find(({ title }) => title === "Price list 2026").weight, 2);

    await choose(page, "Actions for Price list 2026", "Delete");
    await asked(page).getByText("Price list 2026.pdf").waitFor();
    await button(asked(page), "Delete").click();
    await page.locator("tr", { hasText: "Price list 2026" }).waitFor({ state: "detached" });
    await close();
  });

  test("a stale edit of an FAQ offers the present state and keeps what was typed", async () => {
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await button(page, "When are you open?").click();
    await dialog(page).getByLabel("Answer", { exact: true }).fill("Every day, 9 to 18.");
    own().faqs[0].version += 1;
    await button(dialog(page), "Save").click();
    await page.getByText("Somebody else changed this").waitFor();
    await shoot(page, "dashboard-stale");

    const read = page.waitForResponse((it) => it.request().method() === "GET" && /\/faqs\/faq_/.test(it.url()));
    await button(page, "Load the present state, keep what I typed").click();
    await read;
    await page.getByText("Somebody else changed this").waitFor({ state: "detached" });
    assert.equal(await dialog(page).getByLabel("Answer", { exact: true }).inputValue(), "Every day, 9 to 18.");
    await button(dialog(page), "Save").click();

    await page.getByText("The FAQ is saved.").waitFor();
    assert.equal(own().faqs[0].answer, "Every day, 9 to 18.");
    await close();
  });

  test("FAQs: many are switched off at once, a draft is accepted, an error stands at its field", async () => {
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await page.locator("label", { has: page.getByRole("checkbox", { name: /repair e-bikes/ }) }).click();
    await page.locator("label", { has: page.getByRole("checkbox", { name: /course for beginners, part 1/ }) }).click();
    await page.getByText("2 chosen").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(page, "Switch off").click();
    await page.getByText("2 FAQs changed.").waitFor();
    assert.equal(own().faqs[1].enabled, false);

    await button(page, "Do you deliver?").click();
    await dialog(page).getByLabel("Answer", { exact: true }).fill("Within the city.");
    await dialog(page).getByLabel("Priority").fill("500");
    await button(dialog(page), "Accept draft").click();
    await dialog(page).getByText("The priority is a number from 0 to 100.").waitFor();
    await dialog(page).getByLabel("Priority").fill("5");
    await button(dialog(page), "Accept draft").click();
    await page.getByText("The draft is accepted and in use.").waitFor();
    await close();
  });

  test("an unanswered question becomes an FAQ and is answered", async () => {
    const { page, close } = await visit(`/clients/${client()}/gaps`);
    await button(page, "Answer: Do you rent bikes by the week?").click();
    assert.equal(await dialog(page).getByLabel("Question", { exact: true }).inputValue(), "Do you rent bikes by the week?");
    await dialog(page).getByLabel("Answer", { exact: true }).fill("Yes, for 90 €.");
    await button(dialog(page), "Save").click();

    await page.locator("tr", { hasText: "rent bikes" }).waitFor({ state: "detached" });
    assert.equal(own().gaps[0].status, "resolved");
    await close();
  });

  test("a dismissed question comes back by undo", async () => {
    const { page, close } = await visit(`/clients/${client()}/gaps`);
    await choose(page, "Actions for “Can you ship to Norway?”", "Dismiss");
    await page.locator("tr", { hasText: "Norway" }).waitFor({ state: "detached" });

    await button(page, "Undo").click();

    await page.locator("tr", { hasText: "Norway" }).waitFor();
    await close();
  });
});

describe("failures", () => {
  test("a list that fails says why, and comes on retry", async () => {
    dashboard.server.fault({ route: /GET .*\/faqs$/, status: 500, code: "internal", detail: "Something went wrong on the dashboard.server." });
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await page.getByText("Something went wrong on the dashboard.server.").waitFor();
    await page.getByText("req_0").waitFor();
    assert.deepEqual(await findings(page), []);
    dashboard.server.clearFaults();

    await button(page, "Try again").click();

    await page.getByText("Do you repair e-bikes?").waitFor();
    await close();
  });

  test("a token that another tab renewed is read anew", async () => {
    dashboard.server.fault({ route: /POST .*\/suspend$/, status: 403, code: "csrf_refused", times: 1 });
    const { page, close } = await visit("/agency/clients");
    await choose(page, "Actions for Lindenhof Cycles", "Suspend");
    await button(asked(page), "Suspend").click();

    await page.getByText("Lindenhof Cycles is suspended.").waitFor();
    await close();
  });
});
