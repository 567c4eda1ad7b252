// Every request of the dashboard. It ends in a value, in a `Failure` that can be told to people, or aborted;
// nothing here throws. Writes carry the session's CSRF token. Values are trusted to be what the types say: they come
// from the server that also served this script.

import { text } from "texts:failure";
import type { paths } from "../shared/api-types";
import { fill } from "../shared/strings";

const TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 10 * 60_000;

export type FieldError = { readonly pointer: string; readonly detail: string };
export type Failure = {
  /** 0 where no answer came. */
  readonly status: number;
  readonly code: string;
  /** What happened and what to do, for people. */
  readonly message: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;
};
export type Outcome<Value> =
  | { readonly kind: "ok"; readonly value: Value; readonly etag: string | null }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "aborted" };

export type Method = "get" | "post" | "put" | "patch" | "delete";
export type CallOptions = {
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>> | undefined;
  readonly body?: unknown;
  readonly ifMatch?: string | null | undefined;
  /** Makes a repeated creation answer as the first one did. */
  readonly idempotencyKey?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The page says itself what a missing session means for it. */
  readonly isDoor?: boolean | undefined;
};

let csrfToken = "";
let onSignedOut: () => void = () => undefined;
let renewSession: () => Promise<void> = async () => undefined;

export function csrfHeader(): Readonly<Record<string, string>> {
  return { "x-csrf-token": csrfToken };
}

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** What to do when the session has ended, and how to read it anew. */
export function setSessionHooks(hooks: { signedOut: () => void; renew: () => Promise<void> }): void {
  onSignedOut = hooks.signedOut;
  renewSession = hooks.renew;
}

export async function call<Value>(method: Method, path: string, options: CallOptions = {}): Promise<Outcome<Value>> {
  const opened = await open(method, path, options);
  if (opened.kind !== "ok") return opened;
  const response = opened.value;
  try {
    return { kind: "ok", value: (await bodyOf(response)) as Value, etag: response.headers.get("etag") };
  } catch {
    // It broke off between its head and its end.
    return options.signal?.aborted ? { kind: "aborted" } : { kind: "failed", failure: silence(navigator.onLine ? "unreachable" : "offline") };
  }
}

function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return Promise.resolve(null);
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return isJson ? response.json() : response.text();
}

/** A response that said success; its body is still to be read. */
export function open(method: Method, path: string, options: CallOptions = {}): Promise<Outcome<Response>> {
  return inSession(() => attempt(method, path, options), options.isDoor);
}

/** An attempt of somebody who is signed in: made once more where only the token was an old one, and told of where the session has ended. */
export async function inSession<Value>(attempt: () => Promise<Outcome<Value>>, isDoor = false): Promise<Outcome<Value>> {
  let outcome = await attempt();
  if (outcome.kind === "failed" && outcome.failure.code === "csrf_refused") {
    // Another tab signed in anew: its token is the session's now.
    await renewSession();
    outcome = await attempt();
  }
  if (outcome.kind === "failed" && outcome.failure.code === "session_missing" && !isDoor) onSignedOut();
  // What somebody may do can change while they look: the pages follow what the session says now.
  if (outcome.kind === "failed" && outcome.failure.code === "forbidden" && !isDoor) void renewSession();
  return outcome;
}

async function attempt(method: Method, path: string, options: CallOptions): Promise<Outcome<Response>> {
  const { body, signal } = options;
  const isForm = body instanceof FormData;
  const headers = new Headers({ accept: options.accept ?? "application/json" });
  if (method !== "get") headers.set("x-csrf-token", csrfToken);
  if (body !== undefined && !isForm) headers.set("content-type", "application/json");
  if (options.ifMatch) headers.set("if-match", options.ifMatch);
  if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
  const timeout = AbortSignal.timeout(isForm ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS);
  try {
    const response = await fetch(path + queryText(options.query), {
      method: method.toUpperCase(),
      headers,
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      credentials: "same-origin",
      cache: "no-store",
    });
    if (response.ok) return { kind: "ok", value: response, etag: null };
    return { kind: "failed", failure: failureOf(response.status, response.headers.get("retry-after"), await response.json().catch(() => null)) };
  } catch {
    if (signal?.aborted) return { kind: "aborted" };
    return { kind: "failed", failure: silence(timeout.aborted ? "timeout" : navigator.onLine ? "unreachable" : "offline") };
  }
}

export function silence(code: "timeout" | "unreachable" | "offline"): Failure {
  return { status: 0, code, message: text[code], errors: [], requestId: null, retryAfterSeconds: null };
}

/** The server's problem (RFC 9457); a proxy's own page has no fields. */
export function failureOf(status: number, retryAfter: string | null, body: unknown): Failure {
  const fields = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  const word = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  const errors = Array.isArray(fields["errors"]) ? (fields["errors"] as FieldError[]) : [];
  const seconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  return {
    status,
    code: word("code") || `http_${status}`,
    message: messageOf(status, word("code"), word("detail") || word("title"), seconds),
    errors,
    requestId: word("request_id") || null,
    retryAfterSeconds: seconds,
  };
}

function messageOf(status: number, code: string, detail: string, retryAfterSeconds: number | null): string {
  if (code === "rate_limited") return retryAfterSeconds ? fill(text.rate_limited_wait, { seconds: retryAfterSeconds }) : text.rate_limited;
  if (code === "stale_version") return text.stale;
  if (detail !== "") return detail;
  if (status === 403) return text.forbidden;
  if (status === 404) return text.not_found;
  return status >= 500 ? text.server : text.unknown;
}

/** With its question mark; empty where nothing is asked for. */
export function queryText(query: CallOptions["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const written = parameters.toString();
  return written === "" ? "" : `?${written}`;
}

type JsonOf<Operation> = Operation extends { responses: infer Responses }
  ? Responses[keyof Responses] extends { content: infer Content }
    ? Content extends { "application/json": infer Value } ? Value : string
    : null
  : never;
type BodyOf<Operation> = Operation extends { requestBody: { content: { "application/json": infer Body } } } ? Body : FormData | undefined;
type ClientOptions<Operation> = Omit<CallOptions, "body"> & {
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: BodyOf<Operation>;
};

/** One of today's short paths, as the resource of one client: `/api/faqs` → `/api/clients/{client}/faqs`. */
export function callClient<Path extends keyof paths, Verb extends Method & keyof paths[Path]>(
  client: string,
  method: Verb,
  path: Path,
  { path: names = {}, ...options }: ClientOptions<paths[Path][Verb]> = {},
): Promise<Outcome<JsonOf<paths[Path][Verb]>>> {
  return call(method, clientPath(client, path, names), options);
}

export function clientPath(client: string, path: string, names: Readonly<Record<string, string>> = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));
  return filled.replace(/^\/api\//, `/api/clients/${encodeURIComponent(client)}/`);
}
