// Answers that stream in: what a visitor sees of them, and how they survive cut connections, lost turns, reloads and
// second tabs (CHT-34). Against the stand-in, which streams as the server does.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { axeFindings, launchBrowser, openPage, shoot } from "./support/browser.mjs";
import { chatOf, focused } from "./support/chat.mjs";
import { FAKE_CLIENT, startFake } from "./support/fake.mjs";
import { startHostPage, widgetLine } from "./support/host-page.mjs";

const CUT_MS = 30_000;
/** The longest pause between two tries is 10 s. */
const AFTER_CUT_MS = 30_000;
const END = "Bank holidays are listed by the door.";

let browser;
let fake;
let host;
before(async () => {
  browser = await launchBrowser();
  fake = await startFake();
  host = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT) });
});
after(async () => {
  await browser.close();
  await host.close();
  await fake.close();
});
beforeEach(() => fake.reset());

async function openChat(options) {
  const opened = await openPage(browser, options);
  const chat = chatOf(opened.page);
  await opened.page.goto(host.url);
  await chat.open();
  return { ...opened, chat };
}

/** Another tab of the same browser, with its chat opened. */
async function openTab(page) {
  const second = await page.context().newPage();
  await second.goto(host.url);
  const chat = chatOf(second);
  await chat.open();
  return { page: second, chat };
}

/** What a page is told when its tab goes behind others, or comes to the front. */
function setHidden(page, hidden) {
  return page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

/** How often the answer's last sentence is shown: once, whatever happened on the way. */
async function shownOnce(chat) {
  await chat.sources.waitFor();
  const text = await chat.log.innerText();
  assert.equal(text.split(END).length, 2, text);
  assert.match(text, /Tuesday to Friday: 9:00 to 18:00\n/, "nothing is missing in the middle");
}

describe("an answer", () => {
  test("is shown as it grows, and spoken in whole sentences", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ holdAfter: 9 });
    await page.evaluate(() => {
      window.spoken = [];
      const region = document.querySelector("[data-site-assistant]").shadowRoot.querySelector(".panel [role=status]");
      new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => window.spoken.push(node.textContent)))).observe(region, { childList: true });
    });

    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday: 9:00 to 18:00").waitFor();
    assert.equal(await chat.sources.count(), 0, "it is still on its way");
    await shoot(page, "streaming");
    assert.deepEqual(await axeFindings(page), []);
    fake.release();
    await shownOnce(chat);

    const spoken = await page.evaluate(() => window.spoken);
    assert.ok(spoken.length >= 3 && spoken.length <= 8, `pieces: ${JSON.stringify(spoken)}`);
    assert.ok(spoken.some((piece) => piece.includes("Tuesday to Friday: 9:00 to 18:00")), JSON.stringify(spoken));
    assert.ok(spoken.every((piece) => !piece.includes("*")), "marks are not read aloud");
    assert.equal(spoken.join(" ").split(END).length, 2, "each sentence is said once");
    await close();
  });

  test("can be stopped, keeps what has arrived, and the next question goes on", async () => {
    const { chat, close } = await openChat();
    fake.fault({ holdAfter: 5 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();

    await chat.dialog.getByRole("button", { name: "Stop the answer" }).click();

    await chat.log.getByText("You stopped this answer.").waitFor();
    assert.doesNotMatch(await chat.log.innerText(), new RegExp(END));
    await chat.askAndWait("And on Sunday?");
    assert.equal(fake.calls[1].session, "session-1");
    await close();
  });

  test("that is stopped before it was accepted is stopped as soon as it is", async () => {
    const { chat, close } = await openChat();
    fake.fault({ hold: true, waitsForStop: true });
    await chat.ask("When are you open?");

    await chat.dialog.getByRole("button", { name: "Stop the answer" }).click();
    fake.release();

    await chat.log.getByText("You stopped this answer.").waitFor();
    await close();
  });

  test("can be copied, and says so", async () => {
    const { page, chat, close } = await openChat({ permissions: ["clipboard-read", "clipboard-write"] });
    await chat.askAndWait("When are you open?");

    await chat.dialog.getByRole("button", { name: "Copy answer" }).click();

    await chat.dialog.getByRole("status").getByText("Copied").waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^We are open \*\*Tuesday/);
    await close();
  });

  test("that arrives while the chat is closed is counted on the button", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ holdAfter: 3 });
    await chat.ask("When are you open?");
    await chat.log.getByText("We are open").waitFor();
    await page.keyboard.press("Escape");

    fake.release();
    const button = page.getByRole("button", { name: "Open chat with Lindenhof Assistant, new messages: 1" });
    await button.waitFor();
    await shoot(page, "unread");
    await button.click();

    await shownOnce(chat);
    assert.equal(await page.getByRole("button", { name: /new messages/ }).count(), 0);
    await close();
  });

  test("from a server that does not stream is shown at once", async () => {
    const { chat, close } = await openChat();
    fake.fault({ asJson: true });

    await chat.ask("When are you open?");

    await shownOnce(chat);
    await close();
  });
});

