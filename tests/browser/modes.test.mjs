// Where the widget stands: as a button, as a part of the page, as the whole page; several at once; on pages that
// change under it; pinned by its hash (CHT-30, CHT-32). Against the stand-in.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { axeFindings, DESKTOP, launchBrowser, openPage, PHONE, shoot } from "./support/browser.mjs";
import { chatOf, focused, regionOf } from "./support/chat.mjs";
import { FAKE_CLIENT, OTHER_CLIENT, startFake } from "./support/fake.mjs";
import { NONCE, nonceHeaders, PLAIN_STYLE, startHostPage, strictHeaders, widgetLine } from "./support/host-page.mjs";

const SIZES = [
  { size: "phone", viewport: PHONE },
  { size: "desktop", viewport: DESKTOP },
];

let browser;
let fake;
before(async () => {
  browser = await launchBrowser();
  fake = await startFake();
});
after(async () => {
  await browser.close();
  await fake.close();
});
beforeEach(() => fake.reset());

/** Opens a page with these lines; closes both at the end of `work`. */
async function onPage(options, work) {
  const host = await startHostPage({ style: PLAIN_STYLE, ...options });
  const opened = await openPage(browser, options.browser);
  try {
    await opened.page.goto(host.url);
    await work(opened);
  } finally {
    await opened.close();
    await host.close();
  }
}

const hosts = (page) => page.locator("[data-site-assistant]");
const line = (attributes, client = FAKE_CLIENT) => widgetLine(fake.url, client, attributes);

describe("inline", () => {
  for (const { size, viewport } of SIZES) {
    test(`it is a part of the page where its target is, and takes no focus (${size})`, async () => {
      const lines = `<div id="help"></div>${line('data-mode="inline" data-target="#help"')}`;
      await onPage({ lines, browser: { viewport } }, async ({ page, problems }) => {
        const chat = regionOf(page);
        await chat.dialog.waitFor();
        assert.equal(await focused(page), "body: ".concat(await page.evaluate(() => document.body.textContent.trim().slice(0, 60))));
        assert.equal(await page.locator("#help > [data-site-assistant]").count(), 1);
        assert.equal(await page.getByRole("button", { name: /Open chat|Close chat/ }).count(), 0);

        await chat.askAndWait("When are you open?");

        await page.keyboard.press("Escape");
        assert.ok(await chat.dialog.isVisible(), "a part of the page does not close");
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
        assert.deepEqual(await axeFindings(page), []);
        assert.deepEqual(problems, []);
        await shoot(page, `inline-${size}`, { fullPage: true });
      });
    });
  }

  test("without a target it stands where its script stands", async () => {
    await onPage({ lines: `<section>${line('data-mode="inline"')}</section><p id="below">Below</p>` }, async ({ page }) => {
      await regionOf(page).dialog.waitFor();

      assert.equal(await page.locator("section > [data-site-assistant]").count(), 1);
    });
  });

  test("it waits for a target that comes late, and comes again with it", async () => {
    await onPage({ lines: "", head: line('data-mode="inline" data-target="#help"') }, async ({ page }) => {
      await page.waitForFunction(() => window.SiteAssistant);
      assert.equal(await hosts(page).count(), 0);
      const show = () => page.evaluate(() => document.querySelector("main").insertAdjacentHTML("beforeend", "<article><div id=help></div></article>"));

      await show();
      const chat = regionOf(page);
      await chat.askAndWait("When are you open?");
      await page.evaluate(() => document.querySelector("article").remove());
      assert.equal(await hosts(page).count(), 0);
      await show();

      await chat.sources.waitFor();
      assert.equal(await hosts(page).count(), 1);
    });
  });
});

describe("full page", () => {
  for (const { size, viewport } of SIZES) {
    test(`it fills the window and nothing more (${size})`, async () => {
      await onPage({ lines: line('data-mode="page"'), browser: { viewport } }, async ({ page, problems }) => {
        const chat = regionOf(page);
        await chat.askAndWait("When are you open?");

        const box = await chat.dialog.boundingBox();
        assert.deepEqual({ ...box }, { x: 0, y: 0, width: viewport.width, height: viewport.height });
        assert.deepEqual(await axeFindings(page, "[data-site-assistant]"), []);
        assert.deepEqual(problems, []);
        await shoot(page, `page-${size}`);
      });
    });
  }
});

