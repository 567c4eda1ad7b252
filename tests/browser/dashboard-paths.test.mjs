// What people do in the dashboard, from the door to the last page, and what they see when it goes wrong. Against the
// stand-in.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { axeFindings, launchBrowser, openPage, shoot } from "./support/browser.mjs";
import { API_KEY, CODE, LINK_TOKEN } from "./support/dashboard/data.mjs";
import { startDashboard } from "./support/dashboard/server.mjs";

let browser;
let server;
before(async () => {
  browser = await launchBrowser();
  server = await startDashboard();
});
after(async () => {
  await browser.close();
  await server.close();
});
beforeEach(() => server.reset());

const client = () => server.state.clients[0].id;
const own = () => server.state.resources.get(client());

/** A page at an address of the dashboard, signed in with a membership. */
async function visit(address, membership = {}, options = {}) {
  const opened = await openPage(browser, { reducedMotion: "reduce", ...options });
  if (membership !== null) await opened.page.context().addCookies([server.session(membership)]);
  await opened.page.goto(`${server.url}/app/#${address}`);
  return opened;
}

/** Without the library's own announcer: its messages outlive what they were about by seconds. */
const findings = (page) => axeFindings(page, { exclude: [["[data-live-announcer]"], ["iframe"]] });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog");
const asked = (page) => page.getByRole("alertdialog");
const heading = (page, name) => page.getByRole("heading", { level: 1, name });
async function choose(page, row, item) {
  await page.getByRole("button", { name: row }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

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
    assert.equal(server.calls.includes("POST /api/sign-in/link"), false);

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

  test("an API key opens its client", async () => {
    const { page, close } = await visit("/sign-in", null);
    await button(page, "Use an API key instead").click();
    await page.getByLabel("API key").fill("wrong");
    await button(page, "Sign in with the key").click();
    await page.getByText("This key is not valid").waitFor();

    await page.getByLabel("API key").fill(API_KEY);
    await button(page, "Sign in with the key").click();

    await heading(page, "Lindenhof Cycles").waitFor();
    await page.getByText("Signed in by API key").waitFor();
    await close();
  });

  test("an ended session leads to the door and back to the page", async () => {
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await heading(page, "FAQs").waitFor();
    server.forgetSessions();
    await page.getByRole("link", { name: "Documents" }).click();

    await page.getByText("Your session has ended").waitFor();
    await page.getByLabel("E-mail address").fill("robin@agency.example");
    await button(page, "Send sign-in mail").click();
    await page.getByLabel("Six-digit code").fill(CODE);

    await heading(page, "Documents").waitFor();
    await close();
  });
});

describe("what a role allows", () => {
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
    const { page, close } = await visit(`/clients/${server.state.clients[2].id}/documents`, { kind: "client", role: "owner", client: client() });

    await heading(page, "No access").waitFor();
    await close();
  });
});

