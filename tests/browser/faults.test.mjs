// What a visitor meets when something goes wrong, and the promises of the widget's script interface. Always
// against the stand-in, which plays the faults.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { axeFindings, launchBrowser, openPage, shoot } from "./support/browser.mjs";
import { chatOf, focused } from "./support/chat.mjs";
import { FAKE_CLIENT, startFake } from "./support/fake.mjs";
import { startHostPage, widgetLine } from "./support/host-page.mjs";

let browser;
let fake;
let host;
before(async () => {
  browser = await launchBrowser();
  fake = await startFake();
  host = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT), style: "body { font-family: serif }" });
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

describe("a failed question", () => {
  test("is told in words, keeps the draft, and is tried again under the same request id", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ status: 500, code: "internal" });
    await chat.ask("When are you open?");
    await chat.log.getByText("cannot answer right now").waitFor();
    await chat.field.fill("My next question");

    await chat.retryButton.click();
    await chat.sources.waitFor();

    assert.equal(fake.calls.length, 2);
    assert.equal(fake.calls[0].request_id, fake.calls[1].request_id);
    assert.match(fake.calls[0].request_id, /^[0-9a-f-]{36}$/);
    assert.equal(await chat.field.inputValue(), "My next question");
    assert.match(await focused(page), /^textarea/);
    await close();
  });

  test("can be taken back into the field and changed", async () => {
    const { chat, close } = await openChat();
    fake.fault({ status: 503, code: "unavailable" });
    await chat.ask("Wehn are you open?");

    await chat.dialog.getByRole("button", { name: "Edit message" }).click();

    assert.equal(await chat.field.inputValue(), "Wehn are you open?");
    assert.equal(await chat.retryButton.count(), 0);
    await close();
  });

  test("stays readable, marked as not sent, when another is asked instead", async () => {
    const { chat, close } = await openChat();
    fake.fault({ status: 503, code: "unavailable" });
    await chat.ask("First");
    await chat.retryButton.waitFor();

    await chat.askAndWait("Second");

    assert.match(await chat.log.innerText(), /First\s+Not sent[\s\S]*Second/);
    assert.notEqual(fake.calls[0].request_id, fake.calls[1].request_id);
    await close();
  });

  for (const { name, fault, words, times = 1 } of [
    { name: "too many messages, with a time", fault: { status: 429, code: "rate_limited", headers: { "retry-after": "42" } }, words: "You can try again in 42 seconds." },
    { name: "too many messages, with minutes", fault: { status: 429, code: "rate_limited", headers: { "retry-after": "601" } }, words: "You can try again in 11 minutes." },
    { name: "too many messages, without a time", fault: { status: 429, code: "rate_limited" }, words: "Wait a moment, then try again." },
    { name: "an origin that is refused", fault: { status: 403, code: "origin_refused" }, words: "The chat is not available on this page." },
    { name: "a message that is not accepted", fault: { status: 422, code: "validation_failed" }, words: "This message could not be accepted." },
    // Twice: Chromium itself repeats a post whose kept-alive connection was closed.
    { name: "a cut connection", fault: { cut: true }, times: 2, words: "The assistant cannot answer right now." },
  ]) {
    test(`has human words for ${name}`, async () => {
      const { page, chat, close } = await openChat();
      fake.fault(...Array(times).fill(fault));

      await chat.ask("When are you open?");

      await chat.log.getByText(words).waitFor();
      assert.doesNotMatch(await chat.log.innerText(), /429|403|422|rate_limited|origin_refused|problem/);
      assert.deepEqual(await axeFindings(page), []);
      await shoot(page, `fault-${name.replace(/\W+/g, "-")}`);
      await close();
    });
  }

  test("says so when the browser is offline, and goes on when it is back", async () => {
    const { page, chat, close } = await openChat();
    await page.context().setOffline(true);
    await chat.ask("When are you open?");
    await chat.log.getByText("You seem to be offline.").waitFor();

    await page.context().setOffline(false);

    await chat.sources.waitFor();
    assert.equal(await chat.retryButton.count(), 0, "it was sent by itself");
    await close();
  });
});

describe("a slow answer", () => {
  test("shows that the assistant writes, and arrives even if the chat is closed meanwhile", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ hold: true });
    await chat.ask("When are you open?");
    await chat.dialog.getByRole("status").getByText("Lindenhof Assistant is writing…").waitFor();
    await chat.field.fill("Another thing");
    await chat.field.press("Enter");
    assert.equal(await chat.field.inputValue(), "Another thing", "one question at a time: the draft waits");
    await shoot(page, "slow");

    await page.keyboard.press("Escape");
    await chat.dialog.waitFor({ state: "hidden" });
    fake.release();
    await page.getByRole("button", { name: /new messages: 1$/ }).click();

    await chat.sources.waitFor();
    assert.equal(fake.calls.length, 1);
    await close();
  });

  test("that a reload interrupts goes on by itself, under the same request id", async () => {
    const { page, chat, close } = await openChat();
    fake.fault({ hold: true });
    await Promise.all([page.waitForRequest("**/api/chat"), chat.ask("When are you open?")]);
    await page.reload();
    await chat.open();

    await chat.sources.waitFor();
    assert.equal(fake.calls[0].request_id, fake.calls[1].request_id);
    assert.equal((await chat.log.innerText()).match(/When are you open\?/g).length, 1, "asked once");
    await close();
  });
});

