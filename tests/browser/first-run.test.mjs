// The first day of an agency, from the link in the log to a colleague at work, in a real browser against the real
// server: each step stands on the one before it (DSH-4, DSH-1, DSH-2, DSH-3, DSH-6).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { launchBrowser, openPage, PHONE, shoot } from "./support/browser.mjs";
import { chatOf } from "./support/chat.mjs";
import { button, choose, dialog, findings, heading } from "./support/dashboard/visit.mjs";
import { PLAIN_STYLE, startHostPage } from "./support/host-page.mjs";
import { startNode } from "./support/node.mjs";

const OWNER = { name: "Robin Keller", email: "robin@agency.example" };
const COLLEAGUE = { name: "Jo Baker", email: "jo@bakery.example" };
const HOURS = { name: "opening-hours.md", mimeType: "text/markdown", buffer: Buffer.from("# Opening hours\n\nThe bakery is open from Tuesday to Saturday, 7 to 18 o'clock. On Sundays and Mondays it is closed.\n") };
const BROKEN = { name: "broken.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\nThis is no document at all.\n") };
const QUESTION = "When is the bakery open?";
const FAQ = { question: "Do you have parking?", answer: "There are four places behind the house." };

/** Browsers report each 401 at the door; it is how the dashboard learns that nobody is signed in. */
const isNews = (problem) => !/status of 401/.test(problem);

