// How the widget looks: places, sizes, themes, colours, the client's own sheet and logo; zoom, writing direction,
// forced colours (CHT-33, CHT-35). Each page of proof is shot where SHOTS names a folder. Against the stand-in.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { axeFindings, DESKTOP, launchBrowser, openPage, PHONE, shoot } from "./support/browser.mjs";
import { chatOf } from "./support/chat.mjs";
import { FAKE_CLIENT, startFake } from "./support/fake.mjs";
import { PLAIN_STYLE, startHostPage, widgetLine } from "./support/host-page.mjs";

const SIZES = [
  { size: "phone", viewport: PHONE },
  { size: "desktop", viewport: DESKTOP },
];
const SCHEMES = ["light", "dark"];

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

async function openChat(looks, options) {
  fake.dress(looks);
  const opened = await openPage(browser, { reducedMotion: "reduce", ...options });
  const chat = chatOf(opened.page);
  await opened.page.goto(host.url);
  await chat.launcher.waitFor();
  return { ...opened, chat };
}

const colourOf = (locator, property) => locator.evaluate((element, name) => getComputedStyle(element)[name], property);

describe("positions", () => {
  const EXPECTED = {
    "bottom-right": { right: true, bottom: true },
    "bottom-left": { right: false, bottom: true },
    "top-right": { right: true, bottom: false },
    "top-left": { right: false, bottom: false },
    center: { right: null, bottom: true },
  };
  for (const [position, { right, bottom }] of Object.entries(EXPECTED)) {
    for (const { size, viewport } of SIZES) {
      test(`${position}: button and chat stand where they were put, whole (${size})`, async () => {
        const { page, chat, close } = await openChat({ position }, { viewport });
        const button = await chat.launcher.boundingBox();
        await shoot(page, `position-${position}-${size}-closed`);
        await chat.open();
        const panel = await chat.dialog.boundingBox();
        await shoot(page, `position-${position}-${size}`);

        const middle = { x: button.x + button.width / 2, y: button.y + button.height / 2 };
        if (right === null) assert.ok(Math.abs(middle.x - viewport.width / 2) < 2, `in the middle: ${middle.x}`);
        else assert.equal(middle.x > viewport.width / 2, right);
        assert.equal(middle.y > viewport.height / 2, bottom);
        for (const box of [button, panel]) {
          assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, JSON.stringify(box));
        }
        const isApart = panel.y >= button.y + button.height || panel.y + panel.height <= button.y;
        if (size === "desktop") assert.ok(isApart, "the button that closes the chat stays in reach");
        else assert.deepEqual([panel.width, panel.height], [viewport.width, viewport.height]);
        await close();
      });
    }
  }

  test("two sides are the sides of the screen, also on a page that is read from right to left", async () => {
    const rtl = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT), style: PLAIN_STYLE, html: 'lang="ar" dir="rtl"' });
    fake.dress({ language: "ar", welcome: "مرحبا! كيف يمكنني مساعدتك؟", name: "المساعد" });
    const { page, close } = await openPage(browser);
    const chat = chatOf(page);
    await page.goto(rtl.url);
    await chat.open();
    await chat.askAndWait("متى تفتحون؟");

    const [panel, field, send] = [await chat.dialog.boundingBox(), await chat.field.boundingBox(), await chat.sendButton.boundingBox()];
    assert.ok(panel.x > DESKTOP.width / 2, "bottom right is on the right");
    assert.ok(send.x < field.x, "the button stands after the field, which is on its left");
    assert.deepEqual(await axeFindings(page), []);
    await shoot(page, "right-to-left");
    await close();
    await rtl.close();
  });
});