describe("several on one page", () => {
  test("work side by side; the first is the global, and all stand in its instances", async () => {
    const lines = ['<div id="help"></div>', line(""), line('data-mode="inline" data-target="#help"', OTHER_CLIENT), line("")].join("");
    await onPage({ lines }, async ({ page }) => {
      const inline = regionOf(page);
      await inline.askAndWait("When are you open?");
      await chatOf(page).open();

      const seen = () => page.evaluate(() => (window.SiteAssistant?.instances ?? []).map(({ clientId, mode }) => [clientId, mode]).sort());
      assert.deepEqual(await seen(), [[FAKE_CLIENT, "bubble"], [OTHER_CLIENT, "inline"]].sort());
      assert.equal(await hosts(page).count(), 2, "the same line again changes nothing");
      await page.evaluate((client) => window.SiteAssistant.instances.find((it) => it.clientId === client).destroy(), FAKE_CLIENT);
      assert.deepEqual(await seen(), [[OTHER_CLIENT, "inline"]]);
      await page.evaluate(() => window.SiteAssistant.destroy());
      assert.equal(await page.evaluate(() => "SiteAssistant" in window), false);
      assert.equal(await hosts(page).count(), 0);
    });
  });

  test("each has a global of its own where its line names one", async () => {
    await onPage({ lines: line('data-global="sales"') + line('data-global="support"', OTHER_CLIENT) }, async ({ page }) => {
      await page.waitForFunction(() => window.sales && window.support);

      assert.deepEqual(await page.evaluate(() => [window.sales.clientId, window.support.clientId]), [FAKE_CLIENT, OTHER_CLIENT]);
      assert.equal(await page.evaluate(() => "SiteAssistant" in window), false);
    });
  });

  test("buttons in the same corner stand above each other", async () => {
    await onPage({ lines: line("") + line("", OTHER_CLIENT) }, async ({ page }) => {
      const buttons = page.getByRole("button", { name: /^Open chat with / });
      await buttons.nth(1).waitFor();

      const [one, other] = [await buttons.nth(0).boundingBox(), await buttons.nth(1).boundingBox()];
      assert.ok(Math.abs(one.y - other.y) >= one.height, `${one.y} and ${other.y}`);
      assert.equal(one.x, other.x);
      await shoot(page, "two-bubbles");
    });
  });
});

describe("a page that changes", () => {
  test("keeps the widget through its history, and when its body is swapped, with the conversation", async () => {
    await onPage({ lines: "", head: line("") }, async ({ page }) => {
      const chat = chatOf(page);
      await chat.open();
      await chat.askAndWait("When are you open?");

      await page.evaluate(() => history.pushState({}, "", "/elsewhere"));
      await page.goBack();
      assert.ok(await chat.dialog.isVisible());
      await page.evaluate(() => {
        const body = document.createElement("body");
        body.innerHTML = "<main><h1>Another page</h1></main>";
        document.body.replaceWith(body);
      });

      await chat.sources.waitFor();
      assert.equal(await hosts(page).count(), 1);
      await chat.askAndWait("And on Sunday?");
    });
  });

  test("ends the widget by removing it, and may begin a new one late", async () => {
    await onPage({ lines: line("") }, async ({ page }) => {
      await chatOf(page).launcher.waitFor();

      await page.evaluate(() => document.querySelector("[data-site-assistant]").remove());
      await page.waitForFunction(() => !("SiteAssistant" in window));
      await page.evaluate((src) => {
        const script = document.createElement("script");
        Object.assign(script, { src, async: true });
        script.dataset.clientId = "client_00000000000000000000000000";
        document.body.append(script);
      }, `${fake.url}/widget.js`);

      await chatOf(page).open();
      assert.equal(await hosts(page).count(), 1);
    });
  });

  test("that takes the script away with its part gets a fresh widget with the next one", async () => {
    await onPage({ lines: line("") }, async ({ page }) => {
      await chatOf(page).launcher.waitFor();

      await page.evaluate(() => {
        // As frameworks do that keep pages: a copy of the body, in which the widget's element is an empty shell.
        const copy = document.body.cloneNode(true);
        document.body.replaceWith(copy);
        const old = copy.querySelector("script");
        const script = document.createElement("script");
        for (const { name, value } of old.attributes) script.setAttribute(name, value);
        old.replaceWith(script);
      });

      await chatOf(page).open();
      assert.equal(await hosts(page).count(), 1);
    });
  });
});

describe("pinned by its hash", () => {
  async function pinned() {
    const loader = Buffer.from(await (await fetch(`${fake.url}/widget.js`)).arrayBuffer());
    const name = createHash("sha256").update(loader).digest("hex").slice(0, 16);
    const integrity = `sha384-${createHash("sha384").update(loader).digest("base64")}`;
    return { url: `${fake.url}/widget/loader-${name}.js`, integrity };
  }

  test("it works under the strictest policy, with its integrity checked", async () => {
    const { url, integrity } = await pinned();
    const lines = `<script src="${url}" integrity="${integrity}" crossorigin="anonymous" data-client-id="${FAKE_CLIENT}" async></script>`;
    await onPage({ lines, headers: strictHeaders(fake.url) }, async ({ page, problems }) => {
      const chat = chatOf(page);
      await chat.open();
      await chat.askAndWait("When are you open?");

      assert.deepEqual(problems, []);
    });
  });

  test("a script with other bytes is not run", async () => {
    const { url } = await pinned();
    const lines = `<script src="${url}" integrity="sha384-${"A".repeat(64)}" crossorigin="anonymous" data-client-id="${FAKE_CLIENT}" async></script>`;
    await onPage({ lines }, async ({ page, problems }) => {
      await page.waitForLoadState("networkidle");

      assert.equal(await page.evaluate(() => "SiteAssistant" in window), false);
      assert.match(problems.join(), /integrity/);
    });
  });
});

test("a page that trusts scripts by nonce only runs the widget, panel and all", async () => {
  await onPage({ lines: line(`nonce="${NONCE}"`), headers: nonceHeaders(fake.url) }, async ({ page, problems }) => {
    const chat = chatOf(page);
    await chat.open();
    await chat.askAndWait("When are you open?");

    assert.deepEqual(problems, []);
  });
});
