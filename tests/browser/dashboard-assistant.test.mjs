// The assistant's side of the dashboard: conversations, widget studio, instructions, test chat, keys; and what holds on
// every page: theme, keyboard, unsaved changes, weight. Against the stand-in.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { PHONE, shoot } from "./support/browser.mjs";
import { focused } from "./support/chat.mjs";
import { KEY_CLAIM_TOKEN } from "./support/dashboard/data.mjs";
import { button, choose, findings, heading, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { client, own, visit } = dashboard;
const ROUTE_GZIP_BYTES_MAX = 150_000;
const saved = (page) => page.getByRole("status").filter({ hasText: "All changes are saved" });

describe("conversations", () => {
  test("a thread shows its sources, and why an answer is as it is", async () => {
    const { page, close } = await visit(`/clients/${client()}/conversations`);
    await page.getByRole("link", { name: /Ines Albrecht/ }).click();
    await page.getByRole("list", { name: "Sources" }).getByRole("link", { name: /Opening hours/ }).waitFor();

    await button(page, "Why this answer").first().click();
    const panel = page.getByRole("dialog", { name: "Why this answer" });
    await panel.getByText("Confidence 91 %").waitFor();
    await panel.getByText("Show what the model was sent").click();
    await panel.getByText("Answer from the sources only.").waitFor();

    assert.ok((await panel.boundingBox()).width > 500, "the reasons have room");

    await shoot(page, "dashboard-explanation");
    assert.deepEqual(await findings(page), []);
    await close();
  });

  test("one is found by what was said, and deleted after the question what is lost", async () => {
    const { page, close } = await visit(`/clients/${client()}/conversations`);
    await page.getByRole("searchbox", { name: "Search what was said" }).fill("nothing has this");
    await page.getByText("No conversation has “nothing has this”").waitFor();
    assert.deepEqual(await findings(page), []);
    await button(page, "Clear the filters").click();
    await page.getByLabel("When", { exact: true }).selectOption({ label: "Last 24 hours" });
    await page.getByLabel("When", { exact: true }).selectOption({ label: "Any time" });
    await page.getByRole("searchbox", { name: "Search what was said" }).fill("INES");
    await page.locator(".conversation-list li").nth(1).waitFor({ state: "detached" });
    await page.getByRole("link", { name: /Ines Albrecht/ }).click();
    const { id } = own().conversations[0];

    await choose(page, "More for this conversation", "Delete…");
    await page.getByRole("alertdialog").getByText("deleted for good").waitFor();
    await shoot(page, "dashboard-conversation-delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete conversation" }).click();

    await page.getByText("The conversation was deleted.").waitFor();
    await page.getByText("Choose a conversation").waitFor();
    assert.equal(own().conversations.some((it) => it.id === id), false);
    await close();
  });

  test("further ones come by cursor, and a new one by itself", async () => {
    const { page, close } = await visit(`/clients/${client()}/conversations`);
    await button(page, "Show more").click();
    await page.locator(".conversation-list li").nth(40).waitFor();

    const newest = { ...own().conversations[0], id: "conv_new", visitor: { user_id: "u-9", name: "Nora New", email: null } };
    own().conversations.unshift(newest);
    dashboard.server.tell(client(), "conversation", { id: newest.id });

    await page.getByText("Nora New").waitFor();
    await close();
  });
});

