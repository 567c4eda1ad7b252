// The stand-in's routes of one client.

import { ANSWER, EXPLANATION, idOf, resourcesOf } from "./data.mjs";
import { found } from "./agency.mjs";
import { conversationRoutes } from "./conversations.mjs";
import { checkEmail, checkFields, checkText, checkVersion, etagOf, invalid, json, pageOf, Refusal } from "./http.mjs";
import { memberRoutes } from "./members.mjs";

const STEP_MS = 120;
const STAGES = [["queued", 0], ["extracting", 30], ["embedding", 70], ["ready", 100]];
const PIECE_CHARS = 18;
const PIECE_MS = 15;

export async function clientRoutes(context, call) {
  const [, client, rest] = /^\/api\/clients\/([^/]+)\/(.+)$/.exec(call.path) ?? [];
  if (!client || ["suspend", "resume", "deactivate", "erase", "key-mail"].includes(rest)) return false;
  const { state } = context;
  call.need(null, client);
  found(state.clients, client);
  if (!state.resources.has(client)) state.resources.set(client, resourcesOf(true));
  const own = state.resources.get(client);
  const [list, id, verb] = rest.split("/");
  const send = (status, value, headers) => {
    json(call.response, status, value, headers);
    return true;
  };
  const may = (kind) => call.need(`${kind}:${call.method === "GET" ? "read" : "write"}`, client);
  switch (list) {
    case "overview":
      call.need("results:read", client);
      return send(200, overviewOf(own));
    case "usage":
      call.need("conversations:read", client);
      return send(200, { period_started_at: new Date(Date.UTC(2026, 10, 1)).toISOString(), conversations: 214, visitor_messages: 530, assistant_messages: 528, documents: own.documents.length, document_bytes: 8_400_000, chunks: 1_240, faqs: own.faqs.length });
    case "documents":
      may("knowledge");
      return documents(context, call, client, own, id, verb, send);
    case "faqs":
      may("knowledge");
      return faqs(call, own, id, send);
    case "gaps": {
      may("knowledge");
      if (call.method === "GET") return send(200, pageOf(own.gaps.filter(({ status }) => status === call.query.get("status")), call.query));
      return send(200, Object.assign(found(own.gaps, id), { status: call.body.status }));
    }
    case "conversations":
      may("conversations");
      return conversationRoutes({ ...call, client }, own, id, verb, rest, send);
    case "config":
      may("settings");
      return config(call, own, id, client, send);
    case "instructions":
      may("settings");
      return instructions(call, own, id, send);
    case "embed-snippet": {
      may("settings");
      const html = `<script src="https://agency.example/widget.js" data-client-id="${client}" async></script>`;
      return send(200, { html, pinned: { html: html.replace("widget.js\"", "widget/loader-026fc0777b8d89dd.js\" integrity=\"sha384-abc\" crossorigin=\"anonymous\""), url: "", integrity: "sha384-abc" }, identity_secret: "5f1c0e9a7b" });
    }
    case "keys":
      may("keys");
      return keys(call, own, id, send);
    case "billing-contacts":
      may("members");
      return contacts(call, own, id, send);
    case "members":
      return memberRoutes(call, own.members, ["owner", "manager", "member"], { path: `/api/clients/${client}/members`, client });
    case "test-chat":
      call.need("knowledge:read", client);
      checkFields(call.body, ["message", "conversation_id"]);
      checkText(call.body, "message", 4000);
      return testChat(call.response);
    default:
      return false;
  }
}

function overviewOf({ documents, faqs, gaps, config, conversations, members }) {
  const of = (...statuses) => documents.filter(({ status }) => statuses.includes(status)).length;
  const done = { document: documents.some(({ status }) => status === "ready"), faq: faqs.some(({ status, enabled }) => status === "ready" && enabled), look: config.version > 1, domain: config.allowed_domains.length > 0, seen: conversations.length > 0, asked: conversations.length > 0, colleague: members.length > 1 };
  return {
    checklist: Object.entries(done).map(([id, is_done]) => ({ id, is_done })),
    messages_7d: conversations.length * 4, conversations_7d: conversations.length, unanswered_open: gaps.filter(({ status }) => status === "open").length,
    documents: { ready: of("ready"), processing: of("queued", "extracting", "embedding"), failed: of("failed") }, meaning: { state: "answering", done: 0, total: 0 },
  };
}

const viewOf = ({ category: _, weight: __, version: ___, hash: ____, ...document }) => document;

