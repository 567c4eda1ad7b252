// Who is signed in. Read once at the start; the pages read it from here. The cookie is the browser's: no script sees it.

import { useSyncExternalStore } from "react";
import { call, setCsrfToken, setSessionHooks, type Failure } from "./api";
import type { Membership, Permission, Person, Session } from "./contract";
import { forgetAll } from "./query";

export type SessionState =
  | { readonly kind: "unknown" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "signed_out"; readonly why: "never" | "ended" | "left" }
  | { readonly kind: "signed_in"; readonly session: Session };

let state: SessionState = { kind: "unknown" };
const listeners = new Set<() => void>();

function set(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSessionState(): SessionState {
  return useSyncExternalStore(listen, () => state);
}

export function startSession(session: Session): void {
  setCsrfToken(session.csrf_token);
  set({ kind: "signed_in", session });
}

export async function readSession(): Promise<void> {
  const outcome = await call<Session>("get", "/api/session");
  if (outcome.kind === "ok") startSession(outcome.value);
  else if (outcome.kind === "failed" && outcome.failure.status === 401) set({ kind: "signed_out", why: "never" });
  else if (outcome.kind === "failed") set({ kind: "failed", failure: outcome.failure });
}

export async function signOut(): Promise<Failure | null> {
  const outcome = await call<null>("delete", "/api/session");
  if (outcome.kind === "failed" && outcome.failure.status !== 401) return outcome.failure;
  forgetAll();
  set({ kind: "signed_out", why: "left" });
  return null;
}

setSessionHooks({
  signedOut: () => {
    if (state.kind !== "signed_in") return;
    forgetAll();
    set({ kind: "signed_out", why: "ended" });
  },
  renew: async () => {
    const outcome = await call<Session>("get", "/api/session");
    if (outcome.kind === "ok") startSession(outcome.value);
  },
});

export function useSession(): Session {
  const current = useSessionState();
  if (current.kind !== "signed_in") throw new Error("a page was drawn without a session");
  return current.session;
}

export function setPerson(person: Person): void {
  if (state.kind === "signed_in") set({ kind: "signed_in", session: { ...state.session, person } });
}

/** The product's name as the agency calls it; empty as long as nobody has said. */
export function useProduct(): string {
  const current = useSessionState();
  return current.kind === "signed_in" ? current.session.product.name : "";
}

export function agencyMembership(session: Session): Membership | null {
  return session.memberships.find(({ kind }) => kind === "agency") ?? null;
}

export function clientMemberships(session: Session): readonly Membership[] {
  return session.memberships.filter(({ kind }) => kind === "client");
}

/** What may be done with a client (null: with the agency). The agency's people hold their permissions with every client. */
export function permissionsFor(session: Session, client: string | null): ReadonlySet<Permission> {
  const counting = session.memberships.filter((it) => it.kind === "agency" || (client !== null && it.client_id === client));
  return new Set(client === null ? (agencyMembership(session)?.permissions ?? []) : counting.flatMap(({ permissions }) => permissions));
}

export function useMay(client: string | null): (permission: Permission) => boolean {
  const permissions = permissionsFor(useSession(), client);
  return (permission) => permissions.has(permission);
}

/** One of a managed client's own: sees results, while the agency does the rest. */
export function isServedIn(session: Session, client: string | null): boolean {
  if (agencyMembership(session)) return false;
  return clientMemberships(session).some((it) => it.client_id === client && it.service === "managed");
}

/** A session that was made from a key opens what its scopes name, and nothing that belongs to people. */
export function isByKey(session: Session): boolean {
  return session.person === null;
}

/** Reads the session again: where it has ended, that leads to the door. */
export async function checkSession(): Promise<void> {
  await call<Session>("get", "/api/session");
}
