// How clients are served: managed or self-serve, live, demo or test; their key by mail; the agency's figures and keys.
// Against the stand-in. (ACC-8)

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, shoot } from "./support/browser.mjs";
import { asked, button, dialog, findings, heading, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, visit } = dashboard;
const named = (name) => dashboard.server.state.clients.find((it) => it.name === name);
const row = (page, name) => page.locator("tbody tr", { hasText: name });
const card = (page, title) => page.locator("section.card", { has: page.getByRole("heading", { name: title }) });
const owner = (name) => ({ kind: "client", role: "owner", client: named(name).id });

describe("the agency's clients", () => {
  test("the figures stand above the list and say what they leave out", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/clients");
    const figures = page.getByRole("region", { name: "Figures of all live clients" });

    await figures.getByText("Not counted here: 1 demo and 1 test.").waitFor();
    await figures.getByText("2 clients are suspended.").waitFor();
    await figures.getByText("1,204").waitFor();
    await row(page, "Hollow Oak").getByText("Managed").waitFor();
    await row(page, "Showroom").getByText("Demo").waitFor();
    await row(page, "Rehearsal").getByText("Test", { exact: true }).waitFor();
    await row(page, "Fernweh").getByText(/^Trial until/).waitFor();
    await close();
  });

  test("figures that cannot be had leave the list in place, and are asked for again", async () => {
    // ACC-8
    dashboard.server.fault({ route: /GET \/api\/agency\/figures/, status: 503, code: "not_ready", times: 1 });
    const { page, close } = await visit("/agency/clients");
    await page.getByText("Your figures could not be loaded.").waitFor();
    await row(page, "Hollow Oak").waitFor();
    assert.deepEqual(await findings(page), []);

    await button(page, "Try again").click();

    await page.getByText("Not counted here: 1 demo and 1 test.").waitFor();
    await close();
  });

  test("a managed client is created by keyboard, and its key goes out by mail", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/clients");
    await button(page, "New client").click();
    await page.getByLabel("Business name").fill("Elm Street Books");
    await page.getByLabel("Contact e-mail").fill("books@elm.example");
    await dialog(page).getByRole("radio", { name: /^Self-serve/ }).focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await dialog(page).getByRole("radio", { name: /^Managed/ }).isChecked(), true);
    await dialog(page).getByText("Mail a link for the key to the client's address").click();
    await shoot(page, "serving-wizard");
    assert.deepEqual(await findings(page), []);
    await button(page, "Create client").click();

    await page.getByText("A mail with a link for the key is on its way to books@elm.example.").waitFor();
    const made = named("Elm Street Books");
    assert.deepEqual([made.service, made.purpose], ["managed", "live"]);
    await close();
  });

  test("the wizard of a demo says that its mails were not sent", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/clients");
    await button(page, "New client").click();
    await page.getByLabel("Business name").fill("Elm Street Books");
    await page.getByLabel("Contact e-mail").fill("books@elm.example");
    await dialog(page).getByText("Demo", { exact: true }).click();
    await button(page, "Create client").click();

    await page.getByText("The invitation to books@elm.example was written but not sent").waitFor();
    await page.getByText("A mail with a link for the key").waitFor({ state: "detached" });
    await close();
  });
});

