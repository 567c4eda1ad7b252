// The stand-in's conversations: the list and its filters, marks, tags, many at once, export, links.

import { found } from "./agency.mjs";
import { ago, EXPLANATION, idOf } from "./data.mjs";
import { checkFields, checkText, checkVersion, etagOf, invalid, pageOf, Refusal } from "./http.mjs";

const TAGS_MAX = 20;
const TAG_CHARS_MAX = 40;
const IDS_MAX = 100;
const SHARES_MAX = 20;
const LISTED_TAGS_MAX = 500;
const ACTIONS = ["archive", "unarchive", "bookmark", "unbookmark", "add_tag", "remove_tag", "delete"];
const TYPES = { json: "application/json", jsonl: "application/jsonl", markdown: "text/markdown; charset=utf-8", csv: "text/csv; charset=utf-8" };

const viewOf = ({ messages: _, shares: __, ...rest }) => rest;
const isSame = (one, other) => one.toLowerCase() === other.toLowerCase();
const sorted = (tags) => [...tags].sort((one, other) => one.localeCompare(other, "en", { sensitivity: "base" }));

export function conversationRoutes(call, own, id, verb, rest, send) {
  const { method, query } = call;
  if (id === undefined) return send(200, pageOf(filtered(own, query).map(viewOf), query));
  if (id === "bulk") return send(200, changeMany(own, call.body));
  if (id === "tags") return send(200, tagsOf(own));
  if (id === "export") return exported(call, own);
  const conversation = found(own.conversations, id);
  if (verb === undefined && method === "GET") return send(200, viewOf(conversation), etagOf(conversation));
  if (verb === undefined && method === "PATCH") return send(200, viewOf(change(call, own, conversation)), etagOf(conversation));
  if (verb === undefined && method === "DELETE") {
    own.conversations.splice(own.conversations.indexOf(conversation), 1);
    return send(204, null);
  }
  if (verb === "shares") return shares(call, conversation, rest.split("/")[3], send);
  if (verb !== "messages") throw new Refusal(404, "not_found");
  if (rest.endsWith("/explanation")) {
    if (conversation !== own.conversations[0]) throw new Refusal(404, "not_found", { detail: "The reasons of this answer are not kept any more." });
    return send(200, EXPLANATION);
  }
  return send(200, pageOf([...conversation.messages].reverse(), query));
}

function filtered(own, query) {
  const archived = query.get("archived") ?? "exclude";
  if (!["exclude", "only", "include"].includes(archived)) throw invalid("/archived", "Write exclude, only or include.");
  const words = query.get("q")?.toLowerCase() ?? "";
  const tag = query.get("tag");
  const has = ({ messages, visitor }) => [visitor?.name ?? "", visitor?.email ?? "", ...messages.map(({ text }) => text)].some((it) => it.toLowerCase().includes(words));
  return own.conversations.filter((it) => has(it)
    && (query.get("since") ?? "") <= it.created_at && (query.get("until") ?? "9") > it.created_at
    && (archived === "include" || (it.archived_at !== null) === (archived === "only"))
    && (query.get("bookmarked") !== "true" || it.bookmarked_at !== null)
    && (tag === null || it.tags.some((own) => isSame(own, tag))));
}

