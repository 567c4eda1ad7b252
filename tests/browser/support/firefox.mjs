// A visitor in Firefox: Debian's firefox-esr, driven by puppeteer-core over WebDriver BiDi.

import { createRequire } from "node:module";

const require = createRequire(new URL("../../../assets/package.json", import.meta.url));

export async function openFirefox(executablePath) {
  const { default: puppeteer } = await import(require.resolve("puppeteer-core"));
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, args: [], extraPrefsFirefox: { "network.proxy.type": 0 } });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  return {
    name: `Firefox ${await browser.version()}`,
    problems,
    goto: (url) => page.goto(url),
    /** Runs the text of a function in the page. */
    run: (script) => page.evaluate(`(() => { ${script} })()`),
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    shoot: (path) => page.screenshot({ path }),
    close: () => browser.close(),
  };
}
