// How their account stands, as a client's own people see it: a trial's end, a demo's mails, the day's answers. Against
// the stand-in. (ACC-8)

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESKTOP, PHONE, shoot } from "./support/browser.mjs";
import { ago } from "./support/dashboard/data.mjs";
import { findings, useDashboard } from "./support/dashboard/visit.mjs";

const dashboard = useDashboard();
const { visit } = dashboard;
const DAY = 1440;
const named = (name) => dashboard.server.state.clients.find((it) => it.name === name);

describe("how the account stands, for the client's own people", () => {
  const strip = (page) => page.getByRole("note", { name: "Your account" });
  const member = (name, role = "member") => ({ kind: "client", role, client: named(name).id });
  const overviewOf = (name) => `/clients/${named(name).id}/overview`;
  /** A Berliner reads in English, at a time that does not move by itself. */
  const BERLIN = { locale: "en-GB", timezoneId: "Europe/Berlin" };

  test("a trial says until when it lasts, what happens then, whom to ask, and what of the day is used", async () => {
    // ACC-8
    const { page, problems, close } = await visit(overviewOf("Fernweh Travel"), member("Fernweh Travel"));

    await strip(page).getByText(/^Your trial lasts until .*\d{4}\. The account is suspended then: .* nothing is deleted\. To keep the assistant, write to help@agency\.example$/).waitFor();
    assert.equal(await strip(page).getByRole("link").getAttribute("href"), "mailto:help@agency.example");
    await strip(page).getByText("up to 200 questions a day. Used today: 17.").waitFor();
    assert.equal(await strip(page).getByRole("progressbar", { name: "Answers used today" }).evaluate((bar) => bar.value / bar.max), 17 / 200);
    assert.equal(await page.locator(".client-note").count(), 0, "the agency's note is the agency's");
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(problems, []);
    await close();
  });

  test("a trial that is over, a free account, a demo and a test each say what they are", async () => {
    // ACC-8
    const stands = [
      ["Fernweh Travel", { trial_ends_at: null }, "Your trial is over, and the account goes on within its limits. To keep the assistant, write to help@agency.example"],
      ["Fernweh Travel", { plan: "free", trial_ends_at: null }, "Your account is free. Your assistant answers up to 200 questions a day."],
      ["Rehearsal", {}, "This is a test: mails are written and not sent."],
      ["Rehearsal", { purpose: "demo" }, "This is a demo: mails are written and not sent."],
    ];
    for (const [name, stand, words] of stands) {
      Object.assign(named(name), stand);
      const { page, close } = await visit(overviewOf(name), member(name, "owner"));
      await strip(page).getByText(words).waitFor();
      await strip(page).getByText("Used today: 17.").waitFor();
      await close();
    }
  });

  test("a managed demo says it all in one strip, with one address", async () => {
    // ACC-8
    Object.assign(named("Showroom"), { plan: "trial", trial_ends_at: ago(-2 * DAY) });
    const { page, close } = await visit(overviewOf("Showroom"), member("Showroom"));
    await strip(page).getByText("Your trial lasts until").waitFor();

    await strip(page).getByText("Keller & Partner looks after your assistant.").waitFor();
    await strip(page).getByText("This is a demo").waitFor();
    assert.equal(await page.getByRole("main").getByRole("link", { name: "help@agency.example" }).count(), 1);
    await close();
  });

  test("an agency without an address is named instead", async () => {
    // ACC-8
    dashboard.server.state.product = { name: "Parley", support_email: "" };
    const { page, close } = await visit(overviewOf("Fernweh Travel"), member("Fernweh Travel"));

    await strip(page).getByText("To keep the assistant, ask Keller & Partner.").waitFor();
    assert.equal(await strip(page).getByRole("link").count(), 0);
    await close();
  });

  test("a day that is used up says when the next one begins by the reader's clock, and begins it", async () => {
    // ACC-8
    named("Fernweh Travel").answersToday = 203;
    named("Fernweh Travel").trial_ends_at = "2027-01-20T10:00:00Z";
    const { page, close } = await visit("/sign-in", member("Fernweh Travel"), BERLIN);
    await page.clock.install({ time: new Date("2027-01-12T21:30:00Z") });
    await page.goto(`${dashboard.server.url}/app/#${overviewOf("Fernweh Travel")}`);
    await page.reload();
    await strip(page).getByText("Today's 200 answers are used up. Your assistant answers again tomorrow at 01:00.").waitFor();
    assert.equal(await strip(page).getByRole("progressbar").evaluate((bar) => bar.value / bar.max), 1);

    named("Fernweh Travel").answersToday = 0;
    await page.clock.fastForward("02:31:00");

    await strip(page).getByText("Used today: 0.").waitFor();
    await close();
  });

  test("west of Greenwich the next day of answers begins today", async () => {
    // ACC-8
    named("Rehearsal").answersToday = 200;
    const { page, close } = await visit("/sign-in", member("Rehearsal"), { locale: "en-US", timezoneId: "America/New_York" });
    await page.clock.install({ time: new Date("2027-01-12T21:30:00Z") });
    await page.goto(`${dashboard.server.url}/app/#${overviewOf("Rehearsal")}`);
    await page.reload();

    await strip(page).getByText(/Your assistant answers again today at 7:00\sPM\./).waitFor();
    await close();
  });

  test("an answer that is given meanwhile is counted", async () => {
    // ACC-8
    const { page, close } = await visit(overviewOf("Rehearsal"), member("Rehearsal"));
    await strip(page).getByText("Used today: 17.").waitFor();
    named("Rehearsal").answersToday = 18;

    dashboard.server.tell(named("Rehearsal").id, "conversation", { id: "conv_1" });

    await strip(page).getByText("Used today: 18.").waitFor();
    await close();
  });

  test("ordinary clients and the agency see none of it, and where it cannot be read the page stands", async () => {
    // ACC-8
    const ordinary = await visit(overviewOf("Lindenhof Cycles"), member("Lindenhof Cycles"));
    await ordinary.page.getByText("unanswered questions").first().waitFor();
    assert.equal(await strip(ordinary.page).count(), 0);
    await ordinary.close();
    const agency = await visit(overviewOf("Fernweh Travel"));
    await agency.page.locator(".numbers").waitFor();
    assert.equal(await strip(agency.page).count(), 0);
    await agency.close();
    dashboard.server.fault({ route: /^GET \/api\/clients\/[^/]+$/, status: 503, code: "not_ready" });
    const failing = await visit(overviewOf("Fernweh Travel"), member("Fernweh Travel"));

    await failing.page.locator(".numbers").waitFor();

    assert.equal(await strip(failing.page).count(), 0);
    await failing.close();
  });

  for (const [size, viewport] of [["desktop", { ...DESKTOP, height: 900 }], ["phone", PHONE]]) {
    test(`is whole and readable in either theme (${size})`, async () => {
      // ACC-8
      const looks = [["trial", "Fernweh Travel", {}], ["used-up", "Fernweh Travel", { answersToday: 200 }], ["managed-demo", "Showroom", { plan: "trial", trial_ends_at: ago(-2 * DAY) }], ["free", "Fernweh Travel", { plan: "free", answersToday: 3 }]];
      for (const [name, who, stand] of looks) {
        Object.assign(named(who), stand);
        const { page, close } = await visit(overviewOf(who), member(who, "owner"), { viewport });
        await strip(page).getByRole("progressbar").waitFor();
        await page.locator(".numbers").waitFor();
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await shoot(page, `account-${name}-${size}-${colorScheme}`);
          assert.deepEqual(await findings(page), []);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, "nothing reaches over the side");
        }
        await close();
      }
    });
  }
});
