// The stand-in's routes of the agency: clients, members, jobs, mails, audit, the person's own.

import { CODE, idOf, resourcesOf } from "./data.mjs";
import { checkEmail, checkFields, checkText, checkVersion, etagOf, invalid, json, pageOf, Refusal } from "./http.mjs";
import { memberRoutes } from "./members.mjs";
import { agencyServing, capsOf, checkServing, keyMailRoutes, mailKey, SERVING_FIELDS } from "./serving.mjs";

export function agencyRoutes({ state }, call) {
  const { response, method, path, query, body, session, need } = call;
  const route = `${method} ${path}`;
  const [, list, id, verb] = /^\/api\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z-]+))?$/.exec(path) ?? [];
  if (list === "members") return memberRoutes(call, state.agencyMembers, ["owner", "admin", "account_manager", "content_specialist"], { path: "/api/members", client: null });
  if (list === "sessions") return sessions(state, call, id);
  if (route === "PATCH /api/person") {
    checkFields(body, ["name"]);
    checkText(body, "name", 100);
    state.person.name = body.name;
    session.person = { ...state.person };
    return sent(response, 200, session.person);
  }
  if (list === "person") return ownAddress(state, call);
  if (path.startsWith("/api/agency/")) return agencyServing({ state }, call);
  if (list === "clients") return clients(state, call, id, verb);
  if (list === "backups") {
    need(method === "GET" ? "jobs:read" : "jobs:write");
    if (method === "GET") return sent(response, 200, state.backups);
    state.backups = { ...state.backups, health: "good", made_at: new Date().toISOString(), failure: null };
    return sent(response, 202, state.backups);
  }
  if (list === "jobs") {
    need(method === "GET" ? "jobs:read" : "jobs:write");
    if (method === "GET") return sent(response, 200, pageOf(state.jobs.filter((job) => !query.get("state") || job.state === query.get("state")), query));
    const job = found(state.jobs, id);
    if (job.state !== "failed") throw new Refusal(409, "wrong_state", { detail: "Only a job that was given up can be run again." });
    Object.assign(job, { state: "waiting", last_error: null });
    return sent(response, 202, job);
  }
  if (list === "mails") {
    need(method === "GET" ? "mails:read" : "mails:write");
    if (id === undefined) return sent(response, 200, pageOf(state.mails.filter((mail) => !query.get("state") || mail.state === query.get("state")).map(({ text: _, html: __, ...mail }) => mail), query));
    const mail = found(state.mails, id);
    if (method === "GET") return sent(response, 200, mail);
    if (mail.state === "queued" || mail.to === "") throw new Refusal(409, "wrong_state", { detail: "This mail is still on its way, or its content was erased." });
    const copy = { ...mail, id: idOf("out"), state: mail.state === "simulated" ? "simulated" : "queued", attempts: 0, last_error: null, created_at: new Date().toISOString() };
    state.mails.unshift(copy);
    const { text: _, html: __, ...view } = copy;
    return sent(response, 202, view);
  }
  if (route === "GET /api/audit") {
    need("audit:read");
    const wanted = (entry) => ["client_id", "action"].every((name) => !query.get(name) || entry[name] === query.get(name));
    return sent(response, 200, pageOf(state.audit.filter(wanted), query));
  }
  return false;
}

/** A new address holds once the code that was sent there is entered. */
function ownAddress(state, { response, method, path, body, session }) {
  if (method !== "POST") return false;
  if (path === "/api/person/email") {
    checkFields(body, ["email"]);
    checkEmail(body, "email");
    state.wantedEmail = body.email;
    return sent(response, 202, {});
  }
  if (path !== "/api/person/email/confirm") return false;
  checkFields(body, ["code"]);
  if (body.code !== CODE || !state.wantedEmail) throw invalid("/code", "That code is wrong, has expired or was used. Ask for a new one.");
  state.person.email = state.wantedEmail;
  session.person = { ...state.person };
  return sent(response, 200, session.person);
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

function clients(state, call, id, verb) {
  const { request, response, method, query, body, need } = call;
  if (id === undefined && method === "GET") {
    need("clients:read");
    const words = (query.get("q") ?? "").toLowerCase();
    return sent(response, 200, pageOf(state.clients.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(words)).map(clientView), query));
  }
  if (id === undefined) {
    need("clients:write");
    checkFields(body, ["name", "email", "owner_email", "mail_key", ...SERVING_FIELDS]);
    checkServing(body);
    checkText(body, "name", 100);
    checkEmail(body, "email");
    checkEmail(body, "owner_email", { isOptional: true });
    const client = { id: idOf("client"), name: body.name, email: body.email, status: "active", deactivated_at: null, created_at: new Date().toISOString(), documents: 0, conversations_30d: 0, last_message_at: null, service: body.service ?? "self_serve", purpose: body.purpose ?? "live", plan: null, trial_ends_at: null, version: 1 };
    state.clients.unshift(client);
    state.resources.set(client.id, resourcesOf(true));
    if (body.mail_key) mailKey(state, client);
    return sent(response, 201, { client: clientView(client), api_key: "snip_sk_shownonce0000000000000000000000000" });
  }
  need(method === "GET" ? "results:read" : verb === "erase" ? "agency:own" : "clients:write", id);
  const client = found(state.clients, id);
  if (verb === "key-mail") return keyMailRoutes(state, call, client, (status, value) => sent(response, status, value));
  if (method === "POST") return act(state, response, client, verb, body);
  if (method === "PATCH") {
    checkVersion(request, client);
    checkFields(body, ["name", "email", "take_on", ...SERVING_FIELDS]);
    checkServing(body);
    checkText(body, "name", 100, { isOptional: true });
    checkEmail(body, "email", { isOptional: true });
    const { take_on, ...fields } = body;
    Object.assign(client, fields, take_on && { plan: null, trial_ends_at: null }, { version: client.version + 1 });
  }
  return sent(response, 200, clientView(client), etagOf(client));
}

const clientView = ({ version: _, keyMail: __, answersToday, ...view }) => ({ ...view, caps: capsOf({ ...view, answersToday }) });

function act(state, response, client, verb, body) {
  if (verb === "suspend") client.status = "suspended";
  if (verb === "deactivate") Object.assign(client, { status: "suspended", deactivated_at: new Date().toISOString() });
  if (verb === "resume") Object.assign(client, { status: "active", deactivated_at: null });
  if (verb !== "erase") return sent(response, 200, clientView(client));
  checkFields(body, ["name"]);
  if (client.deactivated_at === null) throw new Refusal(409, "wrong_state", { detail: "Deactivate the client first; whatever was a mistake can be undone until then." });
  if (body.name !== client.name) throw invalid("/name", "This is not the client's name.");
  state.clients.splice(state.clients.indexOf(client), 1);
  return sent(response, 202, { rows: { api_keys: 1, conversations: 12, messages: 48 } });
}