describe("the first day", { skip: process.env.SNIP_BIN ? false : "SNIP_BIN names no binary" }, () => {
  let node;
  let browser;
  let desk;
  let page;
  let client;
  let host;
  let line = "";
  before(async () => {
    browser = await launchBrowser();
    node = await startNode();
    host = await startHostPage({ lines: () => line, style: PLAIN_STYLE });
    desk = await openPage(browser, { reducedMotion: "reduce" });
    page = desk.page;
  });
  after(async () => {
    await browser?.close();
    await host?.close();
    await node?.close();
  });

  const go = async (name, title = name) => {
    await page.getByRole("navigation", { name: "Navigation" }).getByRole("link", { name, exact: true }).click();
    await heading(page, title).waitFor();
  };
  const step = (name) => page.getByRole("listitem").filter({ hasText: name });
  const judge = async (name) => {
    await page.locator(".skeleton").first().waitFor({ state: "detached" });
    await shoot(page, `real-${name}`, { fullPage: true });
    assert.deepEqual(await findings(page), []);
  };
  /** By the code of a mail, on a page at the door. */
  const signIn = async (at, email) => {
    await at.getByLabel("E-mail address").fill(email);
    await button(at, "Send sign-in mail").click();
    await at.getByLabel("Six-digit code").fill(await node.mail(email, /^\s*(\d{6})\s*$/m));
  };

  test("the link of the first run names the agency and its first client, and signs its owner in", async () => {
    await page.goto(node.url + (await node.setupPath()));
    await page.getByLabel("Name of your agency").fill("Keller & Partner");
    await page.getByLabel("Your name").fill(OWNER.name);
    await page.getByLabel("Your e-mail address").fill(OWNER.email);
    await page.getByLabel("Name of the first client").fill("Quince & Ember Bakery");
    await page.getByLabel("E-mail address of that client").fill("hello@bakery.example");
    await button(page, "Create").click();
    await page.getByRole("heading", { name: "Your first client is ready" }).waitFor();
    await shoot(page, "real-finished", { fullPage: true });
    await page.getByRole("link", { name: "open the dashboard" }).click();

    await heading(page, "Clients").waitFor();
    await judge("clients");
    await page.getByRole("link", { name: "Quince & Ember Bakery" }).click();
    await heading(page, "Quince & Ember Bakery").waitFor();
    await page.getByText("0 of 7 steps done").waitFor();
    client = /client_\w+/.exec(page.url())[0];
    await judge("overview-new");
  });

  test("documents are read before one's eyes, and a broken one says what is wrong with it", async () => {
    await step("Add a document").getByRole("link").click();
    await heading(page, "Documents").waitFor();
    const chooser = page.waitForEvent("filechooser");
    await button(page, "Upload").click();
    await (await chooser).setFiles([HOURS, BROKEN]);

    const row = (name) => page.getByRole("row").filter({ hasText: name });
    await row("opening-hours.md").getByText("Ready").waitFor();
    await row("broken.pdf").getByText("Failed").waitFor();
    await judge("documents");
    await row("opening-hours.md").getByRole("button", { name: "Opening hours" }).first().click();
    await dialog(page).getByText("from Tuesday to Saturday").waitFor();
    await page.keyboard.press("Escape");
  });

  test("an FAQ is in use at once", async () => {
    await go("FAQs");
    await button(page, "New FAQ").first().click();
    await dialog(page).getByLabel("Question", { exact: true }).fill(FAQ.question);
    await dialog(page).getByLabel("Answer", { exact: true }).fill(FAQ.answer);
    await button(dialog(page), "Save").click();

    await page.getByText("The FAQ is in use from now on.").waitFor();
    await page.getByRole("row").filter({ hasText: FAQ.question }).waitFor();
    await judge("faqs");
  });

  test("the widget is seen as it is typed, and published", async () => {
    await go("Widget");
    const preview = page.frameLocator("iframe");
    await preview.getByRole("dialog").or(preview.getByRole("region", { name: "Assistant" })).first().waitFor();
    await page.getByLabel("Welcome").fill("Good morning! Ask about bread.");
    await preview.getByText("Good morning! Ask about bread.").waitFor();
    await button(page, "Add a domain").click();
    await page.getByLabel(/^Domain/).last().fill(new URL(host.url).host);
    await judge("widget");
    await button(page, "Save and publish").click();

    await page.getByText("Saved. Websites show it within five minutes.").waitFor();
  });

  test("the line to copy puts the widget on a page, and its visitor gets an answer with its source", async () => {
    await go("Install");
    line = await page.locator("pre").first().textContent();
    assert.match(line, new RegExp(client));
    const visitor = await openPage(browser, { reducedMotion: "reduce" });
    const chat = chatOf(visitor.page);
    await visitor.page.goto(host.url);
    await chat.open();
    await chat.log.getByText("Good morning! Ask about bread.").waitFor();
    await chat.askAndWait(QUESTION);
    await shoot(visitor.page, "real-visitor");
    await visitor.close();

    await button(page, "Check again").click();
    await page.getByText("A page has loaded the widget. You are done.").waitFor();
    await judge("install");
  });

  test("the conversation stands in the dashboard, with what it cites and why it was said", async () => {
    await go("Conversations");
    await page.getByRole("link", { name: /Visitor/ }).first().click();
    await page.getByText(QUESTION).last().waitFor();
    await page.getByRole("list", { name: "Sources" }).getByText("Opening hours").first().waitFor();
    await button(page, "Why this answer").first().click();
    await page.getByText("Decisions").waitFor();
    await judge("conversation");
    if (await dialog(page).count()) await page.keyboard.press("Escape");
  });

  test("the conversation is kept in order, taken away as a file, and shown to somebody who has no login", async () => {
    const more = "More for this conversation";
    await button(page, "Bookmark").click();
    await choose(page, more, "Tags…");
    await dialog(page).getByLabel("New tag").fill("Opening hours");
    await button(dialog(page), "Save").click();
    await page.getByText("The tags are saved.").waitFor();
    await choose(page, more, "Export…");
    const saved = page.waitForEvent("download");
    await dialog(page).getByRole("link", { name: "Download" }).click();
    const file = await saved;
    assert.match(file.suggestedFilename(), /^conv_\w+\.md$/);
    const text = await readFile(await file.path(), "utf8");
    assert.ok(text.includes(`> ${QUESTION}`) && text.includes("- Tags: Opening hours"), text);
    await page.keyboard.press("Escape");

    await choose(page, more, "Share…");
    await dialog(page).getByLabel("Password").fill("sourdough & rye");
    await button(dialog(page), "Create link").click();
    const url = await dialog(page).locator("code", { hasText: "/shared/" }).first().textContent();
    await judge("share");
    const theirs = await openPage(browser, { reducedMotion: "reduce", viewport: PHONE });
    await theirs.page.goto(url);
    await theirs.page.getByLabel("Password").fill("sourdough");
    await button(theirs.page, "Open").click();
    await theirs.page.getByText("This is not the password. Try again.").waitFor();
    await shoot(theirs.page, "real-shared-refused");
    assert.deepEqual(await findings(theirs.page), []);
    await theirs.page.getByLabel("Password").fill("sourdough & rye");
    await button(theirs.page, "Open").click();
    await theirs.page.getByText(QUESTION).waitFor();
    await shoot(theirs.page, "real-shared", { fullPage: true });
    assert.deepEqual(await findings(theirs.page), []);
    assert.deepEqual(theirs.problems, []);

    await dialog(page).getByRole("button", { name: /^Revoke the link/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("The link is dead.").waitFor();
    await theirs.page.goto(url);
    await theirs.page.getByText("This link has expired or was taken back.").waitFor();
    await theirs.close();
    await page.keyboard.press("Escape");
    await button(page, "Archive").click();
    await page.getByText("1 conversation archived.").waitFor();
    await button(page, "Undo").click();
    await page.getByText("Everything is as it was before.").waitFor();
  });

  test("the test chat answers from the FAQ and gives its reasons", async () => {
    await go("Test chat");
    await page.getByLabel("Question", { exact: true }).fill(FAQ.question);
    await button(page, "Ask").click();

    await page.getByText(FAQ.answer).first().waitFor();
    await page.getByText("Decisions").waitFor();
    await judge("test-chat");
  });

  test("the checklist follows what has happened, and what went wrong is named", async () => {
    await go("Overview", "Quince & Ember Bakery");
    await page.getByText("6 of 7 steps done").waitFor();
    await page.getByText("1 document could not be read").waitFor();
    await judge("overview");
    await step("Invite a colleague").getByRole("link").click();
    await heading(page, "Members").waitFor();
  });

  test("an invited colleague comes in by the mail and sees what a member may", async () => {
    await button(page, "Invite").first().click();
    await dialog(page).getByLabel("E-mail address").fill(COLLEAGUE.email);
    await button(dialog(page), "Send invitation").click();
    await page.getByText(`An invitation is on its way to ${COLLEAGUE.email}.`).waitFor();
    await judge("members");

    const theirs = await openPage(browser, { reducedMotion: "reduce", viewport: PHONE });
    await theirs.page.goto(await node.mail(COLLEAGUE.email, /(http\S+#\/invitation\/\S+)/));
    await theirs.page.getByLabel("Your name").fill(COLLEAGUE.name);
    await shoot(theirs.page, "real-invitation");
    await button(theirs.page, "Accept and sign in").click();

    await heading(theirs.page, "Quince & Ember Bakery").waitFor();
    await button(theirs.page, "Open navigation").click();
    const names = await theirs.page.getByRole("dialog").getByRole("link").allTextContents();
    await shoot(theirs.page, "real-colleague");
    assert.equal(names.some((name) => ["Clients", "Jobs", "Mails", "Audit", "API keys"].includes(name)), false, `${names} are more than a member's`);
    await theirs.page.goto(`${node.url}/app#/clients/${client}/documents`);
    await heading(theirs.page, "Documents").waitFor();
    await theirs.page.getByText("Opening hours").first().waitFor();
    assert.equal(await button(theirs.page, "Upload").count(), 0, "a member changes nothing");
    await theirs.page.goto(`${node.url}/app#/agency/audit`);
    await theirs.page.getByText("Your role does not open this page.").waitFor();
    assert.deepEqual(theirs.problems.filter(isNews), []);
    await theirs.close();
  });

  test("a key is shown once and revoked", async () => {
    await go("API keys");
    await button(page, "New key").first().click();
    await dialog(page).getByLabel("Name").fill("Website backend");
    await button(dialog(page), "Create key").click();
    await dialog(page).getByText(/snip_sk_/).waitFor();
    await button(dialog(page), "I have kept it").click();
    await page.getByText("Website backend").first().waitFor();
    await judge("keys");
    await button(page, "Revoke Website backend").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Website backend is revoked.").waitFor();
  });

  test("the agency sees its mails, the failed job and the record of all this", async () => {
    await page.getByRole("link", { name: "Keller & Partner" }).click();
    await go("Mails");
    await page.getByText(COLLEAGUE.email).first().waitFor();
    await judge("mails");
    await go("Jobs");
    await judge("jobs");
    await go("Audit");
    await page.getByText(OWNER.name).first().waitFor();
    await judge("audit");
  });

  test("whoever signs out comes back by the mail's code, and by its link", async () => {
    await choose(page, new RegExp(OWNER.name), "Signed-in devices");
    await dialog(page).getByText("This device").waitFor();
    await shoot(page, "real-sessions");
    await page.keyboard.press("Escape");
    await choose(page, new RegExp(OWNER.name), "Sign out");
    await page.getByText("You are signed out.").waitFor();

    await signIn(page, OWNER.email);
    await heading(page, "Clients").waitFor();
    await choose(page, new RegExp(OWNER.name), "Sign out");
    await page.getByLabel("E-mail address").fill(OWNER.email);
    await button(page, "Send sign-in mail").click();
    await page.getByLabel("Six-digit code").waitFor();
    // From another page: at the dashboard itself a link would only change what follows the `#`.
    await page.goto("about:blank");
    await page.goto(await node.mail(OWNER.email, /(http\S+#\/sign-in\/\S+)/));
    await button(page, "Sign in now").click();

    await heading(page, "Clients").waitFor();
    assert.deepEqual(desk.problems.filter(isNews), []);
  });
});