function documents(context, { request, response, method, query, body, bytes }, client, own, id, verb, send) {
  if (id === undefined && method === "GET") return send(200, pageOf(own.documents.map(viewOf), query));
  if (id === undefined) {
    const file_name = /filename="([^"]+)"/.exec(bytes.toString("latin1"))?.[1] ?? "file";
    if (/\.exe$/.test(file_name)) throw new Refusal(422, "unsupported_file", { detail: "Files of this kind cannot be read. Upload a PDF, an Office file or text." });
    const known = own.documents.find((it) => it.file_name === file_name);
    if (known) return send(202, { ...viewOf(known), is_duplicate: true });
    const document = { id: idOf("doc"), file_name, title: file_name.replace(/\.\w+$/, ""), media_type: "text/plain", size_bytes: bytes.length, status: "queued", progress_percent: 0, error: null, created_at: new Date().toISOString(), updated_at: new Date().toISOString(), category: null, weight: 1, version: 1 };
    own.documents.unshift(document);
    ingest(context, client, document);
    return send(202, { ...viewOf(document), is_duplicate: false });
  }
  const document = found(own.documents, id);
  if (method === "DELETE") {
    own.documents.splice(own.documents.indexOf(document), 1);
    return send(204, null);
  }
  if (method === "PATCH") {
    checkVersion(request, document);
    checkFields(body, ["category", "weight"]);
    if (body.weight !== undefined && !(body.weight >= 0.1 && body.weight <= 5)) throw invalid("/weight", "The weight is a number from 0.1 to 5.");
    if (Object.keys(body).length > 0) Object.assign(document, body, { version: document.version + 1 });
    return send(200, { id, category: document.category, weight: document.weight, version: document.version }, etagOf(document));
  }
  if (verb === "text") {
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(`# ${document.title}\n\nA full service costs 89 €.\n`.repeat(20));
    return true;
  }
  if (verb === "original") {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-disposition": "attachment" }).end("original");
    return true;
  }
  if (verb === "retry") {
    if (document.status !== "failed") throw new Refusal(409, "wrong_state");
    Object.assign(document, { status: "queued", error: null });
    ingest(context, client, document);
  }
  if (verb === "cancel") Object.assign(document, { status: "failed", error: "Reading this document was cancelled. Retry it, or delete it." });
  return send(verb === "retry" ? 202 : 200, viewOf(document));
}

/** Goes through the stages in time, and tells of each. */
function ingest({ tell }, client, document) {
  STAGES.forEach(([status, percent], at) => setTimeout(() => {
    if (document.status === "failed") return;
    Object.assign(document, { status, progress_percent: percent });
    tell(client, "document", { id: document.id, status, percent });
  }, STEP_MS * (at + 1)).unref());
}

const FAQ_FIELDS = ["question", "answer", "phrasings", "category", "language", "priority", "enabled", "status"];

function faqs({ request, method, query, body }, own, id, send) {
  if (id === undefined && method === "GET") return send(200, pageOf(own.faqs, query));
  if (id === "bulk") {
    const chosen = body.ids.map((it) => found(own.faqs, it));
    if (body.action === "delete") own.faqs = own.faqs.filter((it) => !chosen.includes(it));
    else chosen.forEach((faq) => Object.assign(faq, { enabled: body.action === "enable", version: faq.version + 1 }));
    return send(200, { done: chosen.length });
  }
  if (method !== "GET" && method !== "DELETE") {
    checkFields(body, FAQ_FIELDS);
    checkText(body, "question", 500, { isOptional: id !== undefined });
    checkText(body, "answer", 5000, { isOptional: id !== undefined });
    if (body.priority > 100) throw invalid("/priority", "The priority is a number from 0 to 100.");
    if (own.faqs.some((faq) => faq.question === body.question && faq.id !== id)) throw invalid("/question", "Another FAQ has this question.");
  }
  if (id === undefined) {
    const faq = { id: idOf("faq"), status: "ready", uses: 0, last_used_at: null, created_at: new Date().toISOString(), updated_at: new Date().toISOString(), version: 1, ...body };
    own.faqs.unshift(faq);
    return send(201, faq, etagOf(faq));
  }
  const faq = found(own.faqs, id);
  if (method === "DELETE") {
    own.faqs.splice(own.faqs.indexOf(faq), 1);
    return send(204, null);
  }
  if (method === "PATCH") {
    checkVersion(request, faq);
    Object.assign(faq, body, { version: faq.version + 1 });
  }
  return send(200, faq, etagOf(faq));
}

