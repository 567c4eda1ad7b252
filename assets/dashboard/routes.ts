// One row per page: its address, what it needs, its place in the navigation, and the module that draws it.

import { lazy, type ComponentType } from "react";
import { text } from "texts:shell";
import type { Permission, Session } from "./contract";
import { match } from "./router";
import { agencyMembership, clientMemberships, isByKey, permissionsFor } from "./session";
import type { IconName } from "./ui/icons";

export type PageProps = { readonly client: string; readonly values: Readonly<Record<string, string>> };
type Group = "agency" | "insight" | "knowledge" | "assistant" | "manage";
export type Route = {
  readonly pattern: string;
  readonly needs: Permission;
  /** Behind it stands nothing that a session made from a key may read. */
  readonly isForPeople?: true;
  readonly nav: { readonly group: Group; readonly label: string; readonly icon: IconName } | null;
  readonly page: ComponentType<PageProps>;
};

function page<Name extends string>(load: () => Promise<Record<Name, ComponentType<PageProps>>>, name: Name): ComponentType<PageProps> {
  return lazy<ComponentType<PageProps>>(() => load().then((module) => ({ default: module[name] })));
}

const conversations = page(() => import("./pages/conversations"), "ConversationsPage");
const nav = text.nav;

export const ROUTES: readonly Route[] = [
  { pattern: "/agency/clients", needs: "clients:read", nav: { group: "agency", label: nav.clients, icon: "home" }, page: page(() => import("./pages/clients"), "ClientsPage") },
  { pattern: "/agency/members", needs: "staff:read", nav: { group: "agency", label: nav.members, icon: "people" }, page: page(() => import("./pages/members"), "MembersPage") },
  { pattern: "/agency/jobs", needs: "jobs:read", nav: { group: "agency", label: nav.jobs, icon: "jobs" }, page: page(() => import("./pages/jobs"), "JobsPage") },
  { pattern: "/agency/mails", needs: "mails:read", nav: { group: "agency", label: nav.mails, icon: "mail" }, page: page(() => import("./pages/mails"), "MailsPage") },
  { pattern: "/agency/keys", needs: "agency_keys:write", nav: { group: "agency", label: nav.agency_keys, icon: "key" }, page: page(() => import("./pages/agency-keys"), "AgencyKeysPage") },
  { pattern: "/agency/audit", needs: "audit:read", nav: { group: "agency", label: nav.audit, icon: "shield" }, page: page(() => import("./pages/audit"), "AuditPage") },
  { pattern: "/clients/:client/overview", needs: "results:read", isForPeople: true, nav: { group: "insight", label: nav.overview, icon: "activity" }, page: page(() => import("./pages/overview"), "OverviewPage") },
  { pattern: "/clients/:client/conversations", needs: "conversations:read", nav: { group: "insight", label: nav.conversations, icon: "chat" }, page: conversations },
  { pattern: "/clients/:client/conversations/:conversation", needs: "conversations:read", nav: null, page: conversations },
  { pattern: "/clients/:client/documents", needs: "knowledge:read", nav: { group: "knowledge", label: nav.documents, icon: "documents" }, page: page(() => import("./pages/documents"), "DocumentsPage") },
  { pattern: "/clients/:client/faqs", needs: "knowledge:read", nav: { group: "knowledge", label: nav.faqs, icon: "book" }, page: page(() => import("./pages/faqs"), "FaqsPage") },
  { pattern: "/clients/:client/gaps", needs: "knowledge:read", nav: { group: "knowledge", label: nav.gaps, icon: "gap" }, page: page(() => import("./pages/gaps"), "GapsPage") },
  { pattern: "/clients/:client/widget", needs: "settings:read", nav: { group: "assistant", label: nav.widget, icon: "widget" }, page: page(() => import("./pages/widget"), "WidgetPage") },
  { pattern: "/clients/:client/install", needs: "settings:read", nav: { group: "assistant", label: nav.install, icon: "external" }, page: page(() => import("./pages/install"), "InstallPage") },
  { pattern: "/clients/:client/instructions", needs: "settings:read", nav: { group: "assistant", label: nav.instructions, icon: "instructions" }, page: page(() => import("./pages/instructions"), "InstructionsPage") },
  { pattern: "/clients/:client/test-chat", needs: "knowledge:read", isForPeople: true, nav: { group: "assistant", label: nav.test_chat, icon: "spark" }, page: page(() => import("./pages/test-chat"), "TestChatPage") },
  { pattern: "/clients/:client/members", needs: "members:read", nav: { group: "manage", label: nav.members, icon: "people" }, page: page(() => import("./pages/members"), "MembersPage") },
  { pattern: "/clients/:client/keys", needs: "keys:read", nav: { group: "manage", label: nav.keys, icon: "key" }, page: page(() => import("./pages/keys"), "KeysPage") },
  { pattern: "/clients/:client/settings", needs: "settings:read", nav: { group: "manage", label: nav.settings, icon: "settings" }, page: page(() => import("./pages/settings"), "SettingsPage") },
];

export type Found = { readonly route: Route; readonly values: Readonly<Record<string, string>>; readonly client: string | null };

export function findRoute(path: string): Found | null {
  for (const route of ROUTES) {
    const values = match(route.pattern, path);
    if (values) return { route, values, client: values["client"] ?? null };
  }
  return null;
}

/** A client without any of one's memberships is not there, as the server also says. */
export function maySee(session: Session, client: string | null, { needs, isForPeople }: Route): boolean {
  if (isForPeople && isByKey(session)) return false;
  return permissionsFor(session, client).has(needs);
}

/** The first page of the agency (null) or of a client that somebody may see. */
function firstPage(session: Session, client: string | null): string | null {
  const found = ROUTES.find((route) => route.nav !== null && (route.nav.group === "agency") === (client === null) && maySee(session, client, route));
  return found?.pattern.replace(":client", client ?? "") ?? null;
}

/** Where somebody lands: the agency's clients, the only client, or the choice. */
export function homeOf(session: Session): string {
  const own = clientMemberships(session);
  const only = own.length === 1 ? (own[0]?.client_id ?? null) : null;
  return (agencyMembership(session) && firstPage(session, null)) ?? (only && firstPage(session, only)) ?? "/clients";
}

export const GROUPS: readonly Group[] = ["agency", "insight", "knowledge", "assistant", "manage"];
