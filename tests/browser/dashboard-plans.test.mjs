// Accounts that began with a sign-up, the key's mail in each of its states, what fails or takes its time on the pages of
// how clients are served, and their words where a language needs more room. Against the stand-in. (ACC-8)

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, shoot } from "./support/browser.mjs";
import { ago, idOf, KEY_CLAIM_TOKEN, SIGN_UP_TOKEN } from "./support/dashboard/data.mjs";
import { asked, button, choose, dialog, findings, heading, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, visit } = dashboard;
const DAY = 1440;
const named = (name) => dashboard.server.state.clients.find((it) => it.name === name);
const card = (page, title) => page.locator("section.card", { has: page.getByRole("heading", { name: title }) });
const served = (page) => card(page, "How this client is served");
const note = (page) => page.locator(".client-note");
const settingsOf = (name) => `/clients/${named(name).id}/settings`;

describe("an account that began with a sign-up", () => {
  test("is taken on, and its plan, caps and trial are gone", async () => {
    // ACC-8
    const { page, problems, close } = await visit(settingsOf("Fernweh Travel"));
    await served(page).getByText(/The trial ends on .* the account is suspended then/).waitFor();
    await served(page).getByText("17 of 200").waitFor();
    await note(page).getByText(/the trial ends on/).waitFor();
    await shoot(page, "plans-trial", { fullPage: true });
    await button(served(page), "Take on").click();
    await asked(page).getByText("an ordinary client").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(asked(page), "Take on").click();

    await page.getByText("Fernweh Travel is taken on.").waitFor();
    await served(page).getByText("The trial ends on").waitFor({ state: "detached" });
    await served(page).getByText("Answers today").waitFor({ state: "detached" });
    await note(page).waitFor({ state: "detached" });
    assert.equal(await button(served(page), "Take on").count(), 0);
    assert.deepEqual([named("Fernweh Travel").plan, named("Fernweh Travel").trial_ends_at], [null, null]);
    assert.deepEqual(problems, []);
    await close();
  });

  test("that somebody else changed meanwhile is taken on by a second press", async () => {
    // ACC-8
    const { page, close } = await visit(settingsOf("Fernweh Travel"));
    await button(served(page), "Take on").click();
    await asked(page).waitFor();
    named("Fernweh Travel").version += 1;
    const read = page.waitForResponse((it) => it.request().method() === "GET" && it.url().endsWith(`/api/clients/${named("Fernweh Travel").id}`));
    await button(asked(page), "Take on").click();
    await asked(page).getByText("Somebody else changed this").waitFor();
    await read;

    await button(asked(page), "Take on").click();

    await page.getByText("Fernweh Travel is taken on.").waitFor();
    await close();
  });

  test("tells a trial that has ended, one that was resumed after it, and a free account apart", async () => {
    // ACC-8
    const stands = [
      [{ status: "suspended", trial_ends_at: ago(2 * DAY) }, /^Trial ended The trial ended on .* Take it on, then resume it\.$/, "the trial is over"],
      [{ trial_ends_at: null }, "the trial is over. The caps stay", "the trial is over"],
      [{ plan: "free", trial_ends_at: null }, "for a free account", "answers a day and documents are capped"],
    ];
    for (const [stand, words, noted] of stands) {
      Object.assign(named("Fernweh Travel"), { plan: "trial", status: "active" }, stand);
      const { page, close } = await visit(settingsOf("Fernweh Travel"));
      await served(page).getByText(words).waitFor();
      await note(page).getByText(noted).waitFor();
      await close();
    }
  });

  test("that is suspended or a demo is told what stays when it is taken on", async () => {
    // ACC-8
    Object.assign(named("Fernweh Travel"), { status: "suspended", purpose: "demo" });
    const { page, close } = await visit(settingsOf("Fernweh Travel"));
    await button(served(page), "Take on").click();
    await asked(page).getByText("It stays capped as long as it is a demo or test.").waitFor();
    await asked(page).getByText("It stays suspended until you resume it.").waitFor();
    await button(asked(page), "Cancel").click();

    await served(page).getByText("Live", { exact: true }).click();
    await served(page).getByText("The caps of its plan stay").waitFor();
    await close();
  });
});

/** Lets the stand-in hold a key mail of the full client as it was left by the mail system. */
function mailed(state, { claimed_at = null, endsInMinutes = 3 * DAY, last_error = null } = {}) {
  const { state: world } = dashboard.server;
  const mail = { id: idOf("out"), to: "hello@lindenhof-cycles.example", subject: "Your key", purpose: "key_claim", state, attempts: 1, created_at: ago(60), last_error, text: "", html: "" };
  world.mails.unshift(mail);
  world.claims.set("of-a-test", { client: client(), expires_at: ago(-endsInMinutes), isVoid: false });
  world.clients[0].keyMail = { mail_id: mail.id, token: "of-a-test", sent_at: ago(60), claimed_at };
  return mail;
}