describe("a conversation", () => {
  test("goes on after a reload with the same session and the thread still shown", async () => {
    const { page, chat, close } = await openChat();
    await chat.askAndWait("When are you open?");
    await page.reload();
    await chat.open();
    assert.match(await chat.log.innerText(), /When are you open\?/);

    await chat.askAndWait("And on Sunday?");

    assert.equal(fake.calls[0].session, undefined);
    assert.equal(fake.calls[1].session, "session-1");
    await close();
  });

  test("begins anew, unnoticed, when its session is refused", async () => {
    const { chat, close } = await openChat();
    await chat.askAndWait("When are you open?");
    fake.forgetSessions();

    await chat.askAndWait("And on Sunday?");

    assert.deepEqual(fake.calls.map((call) => call.session), [undefined, "session-1", undefined]);
    assert.equal(fake.calls[1].request_id, fake.calls[2].request_id);
    assert.equal(await chat.retryButton.count(), 0);
    await close();
  });

  test("keeps nothing in the browser while consent is waited for", async () => {
    const page2 = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT, 'data-consent="wait"') });
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    await page.goto(page2.url);
    await chat.open();

    await chat.askAndWait("When are you open?");
    await chat.askAndWait("And on Sunday?");

    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
    assert.equal(fake.calls[1].session, "session-1", "in memory the conversation goes on");
    await close();
    await page2.close();
  });
});

describe("of the visit", () => {
  const detailsOf = ({ page_url, referrer, language }) => ({ page_url, referrer, language });

  test("the server is told page, referrer and language, without what stands in a query", async () => {
    const { page, close } = await openPage(browser, { locale: "de-AT" });
    const chat = chatOf(page);
    await page.goto(`${host.url}cakes/?name=Ann&token=s3cret#top`, { referer: `${host.url}search?q=ann` });
    await chat.open();

    await chat.askAndWait("When are you open?");

    assert.deepEqual(detailsOf(fake.calls[0]), { page_url: `${host.url}cakes/`, referrer: `${host.url}search`, language: "de-AT" });
    await close();
  });

  test("nothing is told before consent, nor after it was withdrawn", async () => {
    const page2 = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT, 'data-consent="wait"') });
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    await page.goto(page2.url);
    await chat.open();

    await chat.askAndWait("Before");
    await page.evaluate(() => window.SiteAssistant.consent());
    await page.waitForFunction(() => localStorage.length > 0);
    await chat.askAndWait("With consent");
    await page.evaluate(() => window.SiteAssistant.consent(false));
    await page.waitForFunction(() => localStorage.length === 0);
    await chat.askAndWait("Withdrawn");

    const nothing = { page_url: undefined, referrer: undefined, language: undefined };
    assert.deepEqual(fake.calls.map(detailsOf), [nothing, { ...nothing, page_url: page2.url, language: "en-US" }, nothing]);
    await close();
    await page2.close();
  });
});

describe("text", () => {
  test("is counted in characters as people see the limit, not in UTF-16 units", async () => {
    const { chat, close } = await openChat();

    await chat.field.fill("😀".repeat(4000));
    await chat.dialog.getByText("0 characters left", { exact: true }).waitFor();
    await chat.field.fill("😀".repeat(4001));
    await chat.dialog.locator("#counter").getByText("1 characters too many.").waitFor();
    await chat.field.press("Enter");
    assert.equal(fake.calls.length, 0);
    await chat.field.fill("😀".repeat(4000));
    await chat.field.press("Enter");

    await chat.sources.waitFor();
    await close();
  });

  test("that looks like markup is shown as it is, and only web addresses become links", async () => {
    const { page, chat, problems, close } = await openChat();
    const quote = { title: "<b>Title</b>", page: null, heading: null, quote: "<i>words</i>" };
    fake.fault({
      answer: {
        response: "<img src=x onerror=alert(1)> & **bold** `code`\n\n1. one\n2. two",
        citations: [{ ...quote, url: "javascript:alert(1)" }, { ...quote, url: "/passages/1" }],
      },
    });

    await chat.askAndWait("<script>alert(1)</script>");

    const text = await chat.log.innerText();
    for (const shown of ["<script>alert(1)</script>", "<img src=x onerror=alert(1)> & bold code", "<b>Title</b>", "<i>words</i>"]) {
      assert.ok(text.includes(shown), shown);
    }
    assert.equal(await chat.log.locator("img, script").count(), 0);
    assert.equal(await chat.sources.getByRole("link").count(), 1);
    const link = chat.sources.getByRole("link");
    assert.equal(await link.getAttribute("rel"), "noopener");
    assert.equal(await link.getAttribute("target"), "_blank");
    assert.deepEqual(problems, []);
    await shoot(page, "markup");
    await close();
  });

  test("that an input method is still composing is not sent by Enter, what it has composed is", async () => {
    const { page, chat, close } = await openChat();
    const keyboard = await page.context().newCDPSession(page);
    await chat.field.focus();

    await keyboard.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
    await page.keyboard.press("Enter");
    assert.equal(fake.calls.length, 0, "Enter chose a word");
    await keyboard.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
    await keyboard.send("Input.insertText", { text: "日本" });
    // Safari ends the composition before the key event and tells it by the key code only.
    await chat.field.evaluate((field) => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, composed: true })));
    assert.equal(fake.calls.length, 0);
    await page.keyboard.press("Enter");

    await chat.sources.waitFor();
    assert.match(fake.calls[0].message, /日本$/);
    await close();
  });

  test("typed in the chat does not reach the page's own shortcuts", async () => {
    const { page, chat, close } = await openChat();
    await page.evaluate(() => {
      window.heard = 0;
      document.addEventListener("keydown", () => (window.heard += 1));
    });

    await chat.field.pressSequentially("snow");

    assert.equal(await page.evaluate(() => window.heard), 0);
    await close();
  });
});

