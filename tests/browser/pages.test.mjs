// The API reference and the demo's overview, against BASE_URL or the stand-in; and the examples of the server's
// own pages, which only the stand-in serves.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axeFindings, DESKTOP, launchBrowser, openPage, PHONE, shoot } from "./support/browser.mjs";
import { startFake } from "./support/fake.mjs";

const SIZES = [
  { size: "phone", viewport: PHONE },
  { size: "desktop", viewport: DESKTOP },
];
const SCHEMES = ["light", "dark"];
const OPENED_EVERY = 8;
const EXAMPLES = ["setup", "setup-problems", "result", "passage", "shared", "error"];

let browser;
let fake;
let base;
before(async () => {
  browser = await launchBrowser();
  fake = await startFake();
  base = process.env.BASE_URL?.replace(/\/$/, "") ?? fake.url;
});
after(async () => {
  await browser.close();
  await fake.close();
});

async function judge(page, problems, name) {
  await shoot(page, name, { fullPage: true });
  assert.deepEqual(await axeFindings(page), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, "nothing reaches over the side");
  assert.deepEqual(problems, []);
}

for (const { size, viewport } of SIZES) {
  for (const colorScheme of SCHEMES) {
    test(`the API reference shows every operation (${size}, ${colorScheme})`, async () => {
      const { page, problems, close } = await openPage(browser, { viewport, colorScheme });
      const document = await (await fetch(`${base}/api/openapi.json`)).json();
      const methods = ["get", "post", "put", "patch", "delete", "head", "options"];
      const expected = Object.values(document.paths).flatMap((item) => Object.keys(item).filter((key) => methods.includes(key)));
      await page.goto(`${base}/api/docs`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator("details.operation").first().waitFor();

      assert.equal(await page.locator("details.operation").count(), expected.length);
      // All are drawn by the same code; axe takes minutes over all of them opened.
      const summaries = await page.locator("details.operation > summary").all();
      for (const summary of summaries.filter((_, index) => index % OPENED_EVERY === 0)) await summary.click();

      await judge(page, problems, `docs-${size}-${colorScheme}`);
      await close();
    });
  }

  test(`the overview of the demo leads to both sites (${size})`, async () => {
    const { page, problems, close } = await openPage(browser, { viewport });
    await page.goto(`${base}/demo/`);

    await judge(page, problems, `demo-${size}`);
    await page.getByRole("link", { name: "Tallowick Cycles" }).click();
    await page.waitForURL("**/demo/tallowick-cycles/");
    await close();
  });

  for (const example of EXAMPLES) {
    for (const colorScheme of SCHEMES) {
      test(`the example page ${example} is readable (${size}, ${colorScheme})`, async () => {
        const { page, problems, close } = await openPage(browser, { viewport, colorScheme });
        await page.goto(`${fake.url}/examples/${example}.html`);

        await judge(page, problems, `page-${example}-${size}-${colorScheme}`);
        await close();
      });
    }
  }
}

test("the API reference works by keyboard: filter, open, follow a link to one operation", async () => {
  const { page, close } = await openPage(browser);
  await page.goto(`${base}/api/docs`);
  await page.getByRole("searchbox", { name: "Filter operations" }).focus();

  await page.keyboard.type("api/chat");
  const operation = page.locator("details.operation").first();
  await operation.locator("summary").first().press("Enter");
  assert.equal(await operation.getAttribute("open"), "");
  const id = await operation.getAttribute("id");
  await page.goto(`${base}/api/docs#${id}`);
  await page.reload();

  await page.locator(`details[id="${id}"][open]`).waitFor();
  await close();
});
