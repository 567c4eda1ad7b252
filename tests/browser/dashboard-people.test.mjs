// Who comes in, what a role allows, and what the agency does with people and clients. Against the stand-in.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shoot } from "./support/browser.mjs";
import { API_KEY, CODE, KNOWN_INVITATION_TOKEN, LINK_TOKEN } from "./support/dashboard/data.mjs";
import { asked, button, choose, dialog, findings, heading, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, visit } = dashboard;

describe("the doors", () => {
  test("a mail's code signs in; a wrong one says so and keeps the form", async () => {
    const { page, close } = await visit("/sign-in", null);
    await page.getByLabel("E-mail address").fill("robin@agency.example");
    await button(page, "Send sign-in mail").click();

    await page.getByLabel("Six-digit code").fill("000000");
    await page.getByText("That code is wrong or has expired").waitFor();
    assert.equal(await page.getByLabel("Six-digit code").inputValue(), "000000");
    assert.match(await page.getByRole("button", { name: /^Send a new mail in/ }).textContent(), /in \d+ s/);
    await shoot(page, "dashboard-code");
    assert.deepEqual(await findings(page), []);

    await page.getByLabel("Six-digit code").fill(CODE);
    await heading(page, "Clients").waitFor();
    await close();
  });

  test("a mailed link does nothing before its button is pressed", async () => {
    const { page, close } = await visit(`/sign-in/${LINK_TOKEN}`, null);
    await button(page, "Sign in now").waitFor();
    assert.equal(dashboard.server.calls.includes("POST /api/sign-in/link"), false);

    await button(page, "Sign in now").click();

    await heading(page, "Clients").waitFor();
    assert.equal(page.url().includes(LINK_TOKEN), false, "the token leaves the address");
    await close();
  });

  test("a used link offers a new one", async () => {
    const { page, close } = await visit("/sign-in/other", null);
    await button(page, "Sign in now").click();

    await page.getByRole("link", { name: "Request a new link" }).click();

    await page.getByLabel("E-mail address").waitFor();
    await close();
  });

  test("an API key opens its client, without what belongs to people", async () => {
    const { page, problems, close } = await visit("/sign-in", null);
    await button(page, "Use an API key instead").click();
    await page.getByLabel("API key").fill("wrong");
    await button(page, "Sign in with the key").click();
    await page.getByText("This key is not valid").waitFor();

    await page.getByLabel("API key").fill(API_KEY);
    await button(page, "Sign in with the key").click();

    await heading(page, "Conversations").waitFor();
    await page.getByText("Signed in by API key").waitFor();
    const names = await page.getByRole("navigation").getByRole("link").allTextContents();
    assert.deepEqual(names, ["Conversations", "Documents", "FAQs", "Unanswered", "Widget", "Install", "Instructions", "Settings"]);
    for (const name of names) {
      await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
      await heading(page, name).waitFor();
      await page.locator(".skeleton").first().waitFor({ state: "detached" });
    }
    assert.deepEqual(problems.filter((text) => !text.includes("401")), [], "no page asks for what a key may not read");
    await close();
  });

  test("an ended session leads to the door and back to the page", async () => {
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await heading(page, "FAQs").waitFor();
    dashboard.server.forgetSessions();
    await page.getByRole("link", { name: "Documents" }).click();

    await page.getByText("Your session has ended").waitFor();
    await page.getByLabel("E-mail address").fill("robin@agency.example");
    await button(page, "Send sign-in mail").click();
    await page.getByLabel("Six-digit code").fill(CODE);

    await heading(page, "Documents").waitFor();
    await close();
  });
});

describe("invitations and the own login", () => {
  test("who has a login signs in first, comes back, and accepts without giving a name again", async () => {
    const { page, close } = await visit(`/invitation/${KNOWN_INVITATION_TOKEN}`, null);
    await button(page, "Sign in as robin@agency.example").click();
    assert.equal(await page.getByLabel("E-mail address").inputValue(), "robin@agency.example");
    await button(page, "Send sign-in mail").click();
    await page.getByLabel("Six-digit code").fill(CODE);

    await button(page, "Accept").click();

    await heading(page, "Lindenhof Cycles").waitFor();
    await close();
  });

  test("an invitation for somebody else is told apart from the present login", async () => {
    const session = dashboard.server.session();
    dashboard.server.state.person.email = "other@agency.example";
    const { page, close } = await visit("/", null);
    await page.context().addCookies([session]);
    await page.goto(`${dashboard.server.url}/app/?again#/invitation/${KNOWN_INVITATION_TOKEN}`);

    await page.getByText("You are signed in as robin@agency.example.").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(page, "Sign in as other@agency.example").click();

    await page.getByText("You are signed out.").waitFor();
    assert.equal(await page.getByLabel("E-mail address").inputValue(), "other@agency.example");
    await close();
  });

  test("the own address changes by a code that was sent to the new one", async () => {
    const { page, close } = await visit("/agency/clients");
    await page.getByRole("button", { name: /Robin Keller/ }).click();
    await page.getByRole("menuitem", { name: "Change e-mail address" }).click();
    await dialog(page).getByLabel("New e-mail address").fill("robin@new.example");
    await button(dialog(page), "Send code").click();
    await dialog(page).getByLabel("Six-digit code").fill("000000");
    await button(dialog(page), "Change address").click();
    await dialog(page).getByText("That code is wrong").waitFor();
    await shoot(page, "dashboard-own-address");
    assert.deepEqual(await findings(page), []);

    await dialog(page).getByLabel("Six-digit code").fill(CODE);
    await button(dialog(page), "Change address").click();

    await page.getByText("You sign in with robin@new.example from now on.").waitFor();
    assert.equal(dashboard.server.state.person.email, "robin@new.example");
    await close();
  });
});

