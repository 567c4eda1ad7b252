// The sections of `locales/dashboard.json`, each a module of its own (`scripts/dashboard.mjs`).

type Locale = typeof import("../locales/dashboard.json");

declare module "texts:common" { const text: Locale["common"]; export { text }; }
declare module "texts:failure" { const text: Locale["failure"]; export { text }; }
declare module "texts:shell" { const text: Locale["shell"]; export { text }; }
declare module "texts:person" { const text: Locale["person"]; export { text }; }
declare module "texts:sign_in" { const text: Locale["sign_in"]; export { text }; }
declare module "texts:clients" { const text: Locale["clients"]; export { text }; }
declare module "texts:members" { const text: Locale["members"]; export { text }; }
declare module "texts:billing_contacts" { const text: Locale["billing_contacts"]; export { text }; }
declare module "texts:operations" { const text: Locale["operations"]; export { text }; }
declare module "texts:overview" { const text: Locale["overview"]; export { text }; }
declare module "texts:documents" { const text: Locale["documents"]; export { text }; }
declare module "texts:faqs" { const text: Locale["faqs"]; export { text }; }
declare module "texts:gaps" { const text: Locale["gaps"]; export { text }; }
declare module "texts:conversations" { const text: Locale["conversations"]; export { text }; }
declare module "texts:conversation_tags" { const text: Locale["conversation_tags"]; export { text }; }
declare module "texts:conversation_export" { const text: Locale["conversation_export"]; export { text }; }
declare module "texts:conversation_share" { const text: Locale["conversation_share"]; export { text }; }
declare module "texts:widget" { const text: Locale["widget"]; export { text }; }
declare module "texts:install" { const text: Locale["install"]; export { text }; }
declare module "texts:instructions" { const text: Locale["instructions"]; export { text }; }
declare module "texts:test_chat" { const text: Locale["test_chat"]; export { text }; }
declare module "texts:keys" { const text: Locale["keys"]; export { text }; }
declare module "texts:settings" { const text: Locale["settings"]; export { text }; }
declare module "texts:explanation" { const text: Locale["explanation"]; export { text }; }
declare module "texts:serving" { const text: Locale["serving"]; export { text }; }
declare module "texts:agency_keys" { const text: Locale["agency_keys"]; export { text }; }
declare module "texts:key_claim" { const text: Locale["key_claim"]; export { text }; }
declare module "texts:sign_up" { const text: Locale["sign_up"]; export { text }; }
