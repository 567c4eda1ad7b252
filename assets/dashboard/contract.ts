// The part of the HTTP contract that the OpenAPI document does not describe yet, written by hand. As the server
// gains a route, its types move to `shared/api-types.ts`, and leave here.

import type { components } from "../shared/api-types";

export type Schemas = components["schemas"];
/** A page of a list. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next_cursor: string | null };

export type Permission =
  | "clients:read" | "clients:write" | "members:read" | "members:write" | "knowledge:read" | "knowledge:write"
  | "conversations:read" | "conversations:write" | "settings:read" | "settings:write" | "keys:read" | "keys:write"
  | "client:own" | "staff:read" | "staff:write" | "jobs:read" | "jobs:write" | "mails:read" | "mails:write" | "audit:read"
  | "agency:own";

export type AgencyRole = "owner" | "admin" | "account_manager" | "content_specialist";
export type ClientRole = "owner" | "manager" | "member";

export type Person = { readonly id: string; readonly name: string; readonly email: string };

export type Membership = {
  /** Null, and the role `key`, for a session that was made from a key. */
  readonly id: string | null;
  readonly kind: "agency" | "client";
  readonly client_id: string | null;
  readonly client_name: string | null;
  readonly role: string;
  readonly permissions: readonly Permission[];
  /** Of the agency, and only for the clients that were assigned. */
  readonly is_limited: boolean;
};

export type Session = {
  /** Null for a session that was made from a key. */
  readonly person: Person | null;
  readonly csrf_token: string;
  readonly expires_at: string;
  readonly product: { readonly name: string; readonly support_email: string };
  readonly agency: { readonly name: string } | null;
  readonly memberships: readonly Membership[];
  /** Plain http from elsewhere than this machine, which the operator has allowed. */
  readonly is_insecure: boolean;
};

/** A device that is signed in. */
export type SignedIn = {
  readonly id: string;
  readonly device: string;
  readonly address: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly is_current: boolean;
};

export type Client = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly status: "active" | "suspended";
  /** When it left; it is suspended too. */
  readonly deactivated_at: string | null;
  readonly created_at: string;
  readonly documents: number;
  readonly conversations_30d: number;
  readonly last_message_at: string | null;
};

export const CLIENT_NAME_CHARS_MAX = 100;
export type NewClient = { readonly name: string; readonly email: string; readonly owner_email?: string };
export type CreatedClient = { readonly client: Client; readonly api_key: string };
/** Rows that are being removed for good, by the name of their table. */
export type Erasure = { readonly rows: Readonly<Record<string, number>> };

export type ChecklistId = "document" | "faq" | "look" | "domain" | "seen" | "asked" | "colleague";

export type Overview = {
  readonly checklist: readonly { readonly id: ChecklistId; readonly is_done: boolean }[];
  readonly messages_7d: number;
  readonly conversations_7d: number;
  readonly unanswered_open: number;
  readonly documents: { readonly ready: number; readonly processing: number; readonly failed: number };
  /** `unused`, `answering`, `building` or `without_model`. */
  readonly meaning: { readonly state: string; readonly done: number; readonly total: number };
};

export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
};

/** What a key may do: the scopes of today's keys. */
export const KEY_SCOPES = [
  "knowledge_read", "knowledge_write", "search", "conversations_read", "settings_read", "settings_write", "usage_read",
] as const;

export type Member = {
  readonly id: string;
  readonly person_id: string | null;
  readonly name: string | null;
  readonly email: string;
  readonly role: string;
  readonly state: "invited" | "active" | "off";
  readonly invited_at: string;
  readonly expires_at: string | null;
  readonly last_seen_at: string | null;
  /** The clients that somebody of the agency sees; null: all of them. */
  readonly client_ids: readonly string[] | null;
};

export type Invitation = {
  readonly organisation: string;
  readonly role: string;
  readonly email: string;
  readonly inviter: string;
  readonly message: string | null;
  /** The address has a login already: its person signs in to accept, and keeps their name. */
  readonly is_known: boolean;
};

export type JobState = "failed" | "waiting" | "running" | "done" | "cancelled";
export type Job = {
  readonly id: string;
  readonly kind: string;
  readonly client_id: string | null;
  readonly state: JobState;
  readonly attempts: number;
  readonly run_at: string;
  readonly last_error: string | null;
};

export type Mail = {
  readonly id: string;
  /** Empty once it was erased, like the subject. */
  readonly to: string;
  readonly subject: string;
  readonly purpose: string;
  readonly state: "queued" | "sent" | "delivered" | "failed" | "suppressed";
  readonly attempts: number;
  readonly created_at: string;
  readonly last_error: string | null;
};
export type WholeMail = Mail & { readonly text: string; readonly html: string };

export type AuditEntry = {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly client_id: string | null;
  readonly fields: readonly string[];
};
