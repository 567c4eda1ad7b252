// The same visit in the other engines: Firefox and WebKit (CHT-30, CHT-32, CHT-34). The page is as hostile as those
// that Chromium gets; the answer streams, is cut in the middle, and comes whole.
//
// Where an engine is not installed its test says so and is left out; in CI (CI=true) that is a failure.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { FAKE_CLIENT, startFake } from "./support/fake.mjs";
import { openFirefox } from "./support/firefox.mjs";
import { startHostPage, strictHeaders, widgetLine } from "./support/host-page.mjs";
import { openWebKit } from "./support/webkit.mjs";

const WAIT_MS = 60_000;
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/libexec"];
const MINI_BROWSERS = LIBRARIES.flatMap((folder) => ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"].map((name) => `${folder}/${name}/MiniBrowser`));
const IS_CI = ["true", "1", "yes"].includes(process.env.CI ?? "");

function found(...candidates) {
  return candidates.filter(Boolean).find((candidate) => existsSync(candidate)) ?? null;
}

const firefox = found(process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox");
const webkit = { driver: found("/usr/bin/WebKitWebDriver"), browser: found(...MINI_BROWSERS), display: found("/usr/bin/Xvfb") };
const ENGINES = [
  { engine: "Firefox", packages: "firefox-esr", isThere: firefox !== null, open: () => openFirefox(firefox) },
  { engine: "WebKit", packages: "webkit2gtk-driver and xvfb", isThere: Object.values(webkit).every(Boolean), open: () => openWebKit(webkit) },
];

let fake;
let host;
before(async () => {
  fake = await startFake();
  host = await startHostPage({ lines: widgetLine(fake.url, FAKE_CLIENT), headers: strictHeaders(fake.url) });
});
after(async () => {
  await host.close();
  await fake.close();
});
beforeEach(() => fake.reset());

/** What the page's shadow root holds, as the script's `root`. */
const ROOT = 'const root = document.querySelector("[data-site-assistant]")?.shadowRoot;';

async function until(visitor, what, expression) {
  const end = Date.now() + WAIT_MS;
  while (Date.now() < end) {
    if (await visitor.run(`${ROOT} return Boolean(root && (${expression}));`)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${visitor.name}: ${what} did not happen; the widget shows: ${await visitor.run(`${ROOT} return root?.textContent ?? "nothing";`)}`);
}

async function visit(visitor, engine) {
  fake.fault({ holdAfter: 5 });
  await visitor.goto(host.url);
  await until(visitor, "the button", 'root.querySelector(".launcher")');
  await visitor.run(`${ROOT} root.querySelector(".launcher").focus();`);
  await visitor.press("Enter");
  await until(visitor, "opening", 'root.querySelector("[role=dialog]:not([hidden])") && root.activeElement?.localName === "textarea"');
  await visitor.type("When are you open?");
  await visitor.press("Enter");
  await until(visitor, "the beginning of the answer", 'root.querySelector("[role=log]").textContent.includes("Tuesday to Friday")');
  fake.cut();
  fake.release();
  await until(visitor, "the answer with its sources", 'root.querySelectorAll(".sources-list a").length === 2');

  const seen = await visitor.run(`${ROOT} return {
    text: root.querySelector("[role=log]").textContent,
    href: root.querySelector(".sources-list a").href,
    rel: root.querySelector(".sources-list a").rel,
    position: getComputedStyle(root.querySelector(".panel")).position,
    header: getComputedStyle(root.querySelector(".header")).backgroundColor,
    globals: "SiteAssistant" in window,
    cookie: document.cookie,
  };`);
  assert.equal(seen.text.split("Bank holidays are listed by the door.").length, 2, seen.text);
  assert.deepEqual([seen.href, seen.rel], [`${fake.url}/passages/1`, "noopener"]);
  assert.deepEqual([seen.position, seen.header], ["fixed", "rgb(15, 107, 92)"]);
  assert.deepEqual([seen.globals, seen.cookie], [true, ""]);
  assert.equal(fake.calls.length, 1, "the cut stream was taken up, the question not sent again");
  assert.equal(fake.resumed.length, 1);
  if (process.env.SHOTS) {
    await mkdir(process.env.SHOTS, { recursive: true });
    await visitor.shoot(path.join(process.env.SHOTS, `engine-${engine}.png`));
  }

  await visitor.press("Escape");
  await until(visitor, "closing", 'root.querySelector("[role=dialog][hidden]") && root.activeElement?.className === "launcher"');
  assert.deepEqual(visitor.problems, []);
}

for (const { engine, packages, isThere, open } of ENGINES) {
  test(`a visitor in ${engine} loads, asks, reads, follows and closes`, { skip: isThere || IS_CI ? false : `${engine} is not installed: install ${packages}` }, async () => {
    assert.ok(isThere, `${engine} is not installed; packaging/set-up.sh test installs ${packages}`);
    const visitor = await open();
    try {
      await visit(visitor, engine);
    } finally {
      await visitor.close();
    }
  });
}
