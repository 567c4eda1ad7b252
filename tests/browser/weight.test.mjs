// What the widget costs a page (CHT-31): bytes of what one visitor loads, shift of the layout, long tasks. Bytes,
// requests and shift are held; times depend on the machine and are only reported.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { launchBrowser, openPage } from "./support/browser.mjs";
import { chatOf } from "./support/chat.mjs";
import { FAKE_CLIENT, startFake } from "./support/fake.mjs";
import { PLAIN_STYLE, startHostPage, widgetLine } from "./support/host-page.mjs";

const FIRST_GZIP_BYTES_MAX = 5_000;
const VISIT_GZIP_BYTES_MAX = 30_000;

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

/** Files of the widget that a page loads, with their size as gzip sends them. */
function watchFiles(page) {
  const files = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/widget")) files.push(response.body().then((body) => ({ pathname, bytes: gzipSync(body, { level: 9 }).length })));
  });
  return () => Promise.all(files);
}

test("a visit loads one small script and one panel, each once, within the budget", async () => {
  const { page, close } = await openPage(browser);
  const files = watchFiles(page);
  const chat = chatOf(page);
  await page.goto(host.url);
  await chat.open();
  await chat.askAndWait("When are you open?");

  const loaded = await files();

  const [first, panel] = loaded;
  assert.equal(new Set(loaded.map(({ pathname }) => pathname)).size, 2, JSON.stringify(loaded));
  assert.equal(first.pathname, "/widget.js");
  assert.ok(first.bytes <= FIRST_GZIP_BYTES_MAX, `the first script has ${first.bytes} bytes`);
  assert.ok(first.bytes + panel.bytes <= VISIT_GZIP_BYTES_MAX, `together ${first.bytes + panel.bytes} bytes`);
  await close();
});

test("the panel is fetched when somebody comes near, before they press", async () => {
  const { page, close } = await openPage(browser);
  await page.addInitScript(() => {
    // A page that is never idle.
    window.requestIdleCallback = () => 0;
  });
  const chat = chatOf(page);
  await page.goto(host.url);
  await chat.launcher.waitFor();
  const panels = () => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/panel-")).length);
  assert.equal(await panels(), 0, "nothing is fetched that nobody wants");

  await chat.launcher.hover();

  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("/panel-")));
  assert.equal(await chat.dialog.count(), 0);
  await close();
});

test("nothing on the page moves, and long tasks are told", async (context) => {
  const { page, close } = await openPage(browser);
  await page.addInitScript(() => {
    window.shift = 0;
    window.longTasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shift += value))).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.longTasks.push(duration))).observe({ type: "longtask", buffered: true });
  });
  const chat = chatOf(page);
  await page.goto(host.url);
  await chat.open();
  await chat.askAndWait("When are you open?");

  context.diagnostic(`long tasks from load to answer, in milliseconds: ${JSON.stringify(await page.evaluate(() => window.longTasks))}`);
  assert.equal(await page.evaluate(() => window.shift), 0);
  await close();
});