describe("a client's settings, for the agency", () => {
  test("how it is served is changed with its consequences named, and the strip follows", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${client()}/settings`);
    const served = card(page, "How this client is served");
    await served.getByText("Managed", { exact: true }).click();
    await served.getByText("Once saved, their own people see").waitFor();
    await served.getByText("Demo", { exact: true }).click();
    await served.getByText("nobody gets mails about this client").waitFor();
    await shoot(page, "serving-settings-changing", { fullPage: true });
    assert.deepEqual(await findings(page), []);
    await button(served, "Save").click();

    await served.getByText("17 of 200").waitFor();
    await page.locator(".client-note").getByText("Managed").waitFor();
    assert.deepEqual([named("Lindenhof Cycles").service, named("Lindenhof Cycles").purpose], ["managed", "demo"]);
    await close();
  });

  test("a change that somebody else overtook is saved after loading the present state", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${client()}/settings`);
    const served = card(page, "How this client is served");
    await served.getByText("Managed", { exact: true }).click();
    named("Lindenhof Cycles").version += 1;
    await button(served, "Save").click();
    await button(served, "Load the present state, keep what I typed").click();
    await served.getByText("Somebody else changed this").waitFor({ state: "detached" });

    await button(served, "Save").click();

    await page.getByText("Saved.").waitFor();
    assert.equal(named("Lindenhof Cycles").service, "managed");
    await close();
  });

  test("the key's mail is followed from the button to its delivery, and can be read", async () => {
    // ACC-8
    const { page, problems, close } = await visit(`/clients/${client()}/settings`);
    const mail = card(page, "Key by mail");
    await mail.getByText("No link has been mailed").waitFor();
    await button(mail, "Mail the key").click();

    await mail.getByText("On its way").waitFor();
    await mail.getByText("Delivered").waitFor();
    await mail.getByText("the former one stops working").waitFor();
    await mail.getByText("The link works until").waitFor();
    assert.deepEqual(await findings(page), []);
    await mail.getByRole("link", { name: "Open the mail" }).click();
    await dialog(page).getByText("hello@lindenhof-cycles.example").waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    assert.equal(page.url().includes("mail="), false);
    assert.deepEqual(problems, []);
    await close();
  });

  test("a mail that bounced says why, and the link is sent again", async () => {
    // ACC-8
    named("Lindenhof Cycles").email = "gone@lindenhof.example";
    const { page, close } = await visit(`/clients/${client()}/settings`);
    const mail = card(page, "Key by mail");
    await button(mail, "Mail the key").click();
    await mail.getByText("Not delivered").waitFor();
    await mail.getByText("The mailbox does not exist.").waitFor();
    await shoot(page, "serving-key-mail-failed", { fullPage: true });
    named("Lindenhof Cycles").email = "new@lindenhof.example";

    await button(mail, "Send again").click();

    await mail.getByText("Delivered").waitFor();
    assert.equal(dashboard.server.calls.filter((it) => /POST .*key-mail/.test(it)).length, 2);
    await close();
  });

  test("a demo's mail is simulated, a claimed link says so, a suspended client gets none", async () => {
    // ACC-8
    const demo = await visit(`/clients/${named("Showroom").id}/settings`);
    await button(card(demo.page, "Key by mail"), "Mail the key").click();
    await card(demo.page, "Key by mail").getByText("because this client is a demo or test").waitFor();
    await demo.close();

    named("Showroom").keyMail.claimed_at = new Date().toISOString();
    const claimed = await visit(`/clients/${named("Showroom").id}/settings`);
    await card(claimed.page, "Key by mail").getByText("the client has its key").waitFor();
    await claimed.page.getByText("the key that was claimed goes on working").waitFor();
    await claimed.close();

    const suspended = await visit(`/clients/${named("Harbour Dental Practice").id}/settings`);
    await card(suspended.page, "Key by mail").getByText("This client is suspended.").waitFor();
    assert.equal(await button(card(suspended.page, "Key by mail"), "Mail the key").isDisabled(), true);
    await suspended.close();
  });

  test("nobody but those who may change clients sees the two cards", async () => {
    // ACC-8
    for (const membership of [owner("Lindenhof Cycles"), { role: "content_specialist" }]) {
      const { page, problems, close } = await visit(`/clients/${client()}/settings`, membership);
      await page.getByLabel("Language of the documents").waitFor();
      assert.equal(await card(page, "Key by mail").count() + await card(page, "How this client is served").count(), 0);
      assert.deepEqual(problems, []);
      await close();
    }
  });
});