describe("size", () => {
  for (const [width_px, height_px] of [[200, 300], [800, 1000], [392, 624]]) {
    test(`${width_px} × ${height_px} is kept, as far as the window has room`, async () => {
      const { page, chat, close } = await openChat({ width_px, height_px });
      await chat.open();

      const { width, height } = await chat.dialog.boundingBox();

      assert.equal(Math.round(width), Math.min(width_px, DESKTOP.width - 40));
      assert.equal(Math.round(height), Math.min(height_px, DESKTOP.height - 112));
      assert.equal(await chat.dialog.locator(".avatar").isVisible(), width_px > 240, "where it is narrow, the name has the room");
      await shoot(page, `size-${width_px}-${height_px}`);
      await close();
    });
  }
});

const CUSTOM = { theme: "custom", accent_color: "#7a1f3d", background_color: "#fffaf2", text_color: "#2b1a10", bubble_color: "#f3e6d4" };
const CUSTOM_DARK = { theme: "custom", accent_color: "#ffb35c", background_color: "#141021", text_color: "#f4effa", bubble_color: "#2a2340" };
const THEMES = { light: { theme: "light" }, dark: { theme: "dark", accent_color: "#3aa58f" }, auto: { theme: "auto" }, custom: CUSTOM, "custom-dark": CUSTOM_DARK, yellow: { accent_color: "#967a00" } };

describe("themes", () => {
  for (const [name, looks] of Object.entries(THEMES)) {
    for (const colorScheme of SCHEMES) {
      for (const { size, viewport } of SIZES) {
        test(`axe finds nothing: ${name}, system ${colorScheme}, ${size}`, async () => {
          const { page, chat, close } = await openChat(looks, { viewport, colorScheme });
          await chat.open();
          assert.deepEqual(await axeFindings(page), []);
          await shoot(page, `theme-${name}-${colorScheme}-${size}-open`);

          await chat.askAndWait("When are you open?");
          fake.fault({ status: 429, code: "rate_limited", headers: { "retry-after": "42" } });
          await chat.ask("And on Sunday?");
          await chat.retryButton.waitFor();

          assert.deepEqual(await axeFindings(page), []);
          await shoot(page, `theme-${name}-${colorScheme}-${size}`);
          await close();
        });
      }
    }
  }

  test("light and dark stay as they were chosen, auto follows the system", async () => {
    const seen = {};
    for (const theme of ["light", "dark", "auto"]) {
      for (const colorScheme of SCHEMES) {
        const { chat, close } = await openChat({ theme }, { colorScheme });
        await chat.open();
        seen[`${theme} in ${colorScheme}`] = await colourOf(chat.dialog, "backgroundColor");
        await close();
      }
    }

    const [light, dark] = ["rgb(255, 255, 255)", "rgb(28, 31, 37)"];
    assert.deepEqual(seen, {
      "light in light": light, "light in dark": light, "dark in light": dark, "dark in dark": dark, "auto in light": light, "auto in dark": dark,
    });
  });

  test("custom colours are the client's", async () => {
    const { chat, close } = await openChat(CUSTOM);
    await chat.open();

    assert.equal(await colourOf(chat.dialog, "backgroundColor"), "rgb(255, 250, 242)");
    assert.equal(await colourOf(chat.dialog, "color"), "rgb(43, 26, 16)");
    assert.equal(await colourOf(chat.dialog.locator(".assistant .bubble").first(), "backgroundColor"), "rgb(243, 230, 212)");
    await close();
  });
});