describe("the agency", () => {
  test("a client is created: the server's word at the field, then the key once", async () => {
    const { page, close } = await visit("/agency/clients");
    await button(page, "New client").click();
    await page.getByLabel("Business name").fill("Elm Street Books");
    await page.getByLabel("Contact e-mail").fill(server.state.clients[0].email);
    await button(page, "Create client").click();
    await page.getByText("Another client has this address").waitFor();
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

  test("a search finds clients beyond the first page", async () => {
    const { page, close } = await visit("/agency/clients");
    await button(page, "Show more").click();
    await page.getByText("Sample Business 58", { exact: true }).waitFor();

    await page.getByRole("searchbox").fill("quince");

    await page.getByText("Sample Business 58", { exact: true }).waitFor({ state: "detached" });
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

describe("knowledge", () => {
  const file = (name, text = "A full service costs 89 €.") => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

  test("several files at once, live until they are ready; one that is refused says why", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    await page.locator("input[type=file]").setInputFiles([file("Winter prices.txt"), file("Tour guide.md"), file("Setup.exe")]);

    await page.getByText("Files of this kind cannot be read.").waitFor();
    await page.getByText("Winter prices.txt", { exact: false }).first().waitFor();
    await page.locator("tr", { hasText: "Tour guide" }).getByText("Ready").waitFor();
    await shoot(page, "dashboard-uploads");

    await page.getByRole("button", { name: "Hide Setup.exe" }).click();
    await page.getByText("Setup.exe").waitFor({ state: "detached" });
    await close();
  });

  test("a lost upload is tried again", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    server.fault({ route: /POST .*\/documents$/, cut: true });
    await page.locator("input[type=file]").setInputFiles([file("Lost.txt")]);
    await page.getByText("The server did not answer.").waitFor();
    server.clearFaults();

    await button(page, "Try again").click();

    await page.locator("tr", { hasText: "Lost" }).getByText("Ready").waitFor();
    await close();
  });

  test("without live updates the page asks again by itself", async () => {
    server.fault({ route: /\/events$/, status: 503, code: "not_ready" });
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await heading(page, "Documents").waitFor();
    await page.locator("input[type=file]").setInputFiles([file("Polled.txt")]);

    await page.locator("tr", { hasText: "Polled" }).getByText("Ready").waitFor();
    await close();
  });

  test("category and weight are changed; deleting names the file", async () => {
    const { page, close } = await visit(`/clients/${client()}/documents`);
    await choose(page, "Actions for Price list 2026", "Category and weight");
    await dialog(page).getByLabel("Weight").fill("9");
    await button(dialog(page), "Save").click();
    await page.getByText("The weight is a number from 0.1 to 5.").waitFor();
    await dialog(page).getByLabel("Weight").fill("2");
    await button(dialog(page), "Save").click();
    await page.getByText("Category and weight are saved.").waitFor();
    assert.equal(own().documents.find(({ title }) => title === "Price list 2026").weight, 2);

    await choose(page, "Actions for Price list 2026", "Delete");
    await asked(page).getByText("Price list 2026.pdf").waitFor();
    await button(asked(page), "Delete").click();
    await page.locator("tr", { hasText: "Price list 2026" }).waitFor({ state: "detached" });
    await close();
  });

  test("a stale edit of an FAQ offers the present state and keeps what was typed", async () => {
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await button(page, "When are you open?").click();
    await dialog(page).getByLabel("Answer", { exact: true }).fill("Every day, 9 to 18.");
    own().faqs[0].version += 1;
    await button(dialog(page), "Save").click();
    await page.getByText("Somebody else changed this").waitFor();
    await shoot(page, "dashboard-stale");

    await button(page, "Load the present state, keep what I typed").click();
    await page.getByText("Somebody else changed this").waitFor({ state: "detached" });
    await page.waitForTimeout(300);
    assert.equal(await dialog(page).getByLabel("Answer", { exact: true }).inputValue(), "Every day, 9 to 18.");
    await button(dialog(page), "Save").click();

    await page.getByText("The FAQ is saved.").waitFor();
    assert.equal(own().faqs[0].answer, "Every day, 9 to 18.");
    await close();
  });

  test("FAQs: many are switched off at once, a draft is accepted, an error stands at its field", async () => {
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await page.locator("label", { has: page.getByRole("checkbox", { name: /repair e-bikes/ }) }).click();
    await page.locator("label", { has: page.getByRole("checkbox", { name: /course for beginners, part 1/ }) }).click();
    await page.getByText("2 chosen").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(page, "Switch off").click();
    await page.getByText("2 FAQs changed.").waitFor();
    assert.equal(own().faqs[1].enabled, false);

    await button(page, "Do you deliver?").click();
    await dialog(page).getByLabel("Answer", { exact: true }).fill("Within the city.");
    await dialog(page).getByLabel("Priority").fill("500");
    await button(dialog(page), "Accept draft").click();
    await dialog(page).getByText("The priority is a number from 0 to 100.").waitFor();
    await dialog(page).getByLabel("Priority").fill("5");
    await button(dialog(page), "Accept draft").click();
    await page.getByText("The draft is accepted and in use.").waitFor();
    await close();
  });

  test("an unanswered question becomes an FAQ and is answered", async () => {
    const { page, close } = await visit(`/clients/${client()}/gaps`);
    await button(page, "Answer: Do you rent bikes by the week?").click();
    assert.equal(await dialog(page).getByLabel("Question", { exact: true }).inputValue(), "Do you rent bikes by the week?");
    await dialog(page).getByLabel("Answer", { exact: true }).fill("Yes, for 90 €.");
    await button(dialog(page), "Save").click();

    await page.locator("tr", { hasText: "rent bikes" }).waitFor({ state: "detached" });
    assert.equal(own().gaps[0].status, "resolved");
    await close();
  });

  test("a dismissed question comes back by undo", async () => {
    const { page, close } = await visit(`/clients/${client()}/gaps`);
    await choose(page, "Actions for “Can you ship to Norway?”", "Dismiss");
    await page.locator("tr", { hasText: "Norway" }).waitFor({ state: "detached" });

    await button(page, "Undo").click();

    await page.locator("tr", { hasText: "Norway" }).waitFor();
    await close();
  });
});

describe("failures", () => {
  test("a list that fails says why, and comes on retry", async () => {
    server.fault({ route: /GET .*\/faqs$/, status: 500, code: "internal", detail: "Something went wrong on the server." });
    const { page, close } = await visit(`/clients/${client()}/faqs`);
    await page.getByText("Something went wrong on the server.").waitFor();
    await page.getByText("req_0").waitFor();
    assert.deepEqual(await findings(page), []);
    server.clearFaults();

    await button(page, "Try again").click();

    await page.getByText("Do you repair e-bikes?").waitFor();
    await close();
  });

  test("a token that another tab renewed is read anew", async () => {
    server.fault({ route: /POST .*\/suspend$/, status: 403, code: "csrf_refused", times: 1 });
    const { page, close } = await visit("/agency/clients");
    await choose(page, "Actions for Lindenhof Cycles", "Suspend");
    await button(asked(page), "Suspend").click();

    await page.getByText("Lindenhof Cycles is suspended.").waitFor();
    await close();
  });
});
