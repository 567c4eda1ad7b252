// The stand-in's manners: problems, pages, entity tags, bodies.

export class Refusal extends Error {
  constructor(status, code, { detail = "What happened, then what to do.", errors = [], headers = {} } = {}) {
    super(code);
    Object.assign(this, { status, code, detail, errors, headers });
  }
}

export const invalid = (pointer, detail) => new Refusal(422, "validation_failed", { detail: "A value is missing or not allowed.", errors: [{ pointer, detail }] });

export function json(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers }).end(status === 204 ? undefined : JSON.stringify(body));
}

export function refuse(response, error) {
  const { status = 500, code = "internal", detail = "Something went wrong on the server.", errors = [], headers = {} } = error instanceof Refusal ? error : {};
  if (!(error instanceof Refusal)) console.error(error);
  const body = { type: `/problems/${code}`, title: code, status, code, detail, errors, request_id: "req_00000000000000000000000001" };
  response.writeHead(status, { "content-type": "application/problem+json", ...headers }).end(JSON.stringify(body));
}

/** A page by cursor: the cursor is the id of the last item that was given. */
export function pageOf(items, query, usual = 50) {
  const limit = Math.min(Number(query.get("limit") ?? usual), 100);
  const cursor = query.get("cursor");
  const from = cursor ? items.findIndex(({ id }) => id === cursor) + 1 : 0;
  const page = items.slice(from, from + limit);
  return { items: page, next_cursor: from + limit < items.length ? page[page.length - 1].id : null };
}

export const etagOf = ({ version }) => ({ etag: `"${version}"` });

export function checkVersion(request, item) {
  const expected = request.headers["if-match"];
  if (expected && expected !== `"${item.version}"`) throw new Refusal(409, "stale_version", { detail: "Somebody else changed this in the meantime." });
}

export async function bytesOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** Unknown fields are refused, as by the server. */
export function checkFields(body, known) {
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown) throw invalid(`/${unknown}`, "There is no such field.");
}

export function checkText(body, name, max, { isOptional = false } = {}) {
  const value = body[name];
  if (value === undefined && isOptional) return;
  if (typeof value !== "string" || value.trim() === "") throw invalid(`/${name}`, `Write 1 to ${max} characters.`);
  if (Array.from(value).length > max) throw invalid(`/${name}`, `At most ${max} characters are allowed.`);
}

export function checkEmail(body, name, { isOptional = false } = {}) {
  if (body[name] === undefined && isOptional) return;
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(body[name] ?? "")) throw invalid(`/${name}`, "This is not an e-mail address.");
}
