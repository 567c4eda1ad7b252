// Every page of the dashboard, at both widths, light and dark: nothing reaches over the side, axe finds nothing, the
// strict policy refuses nothing. Against the stand-in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindings, DESKTOP, PHONE, shoot } from "./support/browser.mjs";
import { INVITATION_TOKEN, KEY_CLAIM_TOKEN, KNOWN_INVITATION_TOKEN, LINK_TOKEN, SIGN_UP_TOKEN } from "./support/dashboard/data.mjs";
import { asked, button, choose, dialog, useDashboard } from "./support/dashboard/visit.mjs";

const SIZES = [{ size: "desktop", viewport: { ...DESKTOP, height: 900 } }, { size: "phone", viewport: PHONE }];
const SCHEMES = ["light", "dark"];

const dashboard = useDashboard();
const full = dashboard.client;
const empty = () => dashboard.server.state.clients[3].id;

const conversation = () => `/clients/${full()}/conversations/${dashboard.server.state.resources.get(full()).conversations[0].id}`;
const byMenu = (item) => async (page) => {
  await choose(page, "More for this conversation", item);
  await dialog(page).getByRole("heading").first().waitFor();
};
const withChosen = (then) => async (page) => {
  await page.locator(".conversation-list .check").first().click();
  await page.locator(".conversation-list .check").nth(2).click();
  await then(page);
};
const narrowed = (name, value) => (page) => page.getByLabel(name, { exact: true }).selectOption(value);