describe("the widget studio", () => {
  test("what is typed shows in the real widget before it is saved, and keeps the focus", async () => {
    const { page, problems, close } = await visit(`/clients/${client()}/widget`);
    const preview = page.frameLocator("iframe[title=Preview]");
    await preview.getByText("Hello! Ask me about opening hours").waitFor();

    await page.getByLabel("Welcome").fill("Good day from the workshop!");
    await preview.getByText("Good day from the workshop!").waitFor();
    assert.match(await focused(page), /^textarea/, "the preview does not take the focus");

    await preview.getByRole("textbox").fill("Hello?");
    await preview.getByRole("textbox").press("Enter");
    await preview.getByRole("list", { name: "Sources" }).waitFor();
    await shoot(page, "dashboard-studio");
    assert.equal(own().config.welcome.includes("workshop"), false);
    assert.equal(dashboard.server.calls.includes("POST /api/chat"), false, "a try in the preview is no conversation");
    assert.deepEqual(problems, []);

    await button(page, "Save and publish").click();
    await page.getByText("Websites show it within five minutes.").waitFor();
    assert.equal(own().config.welcome, "Good day from the workshop!");
    await close();
  });

  test("a colour that cannot be read is refused at its field, with one that can", async () => {
    const { page, close } = await visit(`/clients/${client()}/widget`);
    await page.getByLabel("Accent", { exact: true }).fill("#ffd400");
    await button(page, "Save and publish").click();
    await page.getByText("has too little contrast").waitFor();
    await shoot(page, "dashboard-contrast");
    assert.deepEqual(await findings(page), []);

    await button(page, "Use #a88b00").click();
    await button(page, "Save and publish").click();

    await saved(page).waitFor();
    assert.equal(own().config.accent_color, "#a88b00");
    await close();
  });

  test("domains: an error stands at its line, and an address can be tried", async () => {
    const { page, close } = await visit(`/clients/${client()}/widget`);
    await button(page, "Add a domain").click();
    await page.getByLabel("Domain 1", { exact: true }).fill("not a host");
    await button(page, "Save and publish").click();
    await page.getByText("Write a host, such as example.com").waitFor();
    await page.getByLabel("Domain 1", { exact: true }).fill("*.example.com");
    await page.getByLabel("Try an address").fill("https://shop.example.com/cart");
    await page.getByText("The widget shows there.").waitFor();
    await page.getByLabel("Try an address").fill("https://example.com");
    await page.getByText("The widget does not show there.").waitFor();

    await button(page, "Save and publish").click();

    await saved(page).waitFor();
    assert.deepEqual(own().config.allowed_domains, ["*.example.com"]);
    await close();
  });

  test("a stale change of the look is saved after the present state was loaded", async () => {
    const { page, close } = await visit(`/clients/${client()}/widget`);
    await page.getByLabel("Welcome").fill("Mine");
    Object.assign(own().config, { placeholder: "Theirs", version: 9 });
    await button(page, "Save and publish").click();

    const read = page.waitForResponse((it) => it.request().method() === "GET" && it.url().endsWith("/config"));
    await button(page, "Load the present state, keep what I typed").click();
    await read;
    await page.getByLabel("Hint in the empty field").and(page.locator("[value='Theirs']")).waitFor();
    await button(page, "Save and publish").click();

    await saved(page).waitFor();
    assert.equal(own().config.welcome, "Mine");
    assert.equal(own().config.placeholder, "Theirs", "what others changed stays");
    await close();
  });
});

