// A visitor in WebKit: WebKitGTK's MiniBrowser on a display of its own (Xvfb), driven by WebKitWebDriver over plain
// W3C WebDriver.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";

const START_TRIES_MAX = 100;
const KEYS = { Enter: "\uE007", Escape: "\uE00C", Tab: "\uE004" };

export async function openWebKit({ driver, browser, display }) {
  const screen = spawn(display, ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = await once(screen.stdio[3], "data");
  const port = await freePort();
  const environment = { ...process.env, DISPLAY: `:${String(number).trim()}`, WEBKIT_DISABLE_COMPOSITING_MODE: "1", LIBGL_ALWAYS_SOFTWARE: "1", GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" };
  const server = spawn(driver, [`--port=${port}`, "--host=127.0.0.1"], { stdio: "ignore", env: environment });
  const base = `http://127.0.0.1:${port}`;

  async function call(method, path, body) {
    const response = await fetch(base + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  }

  async function end() {
    for (const child of [server, screen]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  }

  try {
    await untilReady(() => call("GET", "/status"));
    const options = { binary: browser, args: ["--automation"] };
    const made = await call("POST", "/session", { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } });
    const session = `/session/${made.sessionId}`;
    const keys = (value) => call("POST", `${session}/actions`, { actions: [{ type: "key", id: "keyboard", actions: [...value].flatMap((key) => [{ type: "keyDown", value: key }, { type: "keyUp", value: key }]) }] });
    return {
      name: `${made.capabilities.browserName} ${made.capabilities.browserVersion}`,
      problems: [],
      goto: (url) => call("POST", `${session}/url`, { url }),
      run: (script) => call("POST", `${session}/execute/sync`, { script, args: [] }),
      press: (key) => keys([KEYS[key] ?? key]),
      type: (text) => keys(text),
      shoot: async (path) => writeFile(path, Buffer.from(await call("GET", `${session}/screenshot`), "base64")),
      async close() {
        await call("DELETE", session);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function untilReady(ask) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries >= START_TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}