describe("a connection", () => {
  test("that is cut in the middle is taken up after the last event", async () => {
    const { chat, close } = await openChat();
    fake.fault({ holdAfter: 5 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();

    fake.cut();
    fake.release();

    await shownOnce(chat);
    assert.equal(fake.calls.length, 1, "the question was sent once");
    assert.match(fake.resumed[0].lastEventId, /^msg_1:\d+$/);
    await close();
  });

  test("that is gone for a while is waited for, and says so", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ holdAfter: 5 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();

    fake.setReachable(false);
    await chat.log.getByText("The connection was lost. Reconnecting…").waitFor();
    await shoot(page, "reconnecting");
    assert.deepEqual(await axeFindings(page), []);
    fake.setReachable(true);
    fake.release();

    await shownOnce(chat);
    assert.equal(await chat.log.getByText("Reconnecting").count(), 0);
    await close();
  });

  // The real time that the promise names; it runs through all pauses between tries.
  test("that is gone for 30 seconds in the middle of an answer brings the rest of it, once", async () => {
    const { chat, close } = await openChat();
    fake.fault({ holdAfter: 5 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();

    fake.setReachable(false);
    fake.release();
    await chat.log.getByText("The connection was lost. Reconnecting…").waitFor();
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    assert.doesNotMatch(await chat.log.innerText(), new RegExp(END), "the server made it meanwhile, nobody has seen it");
    assert.equal(await chat.retryButton.count(), 0);
    fake.setReachable(true);

    await chat.sources.waitFor({ timeout: AFTER_CUT_MS });
    await shownOnce(chat);
    assert.equal(fake.calls.length, 1, "the question was sent once");
    assert.equal(fake.resumed.length, 1);
    await close();
  });

  test("that ends in silence again and again is given up for an answer in one piece", async () => {
    const { chat, close } = await openChat();
    fake.fault({ silent: true }, { silent: true });

    await chat.ask("When are you open?");

    await shownOnce(chat);
    assert.equal(new Set(fake.calls.map((call) => call.request_id)).size, 1);
    await close();
  });

  test("to a server that lost the turn half-way repeats the same request", async () => {
    const { chat, close } = await openChat();
    fake.fault({ interruptAfter: 5 });

    await chat.ask("When are you open?");

    await shownOnce(chat);
    assert.equal(fake.calls.length, 2);
    assert.equal(fake.calls[0].request_id, fake.calls[1].request_id);
    await close();
  });
});

describe("a conversation", () => {
  test("comes back from the server after a reload, with an answer that is still on its way", async () => {
    const { page, chat, close } = await openChat();
    await chat.askAndWait("When are you open?");
    fake.fault({ holdAfter: 4 });
    await chat.ask("And on Sunday?");
    await chat.log.getByText("We are open").nth(1).waitFor();

    await page.reload();
    await chat.open();
    fake.release();
    await chat.sources.nth(1).waitFor();

    const text = await chat.log.innerText();
    for (const once of ["When are you open?", "And on Sunday?"]) assert.equal(text.split(once).length, 2, text);
    assert.equal(fake.calls.length, 2, "the second question was not sent again");
    assert.equal(fake.resumed.length, 1);
    await close();
  });

  test("goes on in every tab of the browser", async () => {
    const { page, chat, close } = await openChat();
    const { chat: other } = await openTab(page);

    await chat.askAndWait("When are you open?");
    await other.sources.waitFor();
    await other.askAndWait("And on Sunday?");

    await chat.sources.nth(1).waitFor();
    assert.equal(fake.calls[1].session, "session-1");
    assert.match(await chat.log.innerText(), /And on Sunday\?/);
    await close();
  });

  test("shows an answer that another tab waits for as it grows there, and a reload goes on with it", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ holdAfter: 5 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();

    const { page: second, chat: other } = await openTab(page);
    await other.log.getByText("Tuesday to Friday").waitFor();
    assert.equal(await other.sources.count(), 0, "it is still on its way");
    assert.deepEqual(await axeFindings(second), []);
    await second.reload();
    await other.open();
    await other.log.getByText("Tuesday to Friday").waitFor();
    fake.release();

    for (const each of [chat, other]) {
      await shownOnce(each);
      assert.equal((await each.log.innerText()).split("When are you open?").length, 2);
    }
    assert.equal(fake.calls.length, 1, "the question was asked once");
    await close();
  });

  test("shows an answer in an open tab from its beginning, and in a hidden one when that comes to the front", async () => {
    const { page, chat, close } = await openChat();
    await chat.askAndWait("When are you open?");
    const { chat: open } = await openTab(page);
    const { page: behind, chat: hidden } = await openTab(page);
    await open.sources.waitFor();
    await hidden.sources.waitFor();
    await setHidden(behind, true);
    fake.fault({ holdAfter: 5 });

    await chat.ask("And on Sunday?");
    await open.log.getByText("We are open").nth(1).waitFor();
    assert.equal(fake.resumed.length, 1, "a tab that nobody sees holds no connection");
    assert.equal(await hidden.log.getByText("And on Sunday?").count(), 0);
    await setHidden(behind, false);

    await hidden.log.getByText("We are open").nth(1).waitFor();
    fake.release();
    for (const each of [chat, open, hidden]) await each.sources.nth(1).waitFor();
    assert.equal(fake.calls.length, 2);
    await close();
  });

  test("lets every tab stop the answer", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ holdAfter: 5 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();
    const { chat: other } = await openTab(page);

    await other.dialog.getByRole("button", { name: "Stop the answer" }).click();

    for (const each of [chat, other]) await each.log.getByText("You stopped this answer.").waitFor();
    await close();
  });

  test("is asked for again by the tab that asked, where the server lost the turn, and by no other", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ holdAfter: 5, interruptAfter: 6 });
    await chat.ask("When are you open?");
    await chat.log.getByText("Tuesday to Friday").waitFor();
    const { chat: other } = await openTab(page);
    await other.log.getByText("Tuesday to Friday").waitFor();

    fake.release();

    for (const each of [chat, other]) await shownOnce(each);
    assert.equal(fake.calls.length, 2);
    assert.equal(fake.calls[0].request_id, fake.calls[1].request_id);
    await close();
  });

  test("is kept once the visitor consents, and taken away when consent is withdrawn", async () => {
    const page2 = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT, 'data-consent="wait"') });
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    await page.goto(page2.url);
    await chat.open();
    await chat.askAndWait("When are you open?");
    const kept = () => page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].length);
    assert.equal(await kept(), 0);

    await page.evaluate(() => window.SiteAssistant.consent());
    await page.waitForFunction(() => localStorage.length > 0 && sessionStorage.length > 0);
    await page.evaluate(() => window.dispatchEvent(new CustomEvent("site-assistant:consent", { detail: false })));
    await page.waitForFunction(() => localStorage.length === 0 && sessionStorage.length === 0);

    await chat.askAndWait("And on Sunday?");
    assert.equal(fake.calls[1].session, "session-1", "in memory the conversation goes on");
    assert.equal(await kept(), 0);
    await close();
    await page2.close();
  });
});

