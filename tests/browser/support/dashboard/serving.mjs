// The stand-in's routes of how clients are served: the agency's figures and keys, the mail with a client's key, and
// what opens without a session: claiming the key, signing up.

import { ago, idOf, MANAGED_KEEPS, resourcesOf } from "./data.mjs";
import { checkEmail, checkFields, checkText, invalid, json, pageOf, Refusal } from "./http.mjs";

const DAY_MS = 86_400_000;
const CAPS = { answers_per_day: 200, documents: 50, members: 5 };
const AGENCY_KEYS_MAX = 200;
/** How long a mail takes to be handed over, and to be confirmed. */
const MAIL_MS = 1_500;
const SERVICES = ["self_serve", "managed"];
const PURPOSES = ["live", "demo", "test"];
export const SERVING_FIELDS = ["service", "purpose"];

/** What a client has of its own permissions as it is served now. */
export function reducedFor(client, { kind, permissions }) {
  return kind === "client" && client?.service === "managed" ? permissions.filter((it) => MANAGED_KEEPS.includes(it)) : permissions;
}

export function checkServing(body) {
  if (body.service !== undefined && !SERVICES.includes(body.service)) throw invalid("/service", "Choose self_serve or managed.");
  if (body.purpose !== undefined && !PURPOSES.includes(body.purpose)) throw invalid("/purpose", "Choose live, demo or test.");
  if (body.mail_key !== undefined && typeof body.mail_key !== "boolean") throw invalid("/mail_key", "Say true or false.");
}

/** `answersToday`: as a test has set it. */
export function capsOf({ purpose, plan, answersToday = 17 }) {
  return purpose === "live" && !plan ? null : { ...CAPS, answers_today: answersToday };
}

/** Writes the mail with a new link; the former one is void. */
export function mailKey(state, client) {
  if (client.status === "suspended") throw new Refusal(409, "wrong_state", { detail: "This client is suspended. Resume it first." });
  for (const claim of state.claims.values()) if (claim.client === client.id) claim.isVoid = true;
  const token = `claim-${state.claims.size + 1}`;
  const isSimulated = client.purpose !== "live";
  const mail = { id: idOf("out"), to: client.email, subject: `Your key for ${client.name}`, purpose: "key_claim", state: isSimulated ? "simulated" : "queued", attempts: isSimulated ? 0 : 1, created_at: new Date().toISOString(), last_error: null, text: `Open /app/#/key/${token}`, html: `<p>Your key: <a href="/app/#/key/${token}">Open</a></p>` };
  state.mails.unshift(mail);
  state.claims.set(token, { client: client.id, expires_at: new Date(Date.now() + 7 * DAY_MS).toISOString(), isVoid: false });
  client.keyMail = { mail_id: mail.id, token, sent_at: mail.created_at, claimed_at: null };
  if (isSimulated) return;
  const end = /^gone@/.test(client.email) ? { state: "failed", last_error: "550 5.1.1 The mailbox does not exist." } : { state: "delivered" };
  setTimeout(() => Object.assign(mail, end), MAIL_MS).unref();
}

function keyMailView(state, { email, keyMail }) {
  if (!keyMail) return { state: "none", to: email, mail_id: null, last_error: null, sent_at: null, expires_at: null, claimed_at: null };
  const mail = state.mails.find(({ id }) => id === keyMail.mail_id);
  return { state: mail.state, to: mail.to, mail_id: mail.id, last_error: mail.last_error, sent_at: keyMail.sent_at, expires_at: state.claims.get(keyMail.token).expires_at, claimed_at: keyMail.claimed_at };
}

export function keyMailRoutes(state, { method, need }, client, send) {
  need("clients:write", client.id);
  if (method === "GET") return send(200, keyMailView(state, client));
  mailKey(state, client);
  return send(202, keyMailView(state, client));
}

