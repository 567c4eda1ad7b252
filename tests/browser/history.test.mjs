// A conversation that is longer than one page of its history: what is loaded as the visitor scrolls up, and that it
// stays (CHT-34). Against the stand-in, which pages as the server does.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { axeFindings, launchBrowser, openPage, PHONE, shoot } from "./support/browser.mjs";
import { chatOf, focused } from "./support/chat.mjs";
import { FAKE_CLIENT, startFake } from "./support/fake.mjs";
import { PLAIN_STYLE, startHostPage, widgetLine } from "./support/host-page.mjs";

const FIRST = "When are you open?";
const WELCOME = "Hello! Ask me about opening hours, prices or your order.";

let browser;
let fake;
let host;
before(async () => {
  browser = await launchBrowser();
  fake = await startFake();
  host = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT), style: PLAIN_STYLE });
});
after(async () => {
  await browser.close();
  await host.close();
  await fake.close();
});
beforeEach(() => fake.reset());

/** A conversation of two messages, and of two more for each of `count` questions; read anew. */
async function openLong(count, options) {
  const opened = await openPage(browser, { reducedMotion: "reduce", ...options });
  const chat = chatOf(opened.page);
  await opened.page.goto(host.url);
  await chat.open();
  await chat.askAndWait(FIRST);
  fake.talk("session-1", Array.from({ length: count }, (_, at) => `Question ${at + 1}?`));
  await opened.page.reload();
  await chat.open();
  await chat.log.getByText(`An answer to Question ${count}?`).waitFor();
  return { ...opened, chat, earlier: chat.dialog.getByRole("button", { name: "Show earlier messages" }) };
}

const scrollUp = (chat) => chat.log.evaluate((log) => void (log.scrollTop = 0));
const exactly = (chat, text) => chat.log.getByText(text, { exact: true });
const topOf = async (locator) => (await locator.boundingBox()).y;

test("earlier messages come when the visitor scrolls up, and what is read stays where it is", async () => {
  const { page, chat, earlier, close } = await openLong(40);
  assert.equal(await exactly(chat, "Question 15?").count(), 0, "the newest page is shown");
  assert.equal(await chat.log.getByText(WELCOME).count(), 0, "the welcome stands at the beginning only");
  fake.faultHistory({ hold: true });

  await scrollUp(chat);
  await chat.log.getByText("Loading earlier messages…").waitFor();
  await shoot(page, "history-loading");
  const mark = exactly(chat, "Question 17?");
  const before = await topOf(mark);
  fake.release();
  await exactly(chat, FIRST).waitFor({ state: "attached" });

  assert.ok(Math.abs((await topOf(mark)) - before) <= 1, `${before} became ${await topOf(mark)}`);
  assert.equal(await earlier.count(), 0, "that was the last page");
  assert.equal(await exactly(chat, WELCOME).count(), 1);
  const questions = await chat.log.evaluate((log) => [...log.querySelectorAll(".visitor .bubble")].map((bubble) => bubble.textContent));
  assert.deepEqual(questions, [FIRST, ...Array.from({ length: 40 }, (_, at) => `Question ${at + 1}?`)]);
  await close();
});

test("earlier messages are asked for by keyboard, which keeps its place, and are spoken of", async () => {
  const { page, chat, earlier, close } = await openLong(60, { viewport: PHONE });
  // The button that gets the focus scrolls into view, which loads by itself: held, so that the key does not ask twice.
  fake.faultHistory({ hold: true });

  await earlier.press("Enter");
  fake.release();
  await chat.dialog.getByRole("status").getByText("Earlier messages loaded: 50").waitFor();
  assert.match(await focused(page), /^button: Show earlier messages/);
  assert.deepEqual(await axeFindings(page), []);
  await earlier.press("Enter");
  await exactly(chat, FIRST).waitFor({ state: "attached" });

  assert.match(await focused(page), /^div: Conversation/);
  await close();
});

test("earlier messages that do not come are told, and asked for again", async () => {
  const { page, chat, close } = await openLong(40);
  fake.faultHistory({ status: 503, code: "unavailable" });

  await scrollUp(chat);
  await chat.log.getByText("Earlier messages could not be loaded.").waitFor();
  await scrollUp(chat);
  await shoot(page, "history-failed");
  assert.deepEqual(await axeFindings(page), []);
  await chat.retryButton.click();

  await exactly(chat, FIRST).waitFor({ state: "attached" });
  assert.equal(await chat.log.getByText("could not be loaded").count(), 0);
  await close();
});

test("earlier messages that were loaded stay while the conversation goes on here and in another tab", async () => {
  const { page, chat, close } = await openLong(40);
  await scrollUp(chat);
  await exactly(chat, FIRST).waitFor({ state: "attached" });
  const second = await page.context().newPage();
  await second.goto(host.url);
  const other = chatOf(second);
  await other.open();

  await chat.askAndWait("And on Sunday?");
  await other.log.getByText("And on Sunday?").waitFor();
  await other.ask("And on Monday?");
  await chat.sources.nth(2).waitFor();

  const questions = await chat.log.evaluate((log) => [...log.querySelectorAll(".visitor .bubble")].map((bubble) => bubble.textContent));
  assert.deepEqual(questions, [FIRST, ...Array.from({ length: 40 }, (_, at) => `Question ${at + 1}?`), "And on Sunday?", "And on Monday?"]);
  await close();
});

test("a message that was not sent keeps its place when the conversation is read anew", async () => {
  const { page, chat, close } = await openLong(1);
  fake.fault({ status: 503, code: "unavailable" });
  await chat.ask("Never sent");
  await chat.retryButton.waitFor();
  await chat.askAndWait("Sent instead");
  const second = await page.context().newPage();
  await second.goto(host.url);
  const other = chatOf(second);
  await other.open();
  await other.log.getByText("Sent instead").waitFor();

  await other.ask("From the other tab");
  await chat.log.getByText("From the other tab").waitFor();

  assert.match(await chat.log.innerText(), /Question 1\?[\s\S]*Never sent\s+Not sent[\s\S]*Sent instead[\s\S]*From the other tab/);
  await close();
});
