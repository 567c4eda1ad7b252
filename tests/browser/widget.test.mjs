// The widget on the demo's pages and on a hostile one, against the server that BASE_URL names (`… demo`), or
// against the stand-in where BASE_URL is not set.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeFindings, DESKTOP, launchBrowser, openPage, PHONE, shoot } from "./support/browser.mjs";
import { chatOf, clientIdOf, focused } from "./support/chat.mjs";
import { startFake } from "./support/fake.mjs";
import { startHostPage, strictHeaders, widgetLine } from "./support/host-page.mjs";

const SITES = [
  { slug: "tallowick-cycles", question: "How late are you open on Thursdays?", answer: /19:30/ },
  { slug: "quince-and-ember", question: "How much is a country sourdough?", answer: /5\.40/ },
];
const SIZES = [
  { size: "phone", viewport: PHONE },
  { size: "desktop", viewport: DESKTOP },
];

let browser;
let fake;
let base;
before(async () => {
  browser = await launchBrowser();
  if (!process.env.BASE_URL) fake = await startFake();
  base = process.env.BASE_URL?.replace(/\/$/, "") ?? fake.url;
});
after(async () => {
  await browser.close();
  await fake?.close();
});

for (const { slug, question, answer } of SITES) {
  for (const { size, viewport } of SIZES) {
    test(`${slug} answers a visitor with sources that open (${size})`, async () => {
      const { page, problems, close } = await openPage(browser, { viewport });
      const chat = chatOf(page);
      await page.goto(`${base}/demo/${slug}/`);

      await chat.open();
      await shoot(page, `${slug}-${size}-open`);
      await chat.askAndWait(question);
      await shoot(page, `${slug}-${size}-answered`);

      if (!fake) assert.match(await chat.log.innerText(), answer);
      const link = chat.sources.first().getByRole("link").first();
      const [passage] = await Promise.all([page.context().waitForEvent("page"), link.click()]);
      await passage.waitForLoadState();
      assert.ok((await passage.locator("mark").count()) >= 1, "the passage marks the quote");
      await shoot(passage, `${slug}-${size}-passage`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(overflow, 0, "nothing reaches over the side of the page");
      assert.deepEqual(problems, []);
      await close();
    });
  }
}

test("the chat works by keyboard alone, and gives the focus back", async () => {
  const { page, problems, close } = await openPage(browser);
  const chat = chatOf(page);
  await page.goto(`${base}/demo/tallowick-cycles/`);
  await chat.launcher.waitFor();

  for (let presses = 0; presses < 80 && !/Open chat/.test(await focused(page)); presses += 1) await page.keyboard.press("Tab");
  assert.match(await focused(page), /^button: Open chat with/);
  await page.keyboard.press("Enter");
  await chat.dialog.waitFor();
  assert.match(await focused(page), /^textarea: Your message/);
  await page.keyboard.type("How much is a full service?");
  await page.keyboard.press("Enter");
  await chat.sources.waitFor();
  assert.match(await focused(page), /^textarea/, "the focus stays in the field");
  await page.keyboard.press("Escape");

  await chat.dialog.waitFor({ state: "hidden" });
  assert.match(await focused(page), /^button: Open chat with/);
  assert.deepEqual(problems, []);
  await close();
});

test("on a phone Tab stays within the chat that covers the page", async () => {
  const { page, close } = await openPage(browser, { viewport: PHONE });
  const chat = chatOf(page);
  await page.goto(`${base}/demo/tallowick-cycles/`);
  await chat.open();
  assert.equal(await chat.dialog.getAttribute("aria-modal"), "true");

  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press("Tab");

    const isInside = await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.closest("[role=dialog]") != null);
    assert.ok(isInside, `outside after ${presses + 1} presses of Tab: ${await focused(page)}`);
  }
  await close();
});