describe("the client's own", () => {
  test("style sheet changes the widget and nothing else", async () => {
    const custom_css = ".panel { border-radius: 0 } h1, main { color: rgb(1, 2, 3) } .title { letter-spacing: 2px }";
    const { page, chat, close } = await openChat({ custom_css });
    await chat.open();

    assert.equal(await colourOf(chat.dialog, "borderTopLeftRadius"), "0px");
    assert.equal(await colourOf(chat.dialog.locator(".title"), "letterSpacing"), "2px");
    assert.notEqual(await colourOf(page.locator("main"), "color"), "rgb(1, 2, 3)");
    await shoot(page, "custom-css");
    await close();
  });

  test("logo stands in the header; where a page's policy refuses it, the first letter does", async () => {
    const logo_url = `${fake.url}/api/widget/logo/${FAKE_CLIENT}/0`;
    const { page, chat, close } = await openChat({ logo_url });
    await chat.open();
    const image = chat.dialog.locator(".avatar img");
    await page.waitForFunction(() => document.querySelector("[data-site-assistant]").shadowRoot.querySelector(".avatar img")?.naturalWidth > 0);
    assert.equal(await image.getAttribute("alt"), "", "the name stands beside it");
    await shoot(page, "logo");
    await close();

    const strict = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT), headers: { "content-security-policy": `default-src 'none'; script-src ${fake.url}; connect-src ${fake.url}` } });
    const second = await openPage(browser);
    await second.page.goto(strict.url);
    await chatOf(second.page).open();
    await chatOf(second.page).dialog.locator(".avatar").getByText("L", { exact: true }).waitFor();
    await second.close();
    await strict.close();
  });
});

describe("everyone", () => {
  test("reads it at 200 % zoom and at 320 pixels without scrolling sideways", async () => {
    for (const viewport of [{ width: 320, height: 512 }, { width: 640, height: 400 }]) {
      const { page, chat, close } = await openChat({}, { viewport });
      await chat.open();
      await chat.askAndWait("When are you open?");

      const overflow = await chat.log.evaluate((log) => log.scrollWidth - log.clientWidth);
      assert.equal(overflow, 0);
      for (const control of [chat.field, chat.sendButton, chat.closeButton]) assert.ok(await control.isVisible());
      await shoot(page, `zoom-${viewport.width}`);
      await close();
    }
  });

  test("reads the words of a wide table whole: it scrolls by itself, and nothing else does", async () => {
    const { page, chat, close } = await openChat({}, { viewport: PHONE });
    const response = ["| Service | Duration | Includes |", "| --- | --- | --- |", "| Full | 2 days | Brakes, gears, wheels, cables and cleaning |", "", "```", `const total = ${"a + ".repeat(30)}a;`, "```"].join("\n");
    fake.fault({ answer: { response } });
    await chat.open();
    await chat.askAndWait("What do you offer?");

    const [table, code, log] = await chat.log.evaluate((all) => [".table", "pre", null].map((name) => {
      const { scrollWidth, clientWidth } = name === null ? all : all.querySelector(name);
      return scrollWidth - clientWidth;
    }));

    assert.ok(table > 0 && code > 0, `${table} and ${code}`);
    assert.equal(log, 0);
    const rows = await chat.log.locator("th").evaluateAll((cells) => cells.map((cell) => cell.offsetHeight));
    assert.ok(rows.every((height) => height < 40), `no heading is broken: ${rows}`);
    assert.deepEqual(await axeFindings(page), []);
    await shoot(page, "wide-table");
    await close();
  });

  test("finds every target at least 24 pixels large", async () => {
    const { page, chat, close } = await openChat({});
    await chat.open();
    await chat.askAndWait("When are you open?");

    const small = await page.evaluate(() => {
      const root = document.querySelector("[data-site-assistant]").shadowRoot;
      const targets = [...root.querySelectorAll("button, textarea, .sources a")].filter((element) => element.checkVisibility());
      return targets.map((element) => element.getBoundingClientRect()).filter(({ width, height }) => width < 24 || height < 24).length;
    });

    assert.equal(small, 0);
    await close();
  });

  test("sees buttons and messages in forced colours, and no motion where none is wanted", async () => {
    const { page, chat, close } = await openChat({}, { forcedColors: "active" });
    await chat.open();
    await chat.askAndWait("When are you open?");

    assert.notEqual(await colourOf(chat.dialog.locator(".bubble").first(), "borderTopColor"), "rgba(0, 0, 0, 0)");
    assert.equal(await colourOf(chat.dialog, "animationName"), "none");
    assert.deepEqual(await axeFindings(page), []);
    await shoot(page, "forced-colours");
    await close();
  });
});