describe("a managed client", () => {
  test("its own owner sees results and people, no set-up, and who looks after it", async () => {
    // ACC-8
    const { page, problems, close } = await visit("/", owner("Hollow Oak Café"));
    await heading(page, "Hollow Oak Café").waitFor();

    await page.getByText("Keller & Partner looks after your assistant.").waitFor();
    await page.getByRole("link", { name: "help@agency.example" }).waitFor();
    assert.deepEqual(await page.getByRole("navigation").getByRole("link").allTextContents(), ["Overview", "Conversations", "Members"]);
    assert.equal(await page.getByRole("heading", { name: "Set-up" }).count(), 0);
    const places = await page.getByRole("main").getByRole("link").evaluateAll((links) => links.map((it) => it.getAttribute("href")));
    assert.deepEqual(places.filter((it) => !/conversations$|^mailto:/.test(it)), [], "no link leads into a room that is shut");
    assert.equal(await page.locator(".client-note").count(), 0);
    await shoot(page, "serving-managed-own", { fullPage: true });
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(problems.filter((text) => !text.includes("401")), []);
    await close();
  });

  test("its own people read conversations without the agency's knowledge behind them", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${named("Hollow Oak Café").id}/conversations`, owner("Hollow Oak Café"));
    await page.getByRole("main").getByRole("listitem").getByRole("link").first().click();
    await page.locator(".turn.assistant").first().waitFor();

    assert.equal(await button(page, "Why this answer").count(), 0);
    await close();
  });

  test("a room that was shut while somebody stood in it says who manages the account, and leaves the navigation", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${client()}/overview`, owner("Lindenhof Cycles"));
    await heading(page, "Lindenhof Cycles").waitFor();
    named("Lindenhof Cycles").service = "managed";

    await page.getByRole("link", { name: "FAQs" }).click();

    await heading(page, "No access").waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "FAQs" }).waitFor({ state: "detached" });
    await close();
  });

  test("its members page tells what roles are good for here", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${named("Hollow Oak Café").id}/members`, owner("Hollow Oak Café"));
    await button(page, "Invite").click();

    await dialog(page).getByText("Sees conversations and figures. The agency does the rest.").waitFor();
    await close();
  });

  test("the agency keeps every room, with a note, and its keys page offers what works", async () => {
    // ACC-8
    const { page, close } = await visit(`/clients/${named("Hollow Oak Café").id}/keys`);
    await page.getByText("its keys reach conversations and usage only").waitFor();
    await page.locator(".client-note").getByText("your agency does the rest").waitFor();
    await button(page, "New key").click();

    await dialog(page).getByText("Read usage").waitFor();
    const offered = await dialog(page).getByRole("checkbox").evaluateAll((boxes) => boxes.map((it) => [it.closest("label").textContent, it.checked]));
    assert.deepEqual(offered, [["Read conversations", true], ["Delete conversations", false], ["Read usage", true]], "to delete is given expressly");
    await close();
  });
});

describe("what a demo writes", () => {
  test("an invitation says that it was written but not sent, to the agency and to the client's own people", async () => {
    // ACC-8
    for (const membership of [{}, owner("Rehearsal")]) {
      const { page, close } = await visit(`/clients/${named("Rehearsal").id}/members`, membership);
      await page.getByText("invitations and other mails are written but not sent").waitFor();
      await button(page, "Invite").click();
      const email = `eve-${membership.role ?? "agency"}@rehearsal.example`;
      await dialog(page).getByLabel("E-mail address").fill(email);
      await button(dialog(page), "Send invitation").click();

      await page.getByText(`The invitation to ${email} was written but not sent`).waitFor();
      await close();
    }
  });

  test("a simulated mail is found by its state, and its letter can be read", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/mails");
    await page.locator(".segment", { hasText: "Simulated" }).click();
    await page.getByText("gone@example.org").waitFor({ state: "detached" });
    await button(page, "Mara invites you to Showroom").click();

    await dialog(page).getByText("Simulated: not sent, because the client is a demo or test.").waitFor();
    await page.frameLocator("iframe.mail-frame").getByRole("link", { name: "Open" }).waitFor();
    await shoot(page, "serving-mail-simulated");
    assert.deepEqual(await findings(page), []);
    await button(dialog(page), "Send again").click();
    await page.getByText("The mail to hello@showroom.example was written again but not sent").waitFor();
    await close();
  });
});

describe("agency keys", () => {
  test("one is made with what one holds, shown once, and its end is kept", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/keys", { role: "admin" }, { viewport: PHONE });
    await button(page, "New key").click();
    await dialog(page).getByLabel("Name", { exact: true }).fill("CRM");
    assert.equal(await dialog(page).getByText("Erase clients").count(), 0, "an admin does not own the agency");
    await dialog(page).getByText("Read conversations").click();
    await dialog(page).getByLabel("Works for").selectOption("90");
    await shoot(page, "serving-agency-key-new");
    assert.deepEqual(await findings(page), []);
    await button(dialog(page), "Create key").click();

    await dialog(page).getByText("snip_ak_51bbshownonce").waitFor();
    await button(dialog(page), "I have kept it").click();
    await row(page, "CRM").getByText("Read conversations").waitFor();
    await row(page, "CRM").getByText(/^expires/).waitFor();
    const [made] = dashboard.server.state.agencyKeys;
    assert.deepEqual(made.permissions, ["clients:read", "clients:write", "conversations:read"]);
    await close();
  });

  test("revoking names what stops working", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/keys");
    await row(page, "Nightly report").getByText("Opens nothing").waitFor();
    await button(page, "Revoke Sign-up form").click();
    await asked(page).getByText("Create and change clients").waitFor();
    await shoot(page, "serving-agency-key-revoke");
    assert.deepEqual(await findings(page), []);
    await button(asked(page), "Revoke").click();

    await page.getByText("Sign-up form is revoked.").waitFor();
    await row(page, "Sign-up form").waitFor({ state: "detached" });
    await close();
  });

  test("without any, the page says what they are for; at the limit, the server's word stands in the dialog", async () => {
    // ACC-8
    const [sample] = dashboard.server.state.agencyKeys;
    dashboard.server.state.agencyKeys = [];
    const { page, close } = await visit("/agency/keys");
    await page.getByText("your own sign-up form or CRM creates clients").waitFor();
    await shoot(page, "serving-agency-keys-empty");
    dashboard.server.state.agencyKeys = Array.from({ length: 200 }, (_, at) => ({ ...sample, id: `akey_${at}` }));
    await button(page, "New key").first().click();
    await dialog(page).getByLabel("Name", { exact: true }).fill("One more");
    await button(dialog(page), "Create key").click();

    await dialog(page).getByText("The agency has at most 200 keys").waitFor();
    await close();
  });

  test("an account manager has no such page", async () => {
    // ACC-8
    const { page, close } = await visit("/agency/keys", { role: "account_manager" });

    await heading(page, "No access").waitFor();
    await close();
  });
});

describe("who hears of a client's account", () => {
  test("a contact is added once, and removed by name", async () => {
    // ACC-21
    const { page, close } = await visit(`/clients/${named("Hollow Oak Café").id}/members`);
    const contacts = card(page, "Billing contacts");
    await contacts.getByText("Until somebody is named").waitFor();
    const add = async (email) => {
      await contacts.getByRole("button", { name: "Add a contact" }).click();
      await dialog(page).getByLabel("Name").fill("Accounts");
      await dialog(page).getByLabel("E-mail").fill(email);
      await dialog(page).getByRole("button", { name: "Add", exact: true }).click();
    };

    await add("accounts@hollow.example");
    await contacts.getByText("accounts@hollow.example").waitFor();
    await add("Accounts@hollow.example");
    await dialog(page).getByText("This address is a billing contact already.").waitFor();
    assert.deepEqual(await findings(page), []);
    await dialog(page).getByRole("button", { name: "Cancel" }).click();
    await shoot(page, "billing-contacts");
    await contacts.getByRole("button", { name: "Remove Accounts" }).click();
    await asked(page).getByText("no longer go to accounts@hollow.example").waitFor();
    await button(asked(page), "Remove").click();

    await contacts.getByText("Until somebody is named").waitFor();
    await close();
  });

  test("seats are counted where nobody pays, and nowhere else", async () => {
    // ACC-21
    const demo = await visit(`/clients/${named("Showroom").id}/members`);
    await demo.page.getByText(/of 5 seats are taken/).waitFor();
    await demo.close();
    const live = await visit(`/clients/${named("Hollow Oak Café").id}/members`, {}, { viewport: PHONE });
    await heading(live.page, "Members").waitFor();
    await card(live.page, "Billing contacts").waitFor();
    assert.equal(await live.page.getByText(/seats are taken/).count(), 0);
    assert.deepEqual(await findings(live.page), []);
    await shoot(live.page, "billing-contacts-phone");
    await live.close();
  });
});