describe("what a role allows", () => {
  test("people of a suspended client are told so, without a way to try again in vain", async () => {
    dashboard.server.state.clients[0].status = "suspended";
    const { page, close } = await visit(`/clients/${client()}/documents`, { kind: "client", role: "owner", client: client() });

    await page.getByRole("heading", { name: "This account is suspended" }).waitFor();
    assert.equal(await button(page, "Try again").count(), 0);
    await shoot(page, "dashboard-suspended");
    await close();
  });

  test("a manager of a client names no owner, and an account manager sees no machinery", async () => {
    const first = await visit(`/clients/${client()}/members`, { kind: "client", role: "manager", client: client() });
    await first.page.getByText("Mara Lindner").waitFor();
    assert.equal(await first.page.getByRole("button", { name: "Actions for Mara Lindner" }).count(), 0);
    await button(first.page, "Invite").click();
    await dialog(first.page).getByRole("combobox").waitFor();
    assert.deepEqual(await dialog(first.page).getByRole("combobox").locator("option").allTextContents(), ["Manager", "Member"]);
    await first.close();

    const second = await visit("/agency/clients", { role: "account_manager" });
    await heading(second.page, "Clients").waitFor();
    assert.deepEqual(await second.page.getByRole("navigation").getByRole("link").allTextContents(), ["Clients", "Members", "Mails"]);
    await second.close();
  });

  test("plain http is warned about on every page", async () => {
    const { page, close } = await visit("/agency/clients", { isInsecure: true });

    await page.getByText("This page came over plain http").waitFor();
    await close();
  });


  test("a member of a client sees its pages and changes nothing", async () => {
    const { page, close } = await visit("/", { kind: "client", role: "member", client: client() });
    await heading(page, "Lindenhof Cycles").waitFor();
    assert.equal(await page.getByRole("link", { name: "Jobs" }).count(), 0);

    await page.getByRole("link", { name: "FAQs" }).click();
    await heading(page, "FAQs").waitFor();

    await page.getByText("Do you repair e-bikes?").waitFor();
    assert.equal(await button(page, "New FAQ").count(), 0);
    assert.equal(await page.getByRole("switch").count(), 0);
    await close();
  });

  test("a client that one does not belong to is no page", async () => {
    const { page, close } = await visit(`/clients/${dashboard.server.state.clients[2].id}/documents`, { kind: "client", role: "owner", client: client() });

    await heading(page, "No access").waitFor();
    await close();
  });
});