test("a suggested question is asked by one press, and the focus does not get lost", async () => {
  const { page, close } = await openPage(browser);
  const chat = chatOf(page);
  await page.goto(`${base}/demo/tallowick-cycles/`);
  await chat.open();

  const text = await chat.suggestions.first().innerText();
  await chat.suggestions.first().press("Enter");

  await chat.log.getByText(text).waitFor();
  assert.match(await focused(page), /^textarea/);
  assert.equal(await chat.suggestions.count(), 0);
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const { size, viewport } of SIZES) {
    test(`axe finds nothing in the open chat (${colorScheme}, ${size})`, async () => {
      const { page, close } = await openPage(browser, { viewport, colorScheme, reducedMotion: "reduce" });
      const chat = chatOf(page);
      await page.goto(`${base}/demo/quince-and-ember/`);
      await chat.open();
      assert.deepEqual(await axeFindings(page), []);

      await chat.askAndWait("When is the sourdough course?");

      assert.deepEqual(await axeFindings(page), []);
      await shoot(page, `axe-${colorScheme}-${size}`);
      await close();
    });
  }
}

describe("on a hostile page of another origin", () => {
  let host;
  let clientId;
  before(async () => {
    clientId = clientIdOf(await (await fetch(`${base}/demo/tallowick-cycles/`)).text());
    host = await startHostPage({ lines: widgetLine(base, clientId), headers: strictHeaders(base) });
  });
  after(() => host.close());

  for (const { size, viewport } of SIZES) {
    test(`it looks and works the same (${size})`, async () => {
      const { page, problems, close } = await openPage(browser, { viewport });
      const chat = chatOf(page);
      await page.goto(host.url);

      await chat.open();
      await chat.askAndWait("How late are you open on Thursdays?");

      assert.equal(await page.evaluate(() => crossOriginIsolated), true);
      const styles = await chat.dialog.evaluate((dialog) => {
        const { position, display, color } = getComputedStyle(dialog);
        return { position, display, color, header: getComputedStyle(dialog.querySelector(".header")).backgroundColor };
      });
      assert.equal(styles.position, "fixed");
      assert.equal(styles.display, "flex");
      assert.equal(styles.header, "rgb(15, 107, 92)", "the page cannot change the accent");
      await shoot(page, `hostile-${size}`);
      assert.deepEqual(problems, []);
      await close();
    });
  }

  test("it leaves one element, one global, no cookie and no shift of the layout", async () => {
    const { page, close } = await openPage(browser);
    await page.addInitScript(() => {
      const before = new Set(Object.getOwnPropertyNames(window));
      window.addedGlobals = () => Object.getOwnPropertyNames(window).filter((name) => !before.has(name) && name !== "addedGlobals");
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value))).observe({ type: "layout-shift", buffered: true });
    });
    const chat = chatOf(page);
    await page.goto(host.url);

    await chat.open();
    await chat.askAndWait("Do you repair e-bikes?");

    assert.deepEqual((await page.evaluate(() => window.addedGlobals())).filter((name) => name !== "shift"), ["SiteAssistant"]);
    assert.equal(await page.evaluate(() => window.shift), 0);
    assert.deepEqual(await page.context().cookies(), []);
    assert.equal(await page.evaluate(() => document.querySelectorAll("body > :not(main, script)").length), 1);
    const keys = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].sort());
    assert.deepEqual(keys, [`site-assistant:${clientId}:session`, `site-assistant:${clientId}:thread`, `site-assistant:${clientId}:turn`]);
    await close();
  });

  test("nothing that the browser gets names the product", async () => {
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    const seen = [];
    page.on("response", (response) => {
      // The body of a preloaded module is not in the protocol's hands; its address gives the same bytes.
      const body = response.text().catch(() => fetch(response.url()).then((again) => again.text()));
      seen.push(body.then((text) => ({ url: response.url(), text: `${JSON.stringify(response.headers())}\n${text}` }), () => null));
    });
    await page.goto(host.url);

    await chat.open();
    await chat.askAndWait("Do you repair e-bikes?");

    const answers = (await Promise.all(seen)).filter((answer) => answer?.url.startsWith(base));
    assert.ok(answers.length >= 4, "loader, configuration, panel and answer were seen");
    for (const { url, text } of answers) assert.doesNotMatch(text, /\bsnip\b/i, url);
    await close();
  });
});
