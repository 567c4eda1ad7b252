// The stand-in's routes of the agency: clients, members, jobs, mails, audit, the person's own.

import { resourcesOf } from "./data.mjs";
import { checkEmail, checkFields, checkText, checkVersion, etagOf, invalid, json, pageOf, Refusal } from "./http.mjs";
import { memberRoutes } from "./members.mjs";

export function agencyRoutes({ state }, call) {
  const { request, response, method, path, query, body, session, need } = call;
  const route = `${method} ${path}`;
  const [, list, id, verb] = /^\/api\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/.exec(path) ?? [];
  if (list === "members") return memberRoutes(call, state.agencyMembers, ["owner", "admin", "account_manager", "content_specialist"], { path: "/api/members", client: null });
  if (list === "sessions") return sessions(state, call, id);
  if (route === "PATCH /api/person") {
    checkText(body, "name", 100);
    state.person.name = body.name;
    session.person = { ...state.person };
    return sent(response, 200, session.person);
  }
  if (list === "clients") return clients(state, { request, response, method, query, body, need }, id, verb);
  if (list === "jobs") {
    need(method === "GET" ? "jobs:read" : "jobs:write");
    if (method === "GET") return sent(response, 200, pageOf(state.jobs.filter((job) => !query.get("state") || job.state === query.get("state")), query));
    const job = found(state.jobs, id);
    if (job.state !== "failed") throw new Refusal(409, "wrong_state");
    Object.assign(job, { state: "waiting", last_error: null });
    return sent(response, 200, job);
  }
  if (list === "mails") {
    need(method === "GET" ? "mails:read" : "mails:write");
    if (id === undefined) return sent(response, 200, pageOf(state.mails.map(({ text: _, html: __, ...mail }) => mail), query));
    const mail = found(state.mails, id);
    if (method === "POST" && verb === "resend") Object.assign(mail, { state: "queued", last_error: null });
    return sent(response, 200, mail);
  }
  if (route === "GET /api/audit") {
    need("jobs:read");
    return sent(response, 200, pageOf(state.audit, query));
  }
  return false;
}

function sent(response, status, value, headers) {
  json(response, status, value, headers);
  return true;
}

export function found(items, id) {
  const item = items.find((it) => it.id === id);
  if (!item) throw new Refusal(404, "not_found");
  return item;
}

function sessions(state, { response, method, query }, id) {
  if (method === "GET") return sent(response, 200, pageOf(state.signedIn, query));
  found(state.signedIn, id);
  state.signedIn = state.signedIn.filter((it) => it.id !== id);
  return sent(response, 204, null);
}

function clients(state, { request, response, method, query, body, need }, id, verb) {
  if (id === undefined && method === "GET") {
    need("clients:read");
    const words = (query.get("q") ?? "").toLowerCase();
    return sent(response, 200, pageOf(state.clients.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(words)), query));
  }
  if (id === undefined) {
    need("clients:write");
    checkFields(body, ["name", "email", "owner_email"]);
    checkText(body, "name", 200);
    checkEmail(body, "email");
    checkEmail(body, "owner_email", { isOptional: true });
    if (state.clients.some(({ email }) => email === body.email)) throw invalid("/email", "Another client has this address. Use another one.");
    const client = { id: `client_01jd${String(state.clients.length + 500).padStart(22, "0")}`, name: body.name, email: body.email, status: "active", created_at: new Date().toISOString(), documents: 0, conversations_30d: 0, last_message_at: null, version: 1 };
    state.clients.unshift(client);
    state.resources.set(client.id, resourcesOf(true));
    return sent(response, 201, { client, api_key: "snip_sk_shownonce0000000000000000000000000" });
  }
  need(method === "GET" ? null : "clients:write", id);
  const client = found(state.clients, id);
  if (method === "POST") client.status = verb === "suspend" ? "suspended" : "active";
  if (method === "PATCH") {
    checkVersion(request, client);
    checkText(body, "name", 200, { isOptional: true });
    checkEmail(body, "email", { isOptional: true });
    Object.assign(client, body, { version: client.version + 1 });
  }
  return sent(response, 200, client, etagOf(client));
}