describe("instructions, test chat, keys", () => {
  test("instructions: a template, a new version, and the way back", async () => {
    const { page, close } = await visit(`/clients/${client()}/instructions`);
    await button(page, "Templates").click();
    await page.getByLabel("Trade").selectOption("bike_shop");
    await button(page, "Use this text").click();
    await button(page, "Save as new version").click();
    await page.getByText("Version 3 is in use.", { exact: true }).waitFor();

    await button(page, "Versions").click();
    await button(page, "Restore version 1?").click();
    await button(page.getByRole("alertdialog"), "Restore").click();

    await page.getByText("Restored as version 4.").waitFor();
    assert.equal(await page.getByLabel("Instructions", { exact: true }).inputValue(), "Answer briefly.");
    await close();
  });

  test("the test chat streams an answer with its sources and reasons", async () => {
    const { page, problems, close } = await visit(`/clients/${client()}/test-chat`);
    await page.getByLabel("Question").fill("When are you open on Saturday?");
    await page.getByLabel("Question").press("Enter");

    await page.getByRole("list", { name: "Sources" }).waitFor();
    await page.getByText("Confidence 91 %").waitFor();
    // DSH-2
    await page.getByText("$0.000634").waitFor();
    await shoot(page, "dashboard-test-chat-answer", { fullPage: true });
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(problems, []);
    await close();
  });

  test("a key is shown once, and revoked by name", async () => {
    const { page, close } = await visit(`/clients/${client()}/keys`);
    await button(page, "New key").click();
    await page.getByRole("dialog").getByLabel("Name").fill("Shop backend");
    await button(page, "Create key").click();
    await page.getByText("snip_sk_77aashownonce").waitFor();
    await button(page, "I have kept it").click();

    await button(page, "Revoke Shop backend").click();
    await page.getByRole("alertdialog").getByText("stops working at once").waitFor();
    await button(page.getByRole("alertdialog"), "Revoke").click();

    await page.getByText("Shop backend is revoked.").waitFor();
    await close();
  });
});

/** Routes whose address is not their name. */
const ELSEWHERE = { "agency-keys": "/agency/keys", "key-claim": `/key/${KEY_CLAIM_TOKEN}`, "sign-up": "/sign-up" };