function config({ request, method, body }, own, id, client, send) {
  const present = own.config;
  if (id === "logo") Object.assign(present, { logo_file_url: method === "POST" ? "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7" : null, version: present.version + 1 });
  else if (method === "PATCH") {
    checkVersion(request, present);
    if (body.accent_color?.toLowerCase() === "#ffd400") throw invalid("/accent_color", "#ffd400 has too little contrast to the light theme's background #ffffff: 1.42:1, and WCAG AA asks for 3:1. The nearest that passes is #a88b00.");
    if (body.width_px !== undefined && !(body.width_px >= 200 && body.width_px <= 800)) throw invalid("/width_px", "The width is 200 to 800.");
    const odd = (body.allowed_domains ?? []).findIndex((domain) => !/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/.test(domain));
    if (odd >= 0) throw invalid(`/allowed_domains/${odd}`, "Write a host, such as example.com or *.example.com.");
    Object.assign(present, body, { version: present.version + 1 });
  }
  return send(200, { client_id: client, ...present }, etagOf(present));
}

function instructions({ request, method, query, body }, own, id, send) {
  const view = () => ({ ...own.instructions, models: ["small-1", "large-1"], variables: ["assistant", "company", "date", "hours"] });
  if (id === "versions") return send(200, pageOf(own.versions, query));
  if (id === "templates") return send(200, { items: [{ trade: "dental_practice", title: "Dental practice", instructions: "You are {{assistant}} of {{company}}. Never give medical advice." }, { trade: "bike_shop", title: "Bike shop", instructions: "You are {{assistant}} of {{company}}. Help with parts and repairs." }] });
  if (method !== "GET") {
    checkVersion(request, own.instructions);
    if (body.temperature > 2) throw invalid("/temperature", "The temperature is a number from 0 to 2.");
    const base = id === "rollback" ? own.versions.find(({ version }) => version === body.version) : body;
    if (!base) throw new Refusal(404, "not_found");
    const next = { ...own.instructions, ...base, version: own.instructions.version + 1, created_at: new Date().toISOString() };
    own.instructions = next;
    own.versions.unshift({ ...next, id: idOf("instr"), restored_version: id === "rollback" ? body.version : null });
  }
  return send(200, view(), etagOf(own.instructions));
}

function contacts({ method, query, body }, own, id, send) {
  own.contacts ??= [];
  if (method === "GET") return send(200, pageOf(own.contacts, query));
  if (method === "DELETE") {
    own.contacts.splice(own.contacts.indexOf(found(own.contacts, id)), 1);
    return send(204, null);
  }
  checkFields(body, ["name", "email"]);
  checkEmail(body, "email");
  if (own.contacts.some(({ email }) => email.toLowerCase() === body.email.toLowerCase())) throw new Refusal(409, "wrong_state", { detail: "This address is a billing contact already." });
  const contact = { id: idOf("contact"), name: body.name, email: body.email, created_at: new Date().toISOString() };
  own.contacts.unshift(contact);
  return send(201, contact);
}

function keys({ method, query, body }, own, id, send) {
  if (method === "GET") return send(200, pageOf(own.keys, query));
  if (method === "DELETE") {
    own.keys.splice(own.keys.indexOf(found(own.keys, id)), 1);
    return send(204, null);
  }
  checkFields(body, ["name", "scopes"]);
  checkText(body, "name", 100);
  if (body.scopes?.length === 0) throw invalid("/scopes", "Name at least one scope.");
  const key = { id: idOf("key"), name: body.name, prefix: "snip_sk_77aa", scopes: body.scopes, created_at: new Date().toISOString(), last_used_at: null, expires_at: null };
  own.keys.unshift(key);
  return send(201, { ...key, api_key: "snip_sk_77aashownonce000000000000000000000" });
}

async function testChat(response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const event = (name, data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  event("meta", { message_id: idOf("msg"), conversation_id: idOf("conv") });
  const characters = Array.from(ANSWER.response);
  for (let at = 0; at < characters.length && !response.destroyed; at += PIECE_CHARS) {
    event("delta", { text: characters.slice(at, at + PIECE_CHARS).join("") });
    await new Promise((resolve) => setTimeout(resolve, PIECE_MS));
  }
  event("citations", { citations: ANSWER.citations });
  event("done", { answered_by: ANSWER.answered_by, ending: "whole", stopped: false, usage: null, response: ANSWER.response });
  event("explanation", EXPLANATION);
  response.end();
  return true;
}
