// What every test of the dashboard begins with: one browser and one stand-in for the file, a fresh world for each
// test, and words for what people do.

import { after, before, beforeEach } from "node:test";
import { axeFindings, launchBrowser, openPage } from "../browser.mjs";
import { startDashboard } from "./server.mjs";

/** Call it once at the top of a file. */
export function useDashboard() {
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
  return {
    get server() {
      return server;
    },
    /** The id of the client that has everything. */
    client: () => server.state.clients[0].id,
    own: () => server.state.resources.get(server.state.clients[0].id),
    /** A page at an address of the dashboard, signed in with a membership; null for nobody. */
    async visit(address, membership = {}, options = {}) {
      const opened = await openPage(browser, { reducedMotion: "reduce", ...options });
      if (membership !== null) await opened.page.context().addCookies([server.session(membership)]);
      await opened.page.goto(`${server.url}/app/#${address}`);
      return opened;
    },
  };
}

/** Without the library's own announcer, whose messages outlive what they were about by seconds. */
export const findings = (page) => axeFindings(page, { exclude: [["[data-live-announcer]"], ["iframe"]] });
export const button = (page, name) => page.getByRole("button", { name, exact: true });
export const heading = (page, name) => page.getByRole("heading", { level: 1, name });
export const dialog = (page) => page.getByRole("dialog");
export const asked = (page) => page.getByRole("alertdialog");

export async function choose(page, row, item) {
  await page.getByRole("button", { name: row }).click();
  await page.getByRole("menuitem", { name: item }).click();
}