describe("on every page", () => {
  test("unsaved changes are asked about before the page is left", async () => {
    const { page, close } = await visit(`/clients/${client()}/instructions`);
    await page.getByLabel("Opening hours").fill("Always");
    await page.getByRole("link", { name: "Documents" }).click();
    await button(page, "Stay").click();
    assert.equal(await page.getByLabel("Opening hours").inputValue(), "Always");

    await page.getByRole("link", { name: "Documents" }).click();
    await button(page, "Leave").click();

    await heading(page, "Documents").waitFor();
    await close();
  });

  test("a chosen theme overrules the system's and stays", async () => {
    const { page, close } = await visit("/agency/clients", {}, { colorScheme: "light" });
    await page.getByRole("button", { name: /Robin Keller/ }).click();
    await page.getByRole("menuitemradio", { name: "Dark" }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await background(), "rgb(19, 20, 21)");

    await page.reload();

    await heading(page, "Clients").waitFor();
    assert.equal(await background(), "rgb(19, 20, 21)");
    await close();
  });

  test("another client is found and opened by keyboard alone", async () => {
    const { page, close } = await visit("/agency/clients");
    await heading(page, "Clients").waitFor();
    await page.keyboard.press("Tab");
    assert.match(await focused(page), /Skip to the content/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.match(await focused(page), /Choose a client/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Choose a client" }).waitFor();

    await page.keyboard.type("quince");
    await page.getByRole("dialog").getByRole("link", { name: /Quince/ }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".choices li").length === 1);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");

    await heading(page, "Quince & Ember Bakery").waitFor();
    await close();
  });

  test("a row's menu, a dialog and back: all by keyboard, the focus where it was", async () => {
    const { page, close } = await visit("/agency/clients");
    await button(page, "Actions for Lindenhof Cycles").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Suspend" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").waitFor();
    assert.match(await focused(page), /Cancel/, "the harmless button has the focus");
    await page.keyboard.press("Escape");

    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label")?.includes("Lindenhof"));
    await close();
  });

  test("on a phone the navigation opens as a drawer and closes with the choice", async () => {
    const { page, close } = await visit(`/clients/${client()}/overview`, {}, { viewport: PHONE });
    await button(page, "Open navigation").click();
    const drawer = page.getByRole("dialog", { name: "Navigation" });
    await drawer.waitFor();
    await shoot(page, "dashboard-drawer");
    assert.deepEqual(await findings(page), []);

    await drawer.getByRole("link", { name: "FAQs" }).click();

    await heading(page, "FAQs").waitFor();
    assert.equal(await drawer.count(), 0);
    await close();
  });

  test("a menu's script comes when somebody comes near, and the menu opens by mouse, finger and either arrow", async () => {
    // DSH-1
    const { page, close } = await visit("/agency/clients", {}, { hasTouch: true });
    const scripts = [];
    page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
    const account = page.getByRole("button", { name: /Robin Keller/ });
    await account.waitFor();
    assert.ok(!scripts.some((name) => /account-list|menu-list/.test(name)), "nothing of a menu with the page");
    const came = page.waitForRequest(/account-list-/);
    await account.hover();
    await came;
    for (const open of [() => account.click(), () => account.tap()]) {
      await open();
      await page.getByRole("menu", { name: "Your account" }).waitFor();
      assert.deepEqual(await findings(page), []);
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      assert.match(await focused(page), /Robin Keller/);
    }

    for (const [key, item] of [["ArrowDown", /Change name/], ["ArrowUp", /Sign out/], ["Space", /Change name/]]) {
      await page.keyboard.press(key);
      await page.getByRole("menu").waitFor();
      await page.waitForFunction((words) => new RegExp(words).test(document.activeElement?.textContent ?? ""), item.source);
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "menuitem");
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      assert.match(await focused(page), /Robin Keller/);
    }
    await close();
  });

  test("a menu whose script does not come says so, and what was typed on the page stays", async () => {
    // DSH-1
    const { page, close } = await visit(`/clients/${client()}/instructions`);
    await page.getByLabel("Opening hours").fill("Always");
    await page.route(/account-list-/, (route) => route.abort());

    await page.getByRole("button", { name: /Robin Keller/ }).click();

    await page.getByText("This could not be loaded").waitFor();
    await button(page, "Reload the page").waitFor();
    await shoot(page, "dashboard-menu-failed");
    assert.deepEqual(await findings(page), []);
    assert.equal(await page.getByLabel("Opening hours").inputValue(), "Always");
    await close();
  });

  test("the question before leaving is at hand as soon as something is typed", async () => {
    // DSH-1
    const { page, close } = await visit(`/clients/${client()}/instructions`);
    const came = page.waitForResponse(/leave-dialog-/);
    await page.getByLabel("Opening hours").fill("Always");
    // Resolves with the module and all that it imports.
    await page.evaluate((address) => import(address).then(() => null), (await came).url());
    await page.context().setOffline(true);

    await page.getByRole("link", { name: "Documents" }).click();

    await button(page, "Stay").click();
    assert.equal(await page.getByLabel("Opening hours").inputValue(), "Always");
    await close();
  });

  test("a first visit to each route loads no more script than the build promises", async () => {
    // DSH-1
    const manifest = JSON.parse(await readFile(new URL("../../assets/dist/manifest.json", import.meta.url), "utf8"));
    const sizes = new Map(Object.entries(manifest.files).map(([name, { gzip_bytes }]) => [`/app/${name.replace("dashboard/", "")}`, gzip_bytes]));
    for (const [route, promised] of Object.entries(manifest.dashboard_routes_gzip_bytes)) {
      if (["sign-in", "invitation"].includes(route)) continue;
      const isAgency = ["clients", "jobs", "mails", "audit"].includes(route);
      const address = ELSEWHERE[route] ?? (isAgency ? `/agency/${route}` : `/clients/${client()}/${route}`);
      const loaded = new Set();
      const { page, close } = await visit("/");
      page.on("request", (request) => loaded.add(new URL(request.url()).pathname));
      await page.goto("about:blank");
      loaded.clear();
      await page.goto(`${dashboard.server.url}/app/#${address}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.waitForLoadState("load");
      const bytes = [...loaded].filter((name) => name.endsWith(".js") && !name.includes("preview-")).reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
      assert.ok(bytes > 0 && bytes <= promised, `${route}: ${bytes} bytes, promised ${promised}`);
      assert.ok(bytes <= ROUTE_GZIP_BYTES_MAX, `${route}: ${bytes} bytes`);
      await close();
    }
  });
});
