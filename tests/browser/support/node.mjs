// The real server, not set up yet, as an operator starts it: its own data directory, a free port on loopback, mails as
// files. The binary is the one that SNIP_BIN names.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const WAIT_MS = 30_000;
const LOOK_AGAIN_MS = 50;

export async function startNode() {
  const folder = await mkdtemp(path.join(tmpdir(), "snip-first-run-"));
  const data = path.join(folder, "data");
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = spawn(process.env.SNIP_BIN, ["serve", "--data-dir", data, "--listen", new URL(url).host], { cwd: folder, env: ownEnvironment() });
  let log = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (bytes) => (log += bytes));
  return {
    url,
    /** The path of the link that the server printed for its first run. */
    setupPath: () => eventually("a link to set up", async () => /\/setup\/[\w.-]+/.exec(log)?.[0]),
    /** The newest mail to this address whose text fits; what was read before is not read again. */
    mail: mailbox(path.join(data, "mail")),
    async close() {
      server.kill("SIGTERM");
      if (server.exitCode === null) await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing of whoever runs the tests configures the server. */
function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SNIP_")));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function mailbox(folder) {
  const read = new Set();
  return (address, pattern) => eventually(`a mail to ${address} with ${pattern}`, async () => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml") && !read.has(name)).sort().reverse();
    for (const name of names) {
      const source = await readFile(path.join(folder, name), "utf8");
      const found = source.includes(`To: <${address}>`) || source.includes(`To: ${address}`) ? pattern.exec(textOf(source)) : null;
      if (!found) continue;
      read.add(name);
      return found[1];
    }
    return null;
  });
}

/** The plain text of a mail: the body of its first part, base64. */
function textOf(source) {
  const part = source.slice(source.indexOf("Content-Type: text/plain"));
  return Buffer.from(part.split("\r\n\r\n")[1]?.split("\r\n--")[0] ?? "", "base64").toString("utf8");
}

/** Looks until there is something. */
async function eventually(what, look) {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`There was no ${what} within ${WAIT_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
