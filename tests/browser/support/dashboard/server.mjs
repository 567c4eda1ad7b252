// A stand-in for the server as the dashboard meets it, on loopback: the built files at `/app` under a strict policy,
// sessions by cookie with CSRF, permissions, validation, paging, documents that progress, live updates; and the faults
// that a test orders. Never part of a release.

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { agencyRoutes } from "./agency.mjs";
import { clientRoutes } from "./client.mjs";
import { API_KEY, CODE, INVITATION_TOKEN, KNOWN_INVITATION_TOKEN, LINK_TOKEN, PERMISSIONS, TWINS, world } from "./data.mjs";
import { bytesOf, checkEmail, checkText, json, refuse, Refusal } from "./http.mjs";
import { openDoors, reducedFor } from "./serving.mjs";

const DIST = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../../../assets/dist");
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript" };
/** The server's own policy, with the one frame, and stricter by Trusted Types. */
const policyOf = (ancestors) => `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ${ancestors}; require-trusted-types-for 'script'`;

export async function startDashboard() {
  let state = world();
  const sessions = new Map();
  const faults = [];
  const listeners = new Set();
  const calls = [];
  let sentMails = 0;
  const context = {
    get state() {
      return state;
    },
    /** Tells every open stream of live updates. */
    tell: (client, name, data) => [...listeners].filter((it) => it.client === client).forEach(({ response }) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)),
  };

  function sessionFor(membership) {
    const { kind = "agency", role = "owner", client = null } = membership;
    const found = state.clients.find(({ id }) => id === client);
    const isKey = membership.isKey === true;
    return {
      person: isKey ? null : { ...state.person }, csrf_token: randomUUID(), expires_at: new Date(Date.now() + 86_400_000).toISOString(), product: state.product, agency: state.agency,
      memberships: [{ id: isKey ? null : "member_1", kind, client_id: client, client_name: found?.name ?? null, role, permissions: PERMISSIONS[kind][role], is_limited: false, service: found?.service ?? null }],
      is_insecure: membership.isInsecure === true,
    };
  }

  const clientBy = (client) => state.clients.find(({ id }) => id === client);

  /** As it is now: a client may be served otherwise than when its people signed in. */
  function sessionView(session) {
    return { ...session, memberships: session.memberships.map((it) => ({ ...it, permissions: reducedFor(clientBy(it.client_id), it), service: clientBy(it.client_id)?.service ?? null })) };
  }

  const cookieOf = (request) => /session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  const sessionOf = (request) => sessions.get(cookieOf(request));

  /** A new session under a new cookie. */
  function begin(response, membership, status = 200) {
    const [id, session] = [randomUUID(), sessionFor(membership)];
    sessions.set(id, session);
    json(response, status, sessionView(session), { "set-cookie": `session=${id}; HttpOnly; SameSite=Lax; Path=/` });
  }

  async function api(request, response, url) {
    const route = `${request.method} ${url.pathname}`;
    calls.push(route);
    const fault = faults.find((it) => it.route.test(route));
    if (fault) {
      if (fault.times !== undefined && (fault.times -= 1) <= 0) faults.splice(faults.indexOf(fault), 1);
      if (fault.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      if (fault.cut) return request.socket.destroy();
      if (fault.status) throw new Refusal(fault.status, fault.code, fault);
    }
    const isForm = (request.headers["content-type"] ?? "").startsWith("multipart/");
    const bytes = ["GET", "HEAD"].includes(request.method) ? null : await bytesOf(request);
    const body = bytes === null || isForm || bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8"));
    if (openDoors(state, { response, route, body, hasBody: bytes !== null && bytes.length > 0, begin }) || (await doors(request, response, route, body))) return;

    const session = sessionOf(request);
    if (!session) throw new Refusal(401, "session_missing");
    if (request.method !== "GET" && (request.headers["x-csrf-token"] !== session.csrf_token || (request.headers.origin && new URL(request.headers.origin).host !== request.headers.host))) {
      throw new Refusal(403, "csrf_refused");
    }
    if (route === "GET /api/session") return json(response, 200, sessionView(session));
    if (route === "DELETE /api/session") {
      sessions.delete(cookieOf(request));
      return json(response, 204, null);
    }
    const call = { request, response, method: request.method, path: url.pathname, query: url.searchParams, body, bytes, session, need: (permission, client = null) => need(session, permission, client) };
    refuseForKey(session, url.pathname);
    if (live(call) || (await clientRoutes(context, call)) || agencyRoutes(context, call)) return;
    throw new Refusal(404, "not_found");
  }

  /** Routes that need no session. */
  async function doors(request, response, route, body) {
    if (route === "POST /api/sign-in") {
      checkEmail(body, "email");
      sentMails += 1;
      json(response, 202, {});
    } else if (route === "POST /api/sign-in/code") {
      if (body.code !== CODE) throw new Refusal(401, "code_invalid", { detail: "That code is wrong or has expired. Check it, or send a new mail." });
      begin(response, body.email?.endsWith("@lindenhof.example") ? { kind: "client", role: body.email.split("@")[0], client: state.clients[0].id } : {});
    } else if (route === "POST /api/sign-in/link") {
      if (body.token !== LINK_TOKEN) throw new Refusal(401, "link_invalid");
      begin(response, {});
    } else if (route === "POST /api/sign-in/key") {
      if (body.api_key !== API_KEY) throw new Refusal(401, "key_invalid", { detail: "This key is not valid. Check that it was copied whole, or ask for a new one." });
      begin(response, { kind: "client", role: "key", client: state.clients[0].id, isKey: true });
    } else if (route === `GET /api/invitations/${INVITATION_TOKEN}`) {
      json(response, 200, { organisation: "Lindenhof Cycles", role: "manager", email: "jo@lindenhof.example", inviter: "Mara Lindner", message: "Welcome! You can answer questions here.", is_known: false });
    } else if (route === `GET /api/invitations/${KNOWN_INVITATION_TOKEN}`) {
      json(response, 200, { organisation: "Lindenhof Cycles", role: "manager", email: state.person.email, inviter: "Mara Lindner", message: null, is_known: true });
    } else if (route === `POST /api/invitations/${KNOWN_INVITATION_TOKEN}`) {
      if (sessionOf(request)?.person?.email !== state.person.email) throw new Refusal(401, "session_missing", { detail: "This address has a login already. Sign in with it, then open this link again." });
      begin(response, { kind: "client", role: "manager", client: state.clients[0].id });
    } else if (/^GET \/api\/invitations\//.test(route)) {
      throw new Refusal(401, "link_invalid", { detail: "This invitation was accepted, taken back or replaced, or has expired. Ask for a new one." });
    } else if (route === `POST /api/invitations/${INVITATION_TOKEN}`) {
      checkText(body, "name", 100);
      begin(response, { kind: "client", role: "manager", client: state.clients[0].id });
    } else return false;
    return true;
  }

  function need(session, permission, client) {
    const held = session.memberships.filter((it) => it.kind === "agency" || it.client_id === client);
    if (held.length === 0) throw new Refusal(client ? 404 : 403, client ? "not_found" : "forbidden");
    const found = client && state.clients.find(({ id }) => id === client);
    if (client && !found) throw new Refusal(404, "not_found", { detail: "There is no client with this id. Copy the id again from the list of clients." });
    if (found?.status === "suspended" && held.every(({ kind }) => kind === "client")) throw new Refusal(403, "client_inactive", { detail: "This account is suspended. Ask the agency to resume it." });
    if (!permission || held.some((it) => reducedFor(clientBy(it.client_id), it).includes(permission))) return;
    const isReduced = held.some(({ permissions }) => permissions.includes(permission));
    throw new Refusal(403, "forbidden", { detail: isReduced ? "The agency manages this account, so only its people can change that." : `Your role lacks the permission \`${permission}\`.` });
  }

  /** A key's session opens the twins of rows behind a key, and nothing else of a client. */
  function refuseForKey(session, pathname) {
    const list = /^\/api\/clients\/[^/]+(?:\/([a-z-]+))?/.exec(pathname);
    if (session.person === null && list && !TWINS.includes(list[1])) throw new Refusal(403, "forbidden");
  }

  function live({ path: pathname, response, need: needs }) {
    const client = /^\/api\/clients\/([^/]+)\/events$/.exec(pathname)?.[1];
    if (!client) return false;
    needs("results:read", client);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": \n\n");
    const listener = { client, response };
    listeners.add(listener);
    response.on("close", () => listeners.delete(listener));
    return true;
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://loopback");
    const work = url.pathname.startsWith("/api/") ? api(request, response, url) : file(response, url.pathname);
    Promise.resolve(work).catch((error) => refuse(response, error));
  });
  await new Promise((resolve) => server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    get state() {
      return state;
    },
    get sentMails() {
      return sentMails;
    },
    /** Plays a fault for calls that fit: `{ route, status, code, errors, delayMs, cut, times }`. */
    fault: (...ordered) => void faults.push(...ordered),
    clearFaults: () => void (faults.length = 0),
    /** The cookie of a session with this membership: `{ kind, role, client }`. */
    session(membership = {}) {
      const id = randomUUID();
      sessions.set(id, sessionFor(membership));
      return { name: "session", value: id, url: this.url };
    },
    forgetSessions: () => sessions.clear(),
    tell: context.tell,
    reset() {
      state = world();
      sessions.clear();
      faults.length = 0;
      calls.length = 0;
      sentMails = 0;
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

async function file(response, pathname) {
  if (pathname === "/" || pathname === "/app") return response.writeHead(302, { location: "/app/" }).end();
  if (pathname === "/favicon.ico") return response.writeHead(204).end();
  const name = pathname === "/app/" ? "dashboard/index.html" : pathname.startsWith("/app/") ? pathname.replace("/app/", "dashboard/") : pathname.slice(1);
  const found = await readFile(path.join(DIST, name)).catch(() => null);
  if (found === null || name.includes("..")) throw new Refusal(404, "not_found");
  response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "text/plain", "content-security-policy": policyOf(name === "dashboard/preview.html" ? "'self'" : "'none'") }).end(found);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await startDashboard()).url);