describe("the agency", () => {
  test("a client is created: the server's word at the field, then the key once", async () => {
    const { page, close } = await visit("/agency/clients");
    await button(page, "New client").click();
    await page.getByLabel("Business name").fill("Elm Street Books");
    await page.getByLabel("Contact e-mail").fill("books at elm");
    await button(page, "Create client").click();
    await page.getByText("This is not an e-mail address.").waitFor();
    assert.equal(await page.getByLabel("Business name").inputValue(), "Elm Street Books", "what was typed stays");

    await page.getByLabel("Contact e-mail").fill("books@elm.example");
    await button(page, "Create client").click();

    await page.getByText("snip_sk_shownonce").waitFor();
    await shoot(page, "dashboard-client-created");
    await page.getByRole("link", { name: "Open the client" }).click();
    await heading(page, "Elm Street Books").waitFor();
    await close();
  });

  test("suspending names what stops, and can be taken back", async () => {
    const { page, close } = await visit("/agency/clients");
    await choose(page, "Actions for Lindenhof Cycles", "Suspend");
    await asked(page).getByText("The widget disappears from their website").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(asked(page), "Suspend").click();
    await page.getByText("Lindenhof Cycles is suspended.").waitFor();

    await choose(page, "Actions for Lindenhof Cycles", "Resume");
    await button(asked(page), "Resume").click();

    await page.getByText("Lindenhof Cycles is active again.").waitFor();
    await close();
  });

  test("a client leaves, is taken back, and is erased by its typed name only", async () => {
    const { page, close } = await visit("/agency/clients");
    await choose(page, "Actions for Lindenhof Cycles", "Let them leave");
    await asked(page).getByText("their people are signed out").waitFor();
    await button(asked(page), "Let them leave").click();
    await page.getByText("Lindenhof Cycles has left.").waitFor();
    await choose(page, "Actions for Lindenhof Cycles", "Resume");
    await button(asked(page), "Resume").click();
    await page.getByText("Lindenhof Cycles is active again.").waitFor();

    await choose(page, "Actions for Brightwater Law", "Erase for good");
    const erase = button(dialog(page), "Erase for good");
    await dialog(page).getByLabel("Type “Brightwater Law” to confirm").fill("Brightwater");
    assert.equal(await erase.isDisabled(), true);
    await shoot(page, "dashboard-erase");
    assert.deepEqual(await findings(page), []);
    await dialog(page).getByLabel("Type “Brightwater Law” to confirm").fill("Brightwater Law");
    await erase.click();

    await page.getByText("Brightwater Law is being erased: 61 rows.").waitFor();
    await page.locator("tr", { hasText: "Brightwater" }).waitFor({ state: "detached" });
    await close();
  });

  test("only an owner of the agency may erase", async () => {
    const { page, close } = await visit("/agency/clients", { role: "admin" });
    await page.getByRole("button", { name: "Actions for Brightwater Law" }).click();
    await page.getByRole("menu").waitFor();

    assert.deepEqual(await page.getByRole("menuitem").allTextContents(), ["Resume"]);
    await close();
  });

  test("somebody of the agency sees chosen clients only; ownership is handed over", async () => {
    const { page, close } = await visit("/agency/members");
    await page.locator("tr", { hasText: "Sam Ortiz" }).getByText("2 clients").waitFor();
    await choose(page, "Actions for Sam Ortiz", "Change role and clients");
    await dialog(page).getByText("Quince & Ember Bakery").click();
    await dialog(page).getByRole("searchbox").fill("lindenhof");
    await dialog(page).getByText("Sample Business 1", { exact: true }).waitFor({ state: "detached" });
    await dialog(page).getByText("Nordlicht Yoga").click();
    await shoot(page, "dashboard-reach");
    assert.deepEqual(await findings(page), []);
    await button(dialog(page), "Save").click();
    await page.getByText("Sam Ortiz is now: Content specialist.").waitFor();
    assert.deepEqual(dashboard.server.state.agencyMembers[1].client_ids, [client(), dashboard.server.state.clients[1].id]);

    await choose(page, "Actions for Sam Ortiz", "Hand over ownership");
    await asked(page).getByText("you become an admin").waitFor();
    await button(asked(page), "Hand over").click();

    await page.getByText("Sam Ortiz is the owner now.").waitFor();
    await page.locator("tr", { hasText: "Robin Keller" }).getByText("Admin").waitFor();
    await close();
  });

  test("a search finds clients beyond the first page", async () => {
    const { page, close } = await visit("/agency/clients");
    await button(page, "Show more").click();
    await page.getByText("Sample Business 57", { exact: true }).waitFor();

    await page.getByRole("searchbox").fill("quince");

    await page.getByText("Sample Business 57", { exact: true }).waitFor({ state: "detached" });
    await page.locator("tbody tr", { hasText: "Quince" }).waitFor();
    assert.equal(await page.locator("tbody tr").count(), 1);
    await close();
  });

  test("a mail shows without running anything of it, and is sent again", async () => {
    const { page, problems, close } = await visit("/agency/mails");
    await button(page, "Your sign-in link").click();
    const frame = page.frameLocator("iframe.mail-frame");
    assert.equal(await frame.getByRole("link", { name: "Open" }).evaluate((it) => getComputedStyle(it).backgroundColor), "rgb(13, 100, 114)");
    await shoot(page, "dashboard-mail");

    await button(page, "Send again").click();

    await page.getByText("The mail to robin@agency.example is queued again.").waitFor();
    assert.deepEqual(problems, []);
    await close();
  });

  test("a failed job is retried", async () => {
    const { page, close } = await visit("/agency/jobs");
    await button(page, "Retry: Ingest document").click();

    await page.getByText("No failed jobs").waitFor();
    await close();
  });

  test("a backup is made at once, and its failure is gone", async () => {
    const { page, close, problems } = await visit("/agency/jobs");
    await page.getByText("The last backup was not made.").waitFor();
    await button(page, "Back up now").click();

    await page.getByText("Backups are made in time and come back whole.").waitFor();
    assert.equal(await page.getByText("mount the disk").count(), 0);
    assert.deepEqual(problems, []);
    await close();
  });

  test("members: invite, and the last owner stays", async () => {
    const { page, close } = await visit("/agency/members");
    await button(page, "Invite").click();
    await dialog(page).getByLabel("E-mail address").fill("new@agency.example");
    await button(dialog(page), "Send invitation").click();
    await page.getByText("An invitation is on its way to new@agency.example.").waitFor();

    await choose(page, "Actions for Robin Keller", "Remove");
    await button(asked(page), "Remove").click();

    await asked(page).getByText("The last owner stays.").waitFor();
    await close();
  });

  test("other devices are listed and signed out", async () => {
    const { page, close } = await visit("/agency/clients");
    await page.getByRole("button", { name: /Robin Keller/ }).click();
    await page.getByRole("menuitem", { name: "Signed-in devices" }).click();
    await button(page, "End the session of Safari on iPhone").click();

    await dialog(page).getByText("Safari on iPhone").waitFor({ state: "detached" });
    assert.deepEqual(await findings(page), []);
    await close();
  });
});
