// The part of the HTTP contract that the OpenAPI document does not describe yet, written by hand. As the server
// gains a route, its types move to `shared/api-types.ts`, and leave here.

import type { components } from "../shared/api-types";

export type Schemas = components["schemas"];
/** A page of a list. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next_cursor: string | null };

export type Permission =
  | "clients:read" | "clients:write" | "members:read" | "members:write" | "knowledge:read" | "knowledge:write"
  | "conversations:read" | "conversations:write" | "settings:read" | "settings:write" | "keys:read" | "keys:write"
  | "results:read" | "client:own" | "staff:read" | "staff:write" | "jobs:read" | "jobs:write" | "mails:read" | "mails:write" | "audit:read"
  | "agency_keys:write" | "agency:own";

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
  /** How the client is served; null in the agency. */
  readonly service: Service | null;
};

/** Managed: the client's own people and keys see results, and the agency does the rest. */
export type Service = "self_serve" | "managed";
/** Demo and test: answers and documents are capped, mails are written and not sent, and the agency's figures leave them out. */
export type Purpose = "live" | "demo" | "test";
export const SERVICES: readonly Service[] = ["self_serve", "managed"];
export const PURPOSES: readonly Purpose[] = ["live", "demo", "test"];

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
  readonly service: Service;
  readonly purpose: Purpose;
  /** Null for a live client. */
  readonly caps: { readonly answers_per_day: number; readonly answers_today: number; readonly documents: number; readonly members: number } | null;
  /** Of a client that signed up by itself. */
  readonly plan: "trial" | "free" | null;
  readonly trial_ends_at: string | null;
};

/** Somebody who hears of a client's account. */
export type BillingContact = { readonly id: string; readonly name: string; readonly email: string; readonly created_at: string };

export const CLIENT_NAME_CHARS_MAX = 100;
export type NewClient = {
  readonly name: string;
  readonly email: string;
  readonly owner_email?: string;
  readonly service: Service;
  readonly purpose: Purpose;
  /** The address gets a link that makes a key of its own. */
  readonly mail_key: boolean;
};
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

/** Those that work while a client is managed. */
export const SERVED_SCOPES = ["conversations_read", "conversations_write", "usage_read"] as const;

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

export type MailState = "queued" | "sent" | "delivered" | "failed" | "suppressed" | "simulated";
export type Mail = {
  readonly id: string;
  /** Empty once it was erased, like the subject. */
  readonly to: string;
  readonly subject: string;
  readonly purpose: string;
  readonly state: MailState;
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

/** Of the live clients; `clients` counts by what they are for, and those that are suspended apart. */
export type Figures = {
  readonly clients: { readonly live: number; readonly demo: number; readonly test: number; readonly suspended: number };
  readonly conversations_30d: number;
  readonly messages_30d: number;
  readonly unanswered_open: number;
};

/** Where the mail with the client's link to its key stands. */
export type KeyMail = {
  readonly state: "none" | MailState;
  readonly to: string;
  readonly mail_id: string | null;
  readonly last_error: string | null;
  /** When it was asked for. */
  readonly sent_at: string | null;
  readonly expires_at: string | null;
  /** The link was used: the client has its key. */
  readonly claimed_at: string | null;
};

export type KeyClaim = { readonly client_name: string; readonly agency_name: string; readonly email: string; readonly expires_at: string };
export type ClaimedKey = { readonly client_id: string; readonly client_name: string; readonly api_key: string };

export type AgencyKey = {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly permissions: readonly Permission[];
  /** The person's name. */
  readonly created_by: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
};
export type NewAgencyKey = { readonly name: string; readonly permissions: readonly Permission[]; readonly expires_in_days: number | null };
export type CreatedAgencyKey = { readonly id: string; readonly api_key: string };

/** `trial_days` null: the plan is free. */
export type SignUp = { readonly is_open: boolean; readonly agency_name: string; readonly trial_days: number | null };
export type NewSignUp = { readonly email: string; readonly name: string; readonly business: string };
/** What the mail's link confirms. */
export type SignUpOffer = NewSignUp & { readonly agency_name: string; readonly trial_days: number | null };
