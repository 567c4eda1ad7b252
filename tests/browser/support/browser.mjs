// Opens Debian's Chromium through playwright-core, which is installed in `assets/node_modules`, and gives each
// test a page that notes every console error. Screenshots go to the folder named by SHOTS, if it is set.

import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import path from "node:path";

const require = createRequire(new URL("../../../assets/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const AXE_SOURCE = require("axe-core").source;

/** What a test waits for at most: a loaded machine takes many times what it takes alone. */
const WAIT_MS = 30_000;

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };

export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page of its own context; `problems` fills with console errors and uncaught exceptions. */
export async function openPage(browser, { viewport = DESKTOP, ...options } = {}) {
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  return { page, problems, close: () => context.close() };
}

export async function shoot(page, name, options = {}) {
  const folder = process.env.SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), ...options });
}

/** What axe finds, as `rule: selector` lines. Evaluated over the protocol, so a page's policy does not stop it. */
export async function axeFindings(page, include) {
  await page.evaluate(AXE_SOURCE);
  const results = await page.evaluate(
    (scope) => window.axe.run(scope ?? document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
    include,
  );
  return results.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.flat().join(" ")} (${node.failureSummary})`));
}