describe("the key's mail", () => {
  const STATES = [
    ["sent", {}, "Handed over", "Whether it arrived is not confirmed yet.", true],
    ["delivered", {}, "Delivered", "To hello@lindenhof-cycles.example", true],
    ["suppressed", {}, "Held back", "was held back and not sent", false],
    ["failed", { last_error: "550 No such box." }, "Not delivered", "550 No such box.", false],
    ["delivered", { endsInMinutes: -DAY }, "Expired", "without being used", false],
    ["delivered", { claimed_at: ago(5) }, "Claimed", "the client has its key", false],
  ];
  for (const [state, more, name, words, canBeUsed] of STATES) {
    test(`says: ${name}`, async () => {
      // ACC-8
      mailed(state, more);
      const { page, close } = await visit(`/clients/${client()}/settings`);
      const mail = card(page, "Key by mail");

      await mail.getByText(name, { exact: true }).waitFor();
      await mail.getByText(words).waitFor();
      assert.equal(await mail.getByText("The link works until").count(), canBeUsed ? 1 : 0);
      assert.equal(await button(mail, "Send again").isEnabled(), true);
      await close();
    });
  }

  test("is asked about again while it is on its way, and no longer once it has arrived", async () => {
    // ACC-8
    const mail = mailed("queued");
    const { page, close } = await visit(`/clients/${client()}/settings`);
    await card(page, "Key by mail").getByText("On its way").waitFor();
    const reads = () => dashboard.server.calls.filter((it) => /^GET .*key-mail$/.test(it)).length;
    mail.state = "delivered";
    await card(page, "Key by mail").getByText("Delivered").waitFor();

    const before = reads();
    await page.waitForTimeout(7_000);

    assert.equal(reads(), before);
    await close();
  });

  test("goes to the address as it is now, and is refused with the server's word", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${client()}/settings`);
    const mail = card(page, "Key by mail");
    await mail.getByText("No link has been mailed to hello@lindenhof-cycles.example yet.").waitFor();
    await page.getByLabel("Contact e-mail").fill("new@lindenhof.example");
    await button(card(page, "Account"), "Save").click();
    await mail.getByText("No link has been mailed to new@lindenhof.example yet.").waitFor();
    named("Lindenhof Cycles").status = "suspended";

    await button(mail, "Mail the key").click();

    await mail.getByText("This client is suspended. Resume it first.").waitFor();
    await close();
  });
});

describe("what fails or takes its time", () => {
  const SLOW = [["/agency/keys", /GET \/api\/agency\/keys$/, "Sign-up form"], ["/agency/clients", /GET \/api\/agency\/figures$/, "live clients"]];
  for (const [address, route, words] of SLOW) {
    test(`${address} shows that it is loading, and then what came`, async () => {
      // ACC-8
      dashboard.server.fault({ route, delayMs: 1_500, times: 1 });
      const { page, close } = await visit(address);
      await page.locator(".skeleton").first().waitFor();

      await page.getByText(words, { exact: true }).waitFor();
      await close();
    });
  }

  const LOST = [
    ["/agency/keys", {}, /GET \/api\/agency\/keys$/, "Sign-up form"],
    [() => `/clients/${client()}/settings`, {}, /GET .*\/key-mail$/, "Not sent"],
    [`/key/${KEY_CLAIM_TOKEN}`, null, /GET \/api\/key-claims/, "Show my key"],
    ["/sign-up", null, /GET \/api\/sign-up$/, "Send me the link"],
    [`/sign-up/${SIGN_UP_TOKEN}`, null, /GET \/api\/sign-up\/./, "Create my account"],
  ];
  for (const [address, membership, route, words] of LOST) {
    test(`${typeof address === "string" ? address : "the key's mail"} is asked for again after a failure`, async () => {
      // ACC-8
      dashboard.server.fault({ route, status: 503, code: "not_ready", detail: "The server is starting." });
      const { page, close } = await visit(typeof address === "string" ? address : address(), membership);
      await page.getByText("The server is starting.").waitFor();
      assert.deepEqual(await findings(page), []);
      dashboard.server.clearFaults();

      await button(page, "Try again").click();

      await page.getByText(words, { exact: true }).first().waitFor();
      await close();
    });
  }

  test("a sign-in page whose question about sign-up fails signs in all the same", async () => {
    // ACC-8
    dashboard.server.fault({ route: /GET \/api\/sign-up$/, status: 503, code: "not_ready" });
    const { page, close } = await visit("/sign-in", null);

    await page.getByLabel("E-mail address").fill("robin@agency.example");
    await button(page, "Send sign-in mail").click();

    await page.getByLabel("Six-digit code").waitFor();
    await close();
  });

  test("a sign-up link leads to sign-in once the agency makes accounts itself, also when its page stood open", async () => {
    // ACC-8
    const { page, close } = await visit(`/sign-up/${SIGN_UP_TOKEN}`, null);
    await button(page, "Create my account").waitFor();
    dashboard.server.state.signUp.is_open = false;
    await button(page, "Create my account").click();
    await heading(page, "No new accounts here").waitFor();
    assert.deepEqual(await findings(page), []);

    await page.goto(`${dashboard.server.url}/app/?again#/sign-up/${SIGN_UP_TOKEN}`);
    await heading(page, "No new accounts here").waitFor();
    await page.getByRole("link", { name: "Go to sign-in" }).click();
    await heading(page, "Sign in").waitFor();
    await close();
  });

  test("the secret for signed-in visitors is read when it is asked for, and not before", async () => {
    const { page, close } = await visit(`/clients/${client()}/settings`);
    await button(page, "Show the secret").waitFor();
    assert.equal(dashboard.server.calls.some((it) => it.endsWith("/embed-snippet")), false);

    await button(page, "Show the secret").click();

    await page.getByText("5f1c0e9a7b").waitFor();
    await close();
  });

  test("an invitation of a test client that is sent again was not sent either", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${named("Rehearsal").id}/members`);
    await button(page, "Invite").click();
    await dialog(page).getByLabel("E-mail address").fill("eve@rehearsal.example");
    await button(dialog(page), "Send invitation").click();
    await dialog(page).waitFor({ state: "detached" });

    await choose(page, "Actions for eve@rehearsal.example", "Send the invitation again");

    await page.getByText("A new invitation to eve@rehearsal.example was written but not sent").waitFor();
    await close();
  });
});

/** Every text 40 % longer, as a translation may be; then whatever reaches over the side of the page or of what holds it. */
function overflowWithLongerTexts(page) {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const words = node.data.trim();
      if (words !== "" && !node.parentElement.closest("script, style, code")) node.data += ` ${words.slice(0, Math.ceil(words.length * 0.4))}`;
    }
    const parts = [...document.querySelectorAll("button, .button, .badge, .card, .client-note, .account-strip, .choice, .door-card, .dialog-body, .dialog-foot, .figures li, .banner, .table-frame, td, .cell, [role=dialog], [role=alertdialog]")];
    const found = parts.filter((it) => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== "inline").map((it) => `${it.tagName} ${it.className}: ${it.textContent.slice(0, 60)}`);
    return { found, page: document.documentElement.scrollWidth - innerWidth };
  });
}

describe("words that are 40 % longer fit a phone", () => {
  const PAGES = [
    ["clients", () => "/agency/clients", {}, async (page) => page.getByText("Not counted here").waitFor()],
    ["wizard", () => "/agency/clients", {}, async (page) => {
      await button(page, "New client").click();
      await dialog(page).getByText("Test", { exact: true }).waitFor();
    }],
    ["trial", () => settingsOf("Fernweh Travel"), {}, async (page) => served(page).getByText("17 of 200").waitFor()],
    ["take-on", () => settingsOf("Fernweh Travel"), {}, async (page) => {
      await button(served(page), "Take on").click();
      await asked(page).getByText("an ordinary client").waitFor();
    }],
    ["demo", () => settingsOf("Showroom"), {}, async (page) => card(page, "Key by mail").getByText("Not sent").waitFor()],
    ["agency-keys", () => "/agency/keys", {}, async (page) => page.getByText("Sign-up form").waitFor()],
    ["agency-key", () => "/agency/keys", {}, async (page) => {
      await button(page, "New key").click();
      await dialog(page).getByText("See clients").waitFor();
    }],
    ["managed", () => "/", { kind: "client", role: "owner", client: "Hollow Oak Café" }, async (page) => page.getByText("looks after your assistant").waitFor()],
    ["account", () => "/", { kind: "client", role: "owner", client: "Fernweh Travel" }, async (page) => page.getByText("Used today: 17.").waitFor()],
    ["key", () => `/key/${KEY_CLAIM_TOKEN}`, null, async (page) => {
      await button(page, "Show my key").click();
      await button(page, "Copy").waitFor();
    }],
    ["sign-up", () => "/sign-up", null, async (page) => button(page, "Send me the link").waitFor()],
    ["sign-up-link", () => `/sign-up/${SIGN_UP_TOKEN}`, null, async (page) => button(page, "Create my account").waitFor()],
    ["sign-in", () => "/sign-in", null, async (page) => page.getByRole("link", { name: "Create an account" }).waitFor()],
  ];
  for (const [name, address, membership, until] of PAGES) {
    test(name, async () => {
      // ACC-8
      const who = membership?.client ? { ...membership, client: named(membership.client).id } : membership;
      const { page, close } = await visit(address(), who, { viewport: PHONE });
      await until(page);

      const over = await overflowWithLongerTexts(page);

      await shoot(page, `longer-${name}`, { fullPage: true });
      assert.deepEqual(over, { found: [], page: 0 });
      await close();
    });
  }
});
