// A small honest stand-in for the server's public routes, on loopback: widget, configuration, chat, pages. It
// serves what is built in `assets/dist` and the demo sites, answers from a short list, keeps request ids (the same
// id never makes a second turn) and sessions, and plays the faults that a test orders. Never part of a release.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ASSETS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../../assets");
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml" };
const PAGE_POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";
const MESSAGE_CHARS_MAX = 4000;
export const FAKE_CLIENT = "client_00000000000000000000000000";

const CONFIG = {
  name: "Lindenhof Assistant",
  welcome: "Hello! Ask me about opening hours, prices or your order.",
  placeholder: "Ask a question…",
  suggestions: ["When are you open?", "What does a full service cost?", "Can I return a part?", "Where can I park?"],
  accent_color: "#0f6b5c",
  language: "en",
  message_chars_max: MESSAGE_CHARS_MAX,
};

const ANSWER = {
  response: "We are open **Tuesday to Saturday**:\n\n- Tuesday to Friday: 9:00 to 18:00\n- Saturday: 9:00 to 14:00\n\nOn Sunday and Monday we are closed.\nBank holidays are listed by the door.",
  citations: [
    { document_id: "doc_1", faq_id: null, title: "Opening hours", page: null, heading: "Regular hours", quote: "Tuesday to Friday: 9:00 to 18:00", url: "/passages/1" },
    { document_id: "doc_2", faq_id: null, title: "Visitor handbook", page: 3, heading: null, quote: "On Sunday and Monday we are closed.", url: "/passages/2" },
  ],
  answered_by: "extractive",
};

/** Starts the stand-in; `fault(…)` orders what the next chat posts meet, `calls` lists the chat posts seen. */
export async function startFake() {
  const calls = [];
  const faults = [];
  const answers = new Map();
  const sessions = new Set();
  let sessionCount = 0;

  async function chat(request, response) {
    const body = JSON.parse(await bodyOf(request));
    calls.push(body);
    const fault = faults.shift();
    if (fault?.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.status) return problem(response, fault.status, fault.code, fault.headers);
    if (fault?.cut) return request.socket.destroy();
    if (typeof body.message !== "string" || body.message === "" || Array.from(body.message).length > MESSAGE_CHARS_MAX) {
      return problem(response, 422, "validation_failed");
    }
    if (body.session !== undefined && !sessions.has(body.session)) return problem(response, 401, "session_invalid");
    const known = answers.get(body.request_id);
    if (known) return json(response, 200, known);
    const session = body.session ?? `session-${(sessionCount += 1)}`;
    sessions.add(session);
    const answer = { ...ANSWER, ...fault?.answer, conversation_id: "conv_1", message_id: `msg_${calls.length}`, session };
    answers.set(body.request_id, answer);
    json(response, 200, answer);
  }

  const server = createServer((request, response) => {
    handle(request, response, chat).catch((error) => problem(response, 500, String(error)));
  });
  await new Promise((resolve) => server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    fault: (...ordered) => void faults.push(...ordered),
    forgetSessions: () => sessions.clear(),
    reset: () => {
      calls.length = 0;
      faults.length = 0;
      answers.clear();
      sessions.clear();
      sessionCount = 0;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

async function handle(request, response, chat) {
  const { pathname } = new URL(request.url, "http://loopback");
  if (pathname === "/favicon.ico") return response.writeHead(204).end();
  if (pathname.startsWith("/api/chat") || pathname.startsWith("/api/widget/") || pathname.startsWith("/widget")) {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "retry-after");
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    if (request.method === "OPTIONS") {
      return response.writeHead(204, { "access-control-allow-headers": "content-type", "access-control-allow-methods": "GET, POST" }).end();
    }
  }
  if (pathname === "/api/chat" && request.method === "POST") return chat(request, response);
  if (pathname.startsWith("/api/widget/config/")) return config(response, pathname.split("/").pop());
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

async function config(response, clientId) {
  const slug = /^client_0{10}([a-z-]+)$/.exec(clientId)?.[1];
  if (slug) {
    const { widget } = JSON.parse(await readFile(path.join(ASSETS, "demo", slug, "client.json"), "utf8"));
    return json(response, 200, { client_id: clientId, ...widget, message_chars_max: MESSAGE_CHARS_MAX });
  }
  if (clientId === FAKE_CLIENT) return json(response, 200, { client_id: clientId, ...CONFIG });
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
