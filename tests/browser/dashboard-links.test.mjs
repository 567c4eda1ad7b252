// What mails and the open door lead to: a client's key, shown once, and an account that somebody makes for themselves.
// Against the stand-in. (ACC-8)

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, shoot } from "./support/browser.mjs";
import { KEY_CLAIM_TOKEN, SIGN_UP_TOKEN } from "./support/dashboard/data.mjs";
import { asked, button, findings, heading, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { visit } = dashboard;
const KEY = "snip_sk_claimedonce";

describe("the link to a key", () => {
  test("makes nothing before its button is pressed, then shows the key once", async () => {
    // ACC-8
    const { page, close } = await visit(`/key/${KEY_CLAIM_TOKEN}`, null, { viewport: PHONE });
    await heading(page, "The API key of Lindenhof Cycles").waitFor();
    assert.equal(dashboard.server.calls.some((it) => it.startsWith("POST /api/key-claims")), false);
    await button(page, "Show my key").click();

    await page.getByText(KEY).waitFor();
    await page.getByText("This key is shown this one time only").waitFor();
    await button(page, "Copy").waitFor();
    await shoot(page, "serving-key-shown");
    assert.deepEqual(await findings(page), []);
    assert.equal(await page.evaluate((key) => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]).includes(key), KEY), false, "nothing secret is stored");

    await button(page, "I have kept it, go to sign-in").click();
    await heading(page, "Sign in").waitFor();
    assert.equal(page.url().includes(KEY_CLAIM_TOKEN), false, "the token leaves the address");
    await close();
  });

  test("leaving with the key on the screen is asked about first", async () => {
    // ACC-8
    const { page, close } = await visit(`/key/${KEY_CLAIM_TOKEN}`, null);
    await button(page, "Show my key").click();
    await page.getByText(KEY).waitFor();

    await page.evaluate(() => (location.hash = "/sign-in"));
    await asked(page).getByText("it cannot be shown again").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(asked(page), "Stay").click();
    await page.getByText(KEY).waitFor();
    await page.evaluate(() => (location.hash = "/sign-in"));
    await button(asked(page), "Leave").click();

    await heading(page, "Sign in").waitFor();
    await close();
  });

  test("that was used, or replaced by a newer mail, says what to do", async () => {
    // ACC-8
    const { page, close } = await visit(`/key/${KEY_CLAIM_TOKEN}`, null);
    await button(page, "Show my key").waitFor();
    dashboard.server.state.claims.get(KEY_CLAIM_TOKEN).isVoid = true;

    await button(page, "Show my key").click();
    await page.getByText("ask who sent you this one for a new link").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.goto(`${dashboard.server.url}/app/?again#/key/${KEY_CLAIM_TOKEN}`);

    await heading(page, "This link does not work any more").waitFor();
    await close();
  });

  test("can be pressed again after the network failed", async () => {
    // ACC-8
    const { page, close } = await visit(`/key/${KEY_CLAIM_TOKEN}`, null);
    dashboard.server.fault({ route: /POST \/api\/key-claims/, status: 503, code: "not_ready", times: 1 });
    await button(page, "Show my key").click();
    await page.getByRole("alert").waitFor();

    await button(page, "Show my key").click();

    await page.getByText(KEY).waitFor();
    await close();
  });
});

describe("signing up", () => {
  test("leads from the sign-in page by a form to a mail, with the server's word at the field", async () => {
    // ACC-8
    const { page, close } = await visit("/sign-in", null);
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByText("You can try everything for 14 days").waitFor();
    await page.getByLabel("Business name").fill("Corner Bakery");
    await page.getByLabel("Your name").fill("Eve");
    await page.getByLabel("E-mail address").fill("eve at bakery");
    await button(page, "Send me the link").click();
    await page.getByText("This is not an e-mail address.").waitFor();
    assert.equal(await page.getByLabel("Business name").inputValue(), "Corner Bakery");
    await page.getByLabel("E-mail address").fill("eve@bakery.example");
    await button(page, "Send me the link").click();

    await heading(page, "Check your mail").waitFor();
    await page.getByText("A mail is on its way to eve@bakery.example.").waitFor();
    assert.deepEqual(await findings(page), []);
    await close();
  });

  test("ends in the overview of one's own client, by a button and once", async () => {
    // ACC-8
    const { page, close } = await visit(`/sign-up/${SIGN_UP_TOKEN}`, null);
    await heading(page, "Welcome, Corner Bakery").waitFor();
    assert.equal(dashboard.server.calls.some((it) => it.startsWith("POST /api/sign-up")), false);
    await button(page, "Create my account").click();
    await heading(page, "Corner Bakery").waitFor();
    await page.getByText(/of 7 steps done/).waitFor();
    assert.match(page.url(), /clients\/client_\w+\/overview$/);

    await page.goto(`${dashboard.server.url}/app/?again#/sign-up/${SIGN_UP_TOKEN}`);
    await heading(page, "This link does not work any more").waitFor();
    await page.getByRole("link", { name: "Begin again" }).waitFor();
    await close();
  });

  test("is nowhere offered while the agency makes accounts itself, and its page says so", async () => {
    // ACC-8
    dashboard.server.state.signUp.is_open = false;
    const { page, close } = await visit("/sign-up", null);
    await page.getByText("Keller & Partner makes accounts itself. Ask there for one.").waitFor();
    assert.equal(await page.getByRole("textbox").count(), 0);
    assert.deepEqual(await findings(page), []);
    await page.getByRole("link", { name: "Go to sign-in" }).click();

    await page.getByLabel("E-mail address").waitFor();
    assert.equal(await page.getByRole("link", { name: "Create an account" }).count(), 0);
    await close();
  });

  test("that was closed while the form stood open says so instead of the form", async () => {
    // ACC-8
    const { page, close } = await visit("/sign-up", null);
    await page.getByLabel("Business name").fill("Corner Bakery");
    await page.getByLabel("Your name").fill("Eve");
    await page.getByLabel("E-mail address").fill("eve@bakery.example");
    dashboard.server.state.signUp.is_open = false;
    await button(page, "Send me the link").click();

    await page.getByText("Keller & Partner makes accounts itself.").waitFor();
    await close();
  });

  test("too many tries are told with the time to wait, and what was typed stays", async () => {
    // ACC-8
    dashboard.server.fault({ route: /POST \/api\/sign-up$/, status: 429, code: "rate_limited", headers: { "retry-after": "40" } });
    const { page, close } = await visit("/sign-up", null);
    await page.getByLabel("Business name").fill("Corner Bakery");
    await page.getByLabel("Your name").fill("Eve");
    await page.getByLabel("E-mail address").fill("eve@bakery.example");
    await button(page, "Send me the link").click();

    await page.getByText("Try again in 40 seconds.").waitFor();
    assert.equal(await page.getByLabel("Business name").inputValue(), "Corner Bakery");
    await close();
  });
});