test("withdrawn consent deletes what was kept, even before the chat is opened", async () => {
  const { page, chat, close } = await openChat();
  await chat.askAndWait("When are you open?");
  await page.reload();
  await chat.launcher.waitFor();

  await page.evaluate(() => window.SiteAssistant.consent(false));

  await page.waitForFunction(() => localStorage.length === 0 && sessionStorage.length === 0);
  await close();
});

describe("a number in brackets", () => {
  const citations = [
    { number: 1, title: "Opening hours", page: null, heading: null, quote: "Nine to six", url: "/passages/1" },
    { number: 2, title: "Price list", page: null, heading: null, quote: "45 €", url: null },
  ];
  const response = "We open at nine [1]. It costs 45 € [2], **or less [3]**.\n\n- Sundays [7][1] too\n- `list[3]` stays";
  const shown = (chat) => chat.log.locator(".assistant .bubble").last().evaluate((bubble) => [...bubble.querySelectorAll(":scope > :not(.sources)")].map((block) => block.innerText).join("\n"));

  test("leads to its source, and is not shown where there is none", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ answer: { response, citations } });

    await chat.askAndWait("When?");

    assert.equal((await shown(chat)).replace(/\s+/g, " "), "We open at nine 1 . It costs 45 € 2 , or less. Sundays 1 too list[3] stays".replace(/ ([.,])/g, "$1"));
    assert.equal(await chat.log.locator("a.reference").count(), 2);
    assert.equal(await chat.log.locator("span.reference").getAttribute("title"), "Source 2: Price list");
    assert.deepEqual(await axeFindings(page), []);
    await shoot(page, "references");
    await close();
  });

  test("has its place while the answer is on its way, when its source is not yet known", async () => {
    const { chat, close } = await openChat();
    fake.fault({ holdAfter: 3 });

    await chat.ask("When?");

    await chat.log.locator("span.reference").getByText("1", { exact: true }).waitFor();
    fake.release();
    await chat.log.locator("a.reference").getByText("1", { exact: true }).waitFor();
    await close();
  });

  test("is a word in what the visitor writes and in answers that are given word for word", async () => {
    const { chat, close } = await openChat();
    fake.fault({ answer: { response: "Press [1], then [3].", citations, answered_by: "faq" } });

    await chat.askAndWait("What is [3]?");

    assert.equal(await shown(chat), "Press [1], then [3].");
    assert.match(await chat.log.innerText(), /What is \[3\]\?/);
    await close();
  });
});

