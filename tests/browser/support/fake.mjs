// A small honest stand-in for the server's public routes, on loopback: widget, configuration, chat, pages. It
// serves what is built in `assets/dist` and the demo sites, streams its answers (`fake-turns.mjs`), keeps request ids
// (the same id never makes a second turn) and sessions, and plays the faults that a test orders. Never part of a
// release.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createTurns, stream } from "./fake-turns.mjs";

const ASSETS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../../assets");
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml" };
const PAGE_POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";
const MESSAGE_CHARS_MAX = 4000;
export const FAKE_CLIENT = "client_00000000000000000000000000";
export const OTHER_CLIENT = "client_00000000000000000000000001";

const CONFIG = {
  name: "Lindenhof Assistant",
  welcome: "Hello! Ask me about opening hours, prices or your order.",
  placeholder: "Ask a question…",
  suggestions: ["When are you open?", "What does a full service cost?", "Can I return a part?", "Where can I park?"],
  accent_color: "#0f6b5c",
  language: "en",
  message_chars_max: MESSAGE_CHARS_MAX,
};

/**
 * Starts the stand-in; `fault(…)` orders what the next chat posts meet, `calls` lists the chat posts seen. A fault may
 * `hold` the answer's head, or its text after so many pieces (`holdAfter`), until `release()`: no test waits by time.
 * One that `waitsForStop` says nothing before it is stopped.
 */