describe("the page's script", () => {
  test("opens, sends, listens, closes and destroys", async () => {
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    await page.goto(host.url);
    await chat.launcher.waitFor();
    await page.evaluate(() => {
      window.events = [];
      for (const name of ["open", "message", "answer", "close"]) window.SiteAssistant.on(name, () => window.events.push(name));
      window.SiteAssistant.on("message", () => {
        throw new Error("a listener of the page");
      });
    });

    await page.evaluate(() => window.SiteAssistant.send("When are you open?"));
    await chat.sources.waitFor();
    await page.evaluate(() => window.SiteAssistant.close());
    await chat.dialog.waitFor({ state: "hidden" });
    await page.evaluate(() => window.SiteAssistant.destroy());

    assert.deepEqual(await page.evaluate(() => window.events), ["open", "message", "answer", "close"]);
    assert.equal(await page.evaluate(() => "SiteAssistant" in window), false);
    assert.equal(await chat.launcher.count(), 0);
    await close();
  });

  test("gives the focus back to the button that opened the chat", async () => {
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    await page.goto(host.url);
    await chat.launcher.waitFor();
    await page.evaluate(() => {
      const button = document.createElement("button");
      button.textContent = "Talk to us";
      button.addEventListener("click", () => window.SiteAssistant.open());
      document.querySelector("main").append(button);
    });

    await page.getByRole("button", { name: "Talk to us" }).press("Enter");
    await chat.dialog.waitFor();
    await page.keyboard.press("Escape");

    assert.equal(await focused(page), "button: Talk to us");
    await close();
  });

  test("chooses the global's name, and a taken name or a second copy of the line changes nothing", async () => {
    const lines = [widgetLine(fake.url, FAKE_CLIENT, 'data-global="ask"'), widgetLine(fake.url, FAKE_CLIENT, 'data-global="ask"')].join("");
    const page2 = await startHostPage({ lines });
    const { page, close } = await openPage(browser);
    await page.goto(page2.url);

    await page.waitForFunction(() => typeof window.ask?.open === "function");
    await chatOf(page).launcher.waitFor();

    assert.equal(await page.evaluate(() => document.querySelectorAll("[data-site-assistant]").length), 1);
    assert.equal(await page.evaluate(() => "SiteAssistant" in window), false);
    await close();
    await page2.close();
  });
});

describe("without its server's consent", () => {
  test("an unknown client shows nothing on the page", async () => {
    const page2 = await startHostPage({ lines: widgetLine(fake.url, "client_unknown") });
    const { page, close } = await openPage(browser);
    const warned = page.waitForEvent("console", (message) => message.type() === "warning");
    await page.goto(page2.url);

    assert.match((await warned).text(), /client_unknown is not shown/);
    assert.equal(await page.locator("[data-site-assistant]").count(), 0);
    await close();
    await page2.close();
  });

  test("a panel with other bytes than the loader was built with is not run", async () => {
    const { page, close } = await openPage(browser);
    await page.route("**/widget/panel-*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `window.tampered = true;\n${await response.text()}` });
    });
    const chat = chatOf(page);
    await page.goto(host.url);

    await chat.launcher.click();
    await page.getByText("The chat could not be loaded.").waitFor();

    assert.equal(await page.evaluate(() => window.tampered), undefined);
    await shoot(page, "panel-refused");
    await close();
  });

  test("a panel is run as it was checked: a second answer with other bytes has no part in it", async () => {
    const { page, close } = await openPage(browser);
    let requests = 0;
    await page.route("**/widget/panel-*", async (route) => {
      requests += 1;
      const response = await route.fetch();
      const text = await response.text();
      const body = requests === 1 ? text : `window.tampered = true;\n${text}`;
      await route.fulfill({ response, body, headers: { ...response.headers(), "cache-control": "no-store" } });
    });
    const chat = chatOf(page);
    await page.goto(host.url);

    await chat.open();

    assert.equal(await page.evaluate(() => window.tampered), undefined);
    await close();
  });
});