export function agencyServing({ state }, { response, method, path, query, body, session, need }) {
  const send = (status, value) => {
    json(response, status, value);
    return true;
  };
  if (path === "/api/agency/figures") {
    need("clients:read");
    const active = state.clients.filter(({ status }) => status !== "suspended");
    const count = (purpose) => active.filter((it) => it.purpose === purpose).length;
    return send(200, { clients: { live: count("live"), demo: count("demo"), test: count("test"), suspended: state.clients.length - active.length }, conversations_30d: 340, messages_30d: 1_204, unanswered_open: 9 });
  }
  const [, id] = /^\/api\/agency\/keys(?:\/([^/]+))?$/.exec(path) ?? [null, null];
  if (id === null) return false;
  need("agency_keys:write");
  if (method === "GET") return send(200, pageOf(state.agencyKeys, query));
  if (method === "DELETE") {
    if (!state.agencyKeys.some((key) => key.id === id)) throw new Refusal(404, "not_found");
    state.agencyKeys = state.agencyKeys.filter((key) => key.id !== id);
    return send(204, null);
  }
  checkFields(body, ["name", "permissions", "expires_in_days"]);
  checkText(body, "name", 100);
  if (!body.permissions?.length) throw invalid("/permissions", "Name at least one permission.");
  if (body.expires_in_days !== null && !(body.expires_in_days >= 1 && body.expires_in_days <= 3650)) throw invalid("/expires_in_days", "Say 1 to 3,650 days, or null.");
  if (body.permissions.some((it) => !session.memberships[0].permissions.includes(it))) throw new Refusal(403, "forbidden", { detail: "Nobody gives a key what they may not do themselves." });
  if (state.agencyKeys.length >= AGENCY_KEYS_MAX) throw new Refusal(403, "quota_reached", { detail: `The agency has at most ${AGENCY_KEYS_MAX} keys that work. Revoke one first.` });
  const key = { id: idOf("akey"), name: body.name, prefix: "snip_ak_51bb", permissions: body.permissions, created_by: state.person.name, created_at: new Date().toISOString(), last_used_at: null, expires_at: body.expires_in_days === null ? null : new Date(Date.now() + body.expires_in_days * DAY_MS).toISOString() };
  state.agencyKeys.unshift(key);
  return send(201, { id: key.id, api_key: "snip_ak_51bbshownonce000000000000000000000" });
}

const invalidLink = () => new Refusal(401, "link_invalid", { detail: "This link was used, replaced or has expired. Ask for a new one." });

/** What needs no session; false where the route is another one. */
export function openDoors(state, { response, route, body, hasBody, begin }) {
  const [, method, token] = /^(GET|POST) \/api\/key-claims\/([^/]+)$/.exec(route) ?? [];
  if (token) {
    const claim = state.claims.get(token);
    const client = state.clients.find(({ id }) => id === claim?.client);
    if (!client || claim.isVoid || Date.parse(claim.expires_at) < Date.now()) throw invalidLink();
    if (method === "GET") json(response, 200, { client_name: client.name, agency_name: state.agency.name, email: client.email, expires_at: claim.expires_at });
    else {
      refuseBody(hasBody);
      claim.isVoid = true;
      if (client.keyMail) client.keyMail.claimed_at = new Date().toISOString();
      json(response, 201, { client_id: client.id, client_name: client.name, api_key: "snip_sk_claimedonce000000000000000000000" });
    }
    return true;
  }
  return signUp(state, { response, route, body, hasBody, begin });
}

/** The link says it all. */
function refuseBody(hasBody) {
  if (hasBody) throw invalid("", "This takes no body.");
}

function refuseClosed(isOpen) {
  if (!isOpen) throw new Refusal(403, "forbidden", { detail: "Accounts are opened by the agency here. Ask it for one." });
}

function signUp(state, { response, route, body, hasBody, begin }) {
  const { is_open, trial_days } = state.signUp;
  if (route === "GET /api/sign-up") {
    json(response, 200, { is_open, agency_name: state.agency.name, trial_days });
    return true;
  }
  if (route === "POST /api/sign-up") {
    refuseClosed(is_open);
    checkFields(body, ["email", "name", "business"]);
    checkText(body, "business", 100);
    checkText(body, "name", 100);
    checkEmail(body, "email");
    state.signUps.set(`sign-up-${state.signUps.size + 1}`, { ...body });
    json(response, 202, {});
    return true;
  }
  const [, method, token] = /^(GET|POST) \/api\/sign-up\/([^/]+)$/.exec(route) ?? [];
  if (!token) return false;
  refuseClosed(is_open);
  const offer = state.signUps.get(token);
  if (!offer) throw invalidLink();
  if (method === "GET") json(response, 200, { ...offer, agency_name: state.agency.name, trial_days });
  else {
    refuseBody(hasBody);
    state.signUps.delete(token);
    const [sample] = state.clients;
    const client = { ...sample, id: idOf("client"), name: offer.business, email: offer.email, documents: 0, conversations_30d: 0, last_message_at: null, plan: trial_days === null ? "free" : "trial", trial_ends_at: trial_days === null ? null : ago(-trial_days * 1440), version: 1 };
    state.clients.unshift(client);
    state.resources.set(client.id, resourcesOf(true));
    begin(response, { kind: "client", role: "owner", client: client.id });
  }
  return true;
}