function tagsOf(own) {
  const counts = new Map();
  for (const tag of own.conversations.flatMap(({ tags }) => tags)) {
    const known = [...counts.keys()].find((it) => isSame(it, tag)) ?? tag;
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return { items: sorted(counts.keys()).slice(0, LISTED_TAGS_MAX).map((tag) => ({ tag, conversations: counts.get(tag) })), next_cursor: null };
}

/** Trimmed, with single spaces inside, and spelled as the client spelled it first. */
function tagOf(own, text, pointer) {
  const tag = String(text ?? "").trim().replace(/\s+/g, " ");
  const found = Array.from(tag).length;
  if (found < 1 || found > TAG_CHARS_MAX) throw invalid(pointer, `A tag has 1 to ${TAG_CHARS_MAX} characters, in one line; this one has ${found}.`);
  return own.conversations.flatMap(({ tags }) => tags).find((it) => isSame(it, tag)) ?? tag;
}

function change({ request, body }, own, conversation) {
  checkVersion(request, conversation);
  checkFields(body, ["bookmarked", "archived", "tags"]);
  if (body.tags !== undefined) {
    const tags = body.tags.map((tag, at) => tagOf(own, tag, `/tags/${at}`));
    if (tags.length > TAGS_MAX) throw invalid("/tags", `This list must have at most ${TAGS_MAX} items.`);
    conversation.tags = sorted(tags.filter((tag, at) => tags.findIndex((it) => isSame(it, tag)) === at));
  }
  if (body.bookmarked !== undefined) conversation.bookmarked_at = body.bookmarked ? (conversation.bookmarked_at ?? ago(0)) : null;
  if (body.archived !== undefined) conversation.archived_at = body.archived ? (conversation.archived_at ?? ago(0)) : null;
  conversation.version += 1;
  return conversation;
}

/** Each act on one conversation; true where it is otherwise than before. */
const ACTS = {
  archive: (it) => it.archived_at === null && ((it.archived_at = ago(0)), true),
  unarchive: (it) => it.archived_at !== null && ((it.archived_at = null), true),
  bookmark: (it) => it.bookmarked_at === null && ((it.bookmarked_at = ago(0)), true),
  unbookmark: (it) => it.bookmarked_at !== null && ((it.bookmarked_at = null), true),
  add_tag: (it, tag) => !it.tags.some((own) => isSame(own, tag)) && ((it.tags = sorted([...it.tags, tag])), true),
  remove_tag: (it, tag) => it.tags.some((own) => isSame(own, tag)) && ((it.tags = it.tags.filter((own) => !isSame(own, tag))), true),
  delete: (it, _, own) => own.conversations.splice(own.conversations.indexOf(it), 1).length === 1,
};

function changeMany(own, body) {
  checkFields(body, ["ids", "action", "tag"]);
  if (!Array.isArray(body.ids) || body.ids.length === 0 || body.ids.length > IDS_MAX) throw invalid("/ids", `Name 1 to ${IDS_MAX} conversations.`);
  if (!ACTIONS.includes(body.action)) throw invalid("/action", "There is no such act.");
  const isOfTag = ["add_tag", "remove_tag"].includes(body.action);
  const tag = isOfTag ? tagOf(own, body.tag, "/tag") : null;
  if (!isOfTag && body.tag != null) throw invalid("/tag", "A tag belongs to add_tag and remove_tag only.");
  const chosen = own.conversations.filter(({ id }) => body.ids.includes(id));
  if (body.action === "add_tag" && chosen.some(({ tags }) => tags.length >= TAGS_MAX && !tags.some((it) => isSame(it, tag)))) {
    throw new Refusal(403, "quota_reached", { detail: `A conversation has at most ${TAGS_MAX} tags. Remove one first.` });
  }
  const changed = chosen.filter((it) => ACTS[body.action](it, tag, own));
  changed.forEach((it) => (it.version += 1));
  return { changed: changed.map(({ id }) => id) };
}

function exported({ query, response }, own) {
  const format = query.get("format");
  if (!(format in TYPES)) throw invalid("/format", "Write json, jsonl, markdown or csv.");
  const ids = query.get("ids")?.split(",");
  if (ids && ids.length > IDS_MAX) throw invalid("/ids", `Name at most ${IDS_MAX} conversations.`);
  const chosen = ids ? own.conversations.filter(({ id }) => ids.includes(id)) : filtered(own, query);
  const views = chosen.map((it) => ({ ...viewOf(it), messages: it.messages }));
  const written = {
    json: () => JSON.stringify(views),
    jsonl: () => views.map((it) => `${JSON.stringify(it)}\n`).join(""),
    markdown: () => views.map(({ id, messages }) => `# ${id}\n\n${messages.map(({ role, text }) => `**${role}:** ${text}\n\n`).join("")}`).join(""),
    csv: () => ["conversation,role,text", ...views.flatMap(({ id, messages }) => messages.map(({ role, text }) => `${id},${role},"${text.replace(/"/g, '""')}"`))].join("\r\n"),
  };
  const ending = format === "markdown" ? "md" : format;
  response.writeHead(200, { "content-type": TYPES[format], "content-disposition": `attachment; filename="conversations.${ending}"` }).end(written[format]());
  return true;
}

function shares({ method, body, need, client }, conversation, share, send) {
  // Also to read them: a link is as good as the conversation itself.
  need("conversations:write", client);
  conversation.shares ??= [];
  const open = conversation.shares.filter(({ expires_at }) => expires_at > ago(0));
  if (method === "GET") return send(200, { items: open, next_cursor: null });
  if (method === "DELETE") {
    conversation.shares.splice(conversation.shares.indexOf(found(open, share)), 1);
    return send(204, null);
  }
  checkFields(body, ["expires_in_days", "password"]);
  if (!(body.expires_in_days >= 1 && body.expires_in_days <= 365)) throw invalid("/expires_in_days", "A link is open for 1 to 365 days.");
  if (body.password != null) {
    checkText(body, "password", 128);
    if (Array.from(body.password).length < 8) throw invalid("/password", "A password has 8 to 128 characters.");
  }
  if (open.length >= SHARES_MAX) throw new Refusal(403, "quota_reached", { detail: `This conversation has ${SHARES_MAX} open links already. Revoke one first.` });
  const made = { id: idOf("share"), url: `https://agency.example/s/${idOf("sh")}tT9vXk2LqZr4`, has_password: body.password != null, created_at: ago(0), expires_at: ago(-body.expires_in_days * 1440) };
  conversation.shares.unshift(made);
  return send(201, made);
}