export async function startFake() {
  const calls = [];
  const resumed = [];
  const [faults, historyFaults] = [[], []];
  // What a test holds waits for the gate that stood when it was ordered, so that nothing can come too late for it.
  let gate = newGate();
  const turns = createTurns();
  let isReachable = true;
  let looks = {};
  let epoch = 0;

  function release() {
    gate.open();
    gate = newGate();
  }

  async function post(request, response) {
    const body = JSON.parse(await bodyOf(request));
    calls.push(body);
    const fault = faults.shift();
    const began = epoch;
    if (fault?.hold) await fault.gate.opened;
    if (began !== epoch) return request.socket.destroy();
    if (fault?.status) return problem(response, fault.status, fault.code, fault.headers);
    if (fault?.cut) return request.socket.destroy();
    if (typeof body.message !== "string" || body.message === "" || Array.from(body.message).length > MESSAGE_CHARS_MAX) {
      return problem(response, 422, "validation_failed");
    }
    if (body.session !== undefined && !turns.knows(body.session)) return problem(response, 401, "session_invalid");
    const turn = turns.take(body, fault);
    if (request.headers.accept?.includes("text/event-stream") && !fault?.asJson) return stream(response, turn, null, fault);
    await turn.done;
    json(response, 200, turn.view());
  }

  async function history(request, response) {
    const { searchParams } = new URL(request.url, "http://loopback");
    const [limit, cursor] = [searchParams.get("limit"), searchParams.get("cursor")];
    const fault = cursor === null ? undefined : historyFaults.shift();
    if (fault?.hold) await fault.gate.opened;
    if (fault?.status) return problem(response, fault.status, fault.code);
    const session = request.headers["x-session"];
    if (!turns.knows(session)) return problem(response, 401, "session_invalid");
    json(response, 200, { conversation_id: "conv_1", ...turns.history(session, { limit, cursor }) });
  }

  async function chat(request, response, pathname) {
    const [, messageId, verb] = /^\/api\/chat\/([^/]+)\/(events|stop)$/.exec(pathname) ?? [];
    if (pathname === "/api/chat" && request.method === "POST") return post(request, response);
    if (pathname === "/api/chat/history") return history(request, response);
    const turn = turns.find(messageId);
    if (verb === "events") resumed.push({ messageId, lastEventId: request.headers["last-event-id"] });
    const session = verb === "stop" ? JSON.parse(await bodyOf(request)).session : request.headers["x-session"];
    if (!turn || turn.session !== session) return problem(response, 404, "not_found");
    if (verb === "events") return stream(response, turn, request.headers["last-event-id"]);
    turn.stop();
    json(response, 202, {});
  }

  const server = createServer((request, response) => {
    if (!isReachable) return request.socket.destroy();
    handle(request, response, chat, looks).catch((error) => problem(response, 500, String(error)));
  });
  await new Promise((resolve) => server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    /** The reads of streams that were taken up again. */
    resumed,
    fault: (...ordered) => void faults.push(...ordered.map((fault) => ({ ...fault, gate }))),
    /** Orders what the next reads of earlier messages meet. */
    faultHistory: (...ordered) => void historyFaults.push(...ordered.map((fault) => ({ ...fault, gate }))),
    /** Lets everything go on that the faults ordered so far hold, or will hold. */
    release,
    /** Adds turns to the conversation, as if they had been said elsewhere. */
    talk: (session, questions) => turns.talk(session, questions),
    forgetSessions: () => turns.forgetSessions(),
    /** Changes what the configuration of the stand-in's client says. */
    dress: (changed) => (looks = changed),
    /** Cuts every connection once. */
    cut: () => server.closeAllConnections(),
    /** Cuts every connection, and takes no more until it is called with true. */
    setReachable(reachable) {
      isReachable = reachable;
      if (!reachable) server.closeAllConnections();
    },
    reset: () => {
      for (const list of [calls, faults, historyFaults, resumed]) list.length = 0;
      turns.reset();
      epoch += 1;
      release();
      [isReachable, looks] = [true, {}];
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function newGate() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { opened, open };
}

async function handle(request, response, chat, looks) {
  const { pathname } = new URL(request.url, "http://loopback");
  if (pathname === "/favicon.ico") return response.writeHead(204).end();
  if (pathname.startsWith("/api/chat") || pathname.startsWith("/api/widget/") || pathname.startsWith("/widget")) {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "retry-after");
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    if (request.method === "OPTIONS") {
      return response.writeHead(204, { "access-control-allow-headers": "content-type, accept, last-event-id, x-session", "access-control-allow-methods": "GET, POST" }).end();
    }
  }
  if (pathname.startsWith("/api/chat")) return chat(request, response, pathname);
  if (pathname.startsWith("/api/widget/config/")) return config(response, pathname.split("/").pop(), looks);
  if (pathname.startsWith("/api/widget/logo/")) return file(response, path.join(ASSETS, "../tests/browser/support/logo.svg"));
  if (pathname === "/api/openapi.json") return file(response, path.join(ASSETS, "../tests/browser/support/openapi.json"));
  if (pathname === "/api/docs") return file(response, path.join(ASSETS, "dist/docs/index.html"));
  if (pathname.startsWith("/api/docs/")) return file(response, path.join(ASSETS, "dist/docs", pathname.slice("/api/docs/".length)));
  if (pathname.startsWith("/passages/")) return file(response, path.join(ASSETS, "pages/examples/passage.html"));
  if (pathname.startsWith("/examples/")) return file(response, path.join(ASSETS, "pages", pathname));
  if (pathname.startsWith("/pages/") || pathname.startsWith("/widget")) return file(response, path.join(ASSETS, "dist", pathname));
  const demo = /^\/demo\/(?:([a-z-]+)\/)?([a-z.-]*)$/.exec(pathname);
  if (demo) return demoPage(response, demo[1], demo[2] || "index.html");
  problem(response, 404, "not_found");
}

async function config(response, clientId, looks) {
  const slug = /^client_0{10}([a-z-]+)$/.exec(clientId)?.[1];
  if (slug) {
    const { widget } = JSON.parse(await readFile(path.join(ASSETS, "demo", slug, "client.json"), "utf8"));
    return json(response, 200, { client_id: clientId, ...widget, message_chars_max: MESSAGE_CHARS_MAX });
  }
  if (clientId === OTHER_CLIENT) return json(response, 200, { client_id: clientId, ...CONFIG, name: "Second Assistant", accent_color: "#7a1f3d" });
  if (clientId === FAKE_CLIENT) return json(response, 200, { client_id: clientId, ...CONFIG, ...looks });
  problem(response, 404, "client_not_found");
}

function demoPage(response, slug, name) {
  const fill = (text) => text.replaceAll("{{client_id}}", slug ? `client_0000000000${slug}` : "");
  return file(response, path.join(ASSETS, "demo", slug ?? "", "site", name), fill);
}

async function file(response, name, fill = (text) => text) {
  const text = await readFile(name, "utf8").catch(() => null);
  if (text === null) return problem(response, 404, "not_found");
  response.setHeader("content-security-policy", PAGE_POLICY);
  response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "text/plain", "cache-control": "max-age=60" }).end(fill(text));
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

function json(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function problem(response, status, code, headers = {}) {
  const body = { type: `/problems/${code}`, title: code, status, code, detail: "What happened, then what to do.", request_id: "req_1" };
  response.writeHead(status, { "content-type": "application/problem+json", ...headers }).end(JSON.stringify(body));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await startFake()).url);