/** Address and heading of each page, and what is done there first. */
const PAGES = [
  ["clients", () => "/agency/clients", "Clients"],
  ["members", () => "/agency/members", "Members"],
  ["jobs", () => "/agency/jobs", "Jobs"],
  ["mails", () => "/agency/mails", "Mails"],
  ["agency-keys", () => "/agency/keys", "Agency keys"],
  ["audit", () => "/agency/audit", "Audit"],
  ["overview", () => `/clients/${full()}/overview`, "Lindenhof Cycles"],
  ["conversations", () => `/clients/${full()}/conversations`, "Conversations"],
  ["conversation", conversation, "Conversations"],
  ["conversation-menu", conversation, "Conversations", async (page) => {
    await button(page, "More for this conversation").click();
    await page.getByRole("menuitem").first().waitFor();
  }],
  ["conversation-tags", conversation, "Conversations", byMenu("Tags…")],
  ["conversation-share", conversation, "Conversations", async (page) => {
    await byMenu("Share…")(page);
    await button(page, "Create link").click();
    await page.getByText("The link is ready").waitFor();
  }],
  ["conversation-export", conversation, "Conversations", byMenu("Export…")],
  ["conversations-chosen", () => `/clients/${full()}/conversations`, "Conversations", withChosen((page) => page.getByText("2 chosen").waitFor())],
  ["conversations-tag", () => `/clients/${full()}/conversations`, "Conversations", withChosen(async (page) => {
    await button(page, "Tag…").click();
    await dialog(page).getByText("Used before").waitFor();
  })],
  ["conversations-delete", () => `/clients/${full()}/conversations`, "Conversations", withChosen(async (page) => {
    await choose(page, "More for the chosen conversations", "Delete…");
    await asked(page).waitFor();
  })],
  ["conversations-export", () => `/clients/${full()}/conversations`, "Conversations", async (page) => {
    await button(page, "Export…").click();
    await dialog(page).getByText("Markdown", { exact: true }).waitFor();
  }],
  ["conversations-archive", () => `/clients/${full()}/conversations`, "Conversations", narrowed("Which conversations", "archived")],
  ["conversations-none-bookmarked", () => `/clients/${empty()}/conversations`, "Conversations", narrowed("Which conversations", "bookmarked")],
  ["conversations-none-archived", () => `/clients/${empty()}/conversations`, "Conversations", narrowed("Which conversations", "archived")],
  ["documents", () => `/clients/${full()}/documents`, "Documents"],
  ["faqs", () => `/clients/${full()}/faqs`, "FAQs"],
  ["gaps", () => `/clients/${full()}/gaps`, "Unanswered"],
  ["widget", () => `/clients/${full()}/widget`, "Widget"],
  ["install", () => `/clients/${full()}/install`, "Install"],
  ["instructions", () => `/clients/${full()}/instructions`, "Instructions"],
  ["test-chat", () => `/clients/${full()}/test-chat`, "Test chat"],
  ["client-members", () => `/clients/${full()}/members`, "Members"],
  ["keys", () => `/clients/${full()}/keys`, "API keys"],
  ["settings", () => `/clients/${full()}/settings`, "Settings"],
  ["overview-empty", () => `/clients/${empty()}/overview`, "Nordlicht Yoga"],
  ["documents-empty", () => `/clients/${empty()}/documents`, "Documents"],
  ["conversations-empty", () => `/clients/${empty()}/conversations`, "Conversations"],
  ["faqs-empty", () => `/clients/${empty()}/faqs`, "FAQs"],
  ["gaps-empty", () => `/clients/${empty()}/gaps`, "Unanswered"],
  ["instructions-empty", () => `/clients/${empty()}/instructions`, "Instructions"],
  ["keys-empty", () => `/clients/${empty()}/keys`, "API keys"],
  ["settings-left", () => `/clients/${dashboard.server.state.clients[4].id}/settings`, "Settings"],
  ["managed-keys", () => `/clients/${dashboard.server.state.clients[5].id}/keys`, "API keys"],
  ["demo-overview", () => `/clients/${dashboard.server.state.clients[6].id}/overview`, "Showroom"],
  ["demo-members", () => `/clients/${dashboard.server.state.clients[6].id}/members`, "Members"],
  ["demo-settings", () => `/clients/${dashboard.server.state.clients[6].id}/settings`, "Settings"],
  ["not-found", () => "/nothing/here", "Page not found"],
];
const DOORS = [
  ["sign-in", () => "/sign-in", "Sign in"],
  ["sign-in-link", () => `/sign-in/${LINK_TOKEN}`, "Sign in"],
  ["invitation", () => `/invitation/${INVITATION_TOKEN}`, "Join Lindenhof Cycles"],
  ["invitation-known", () => `/invitation/${KNOWN_INVITATION_TOKEN}`, "Join Lindenhof Cycles"],
  ["key", () => `/key/${KEY_CLAIM_TOKEN}`, "The API key of Lindenhof Cycles"],
  ["key-gone", () => "/key/other", "This link does not work any more"],
  ["sign-up", () => "/sign-up", "Create an account"],
  ["sign-up-link", () => `/sign-up/${SIGN_UP_TOKEN}`, "Welcome, Corner Bakery"],
  ["sign-up-gone", () => "/sign-up/other", "This link does not work any more"],
  ["invitation-gone", () => "/invitation/other", "This invitation does not work any more"],
];

async function judge(page, problems, name) {
  await page.locator(".skeleton, .spinner").first().waitFor({ state: "detached" });
  await shoot(page, name, { fullPage: true });
  assert.deepEqual(await axeFindings(page, { exclude: [["iframe"], ["[data-live-announcer]"]] }), []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, "nothing reaches over the side");
  assert.deepEqual(problems.filter((text) => !/status of 40[14]/.test(text)), []);
}

for (const { size, viewport } of SIZES) {
  for (const [name, address, heading, act] of [...PAGES, ...DOORS]) {
    test(`${name} is whole and readable, light and dark (${size})`, async () => {
      const isDoor = DOORS.some(([it]) => it === name);
      const { page, problems, close } = await dashboard.visit(address(), isDoor ? null : {}, { viewport });

      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      await act?.(page);

      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await judge(page, problems, `dashboard-${name}-${size}-${colorScheme}`);
      }
      await close();
    });
  }
}