describe("safe Markdown", () => {
  test("is drawn as nodes, with links that lead to the web, to mail and to calls only", async () => {
    const { page, chat, problems, close } = await openChat();
    const response = [
      "# Prices", "", "A *fine* **bold [link](https://example.com/a?b=1)** and `code`, or https://example.org/x.",
      "", "1. one", "2. two", "   - inner", "", "> quoted", "", "```js", "let a = '<b>';", "```", "",
      "| Service | Price |", "| --- | ---: |", "| Check | 45 € |", "", "---", "",
      "[mail](mailto:a@example.com) [call](tel:+431234) [bad](javascript:alert(1)) [data](data:text/html,x) ![img](https://example.com/i.png)",
    ].join("\n");
    fake.fault({ answer: { response } });

    await chat.askAndWait("Show me everything");

    const links = await chat.log.locator(".bubble > :not(.sources) a").evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.rel, link.target]));
    const hrefs = links.map(([href]) => href);
    assert.deepEqual(hrefs, ["https://example.com/a?b=1", "https://example.org/x", "mailto:a@example.com", "tel:+431234", "https://example.com/i.png"]);
    assert.ok(links.every(([, rel, target]) => rel.includes("noopener") && target === "_blank"));
    assert.equal(await chat.log.locator("table td").count(), 2);
    assert.deepEqual(await chat.log.locator("table td").evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).textAlign)), ["start", "end"]);
    assert.equal(await chat.log.locator("hr").count(), 1);
    assert.equal(await chat.log.locator("pre").innerText(), "let a = '<b>';");
    assert.equal(await chat.log.locator("img, script, b").count(), 0);
    assert.ok((await chat.log.innerText()).includes("[bad](javascript:alert(1))"));
    assert.deepEqual(await axeFindings(page), []);
    assert.deepEqual(problems, []);
    await shoot(page, "markdown");
    await close();
  });
});

test("the focus stays in the field while an answer comes and goes", async () => {
  const { page, chat, close } = await openChat();

  await chat.askAndWait("When are you open?");

  assert.match(await focused(page), /^textarea/);
  await close();
});
