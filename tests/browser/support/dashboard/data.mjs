// What the stand-in holds at the start: one agency, a few clients, one of them in full.

let count = 0;
export const idOf = (prefix) => `${prefix}_01jd${String((count += 1)).padStart(22, "0")}`;
const NOW = Date.now();
export const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString();
const DAY = 1440;

const OF_A_CLIENT = ["results:read", "members:read", "members:write", "knowledge:read", "knowledge:write", "conversations:read", "conversations:write", "settings:read", "settings:write", "keys:read", "keys:write", "client:own"];
const ADMIN = ["clients:read", "clients:write", ...OF_A_CLIENT, "staff:read", "staff:write", "jobs:read", "jobs:write", "mails:read", "mails:write", "audit:read", "agency_keys:write"];
/** What a managed client leaves to its own people, as far as their role has it. */
export const MANAGED_KEEPS = ["results:read", "conversations:read", "conversations:write", "members:read", "members:write", "client:own"];
/** The server's own matrix (`domain/people/permissions.rs`). */
export const PERMISSIONS = {
  agency: {
    owner: [...ADMIN, "agency:own"], admin: ADMIN,
    account_manager: ["clients:read", "clients:write", ...OF_A_CLIENT, "staff:read", "mails:read"],
    content_specialist: ["clients:read", "results:read", "knowledge:read", "knowledge:write", "conversations:read", "settings:read"],
  },
  client: {
    owner: OF_A_CLIENT, manager: OF_A_CLIENT.filter((it) => it !== "keys:write" && it !== "client:own"),
    member: ["results:read", "members:read", "knowledge:read", "conversations:read", "conversations:write", "settings:read"],
    key: ["knowledge:read", "knowledge:write", "settings:read", "settings:write", "conversations:read"],
  },
};
/** What a session made from a key may open: the twins of rows behind a key. */
export const TWINS = ["documents", "faqs", "gaps", "config", "instructions", "conversations", "usage", "embed-snippet", "search"];
export const CODE = "314159";
export const API_KEY = "snip_sk_standin00000000000000000000000000000";
export const LINK_TOKEN = "link-token-1";
export const KEY_CLAIM_TOKEN = "key-claim-token-1";
export const SIGN_UP_TOKEN = "sign-up-token-1";
export const INVITATION_TOKEN = "invitation-token-1";
/** Of somebody who has a login already. */
export const KNOWN_INVITATION_TOKEN = "invitation-token-2";

const clientOf = (name, status = "active", messageAt = 30, serving = {}) => ({
  id: idOf("client"), name, email: `hello@${name.toLowerCase().replace(/[^a-z]+/g, "-")}.example`, status, deactivated_at: null, created_at: ago(60 * DAY), documents: 0, conversations_30d: 12, last_message_at: messageAt === null ? null : ago(messageAt), version: 1,
  service: "self_serve", purpose: "live", plan: null, trial_ends_at: null, ...serving,
});

const documentOf = (file_name, status, minutes, more = {}) => ({
  id: idOf("doc"), file_name, title: file_name.replace(/\.\w+$/, ""), media_type: "application/pdf", size_bytes: 184_320 + minutes, status, progress_percent: status === "ready" ? 100 : status === "failed" ? 0 : 40, error: null, created_at: ago(minutes), updated_at: ago(minutes), category: null, weight: 1, version: 1, ...more,
});

const faqOf = (question, answer, more = {}) => ({
  id: idOf("faq"), question, answer, phrasings: [], category: null, language: null, priority: 0, status: "ready", enabled: true, uses: 14, last_used_at: ago(90), created_at: ago(20 * DAY), updated_at: ago(DAY), version: 1, ...more,
});

const citation = { number: 1, document_id: null, faq_id: null, title: "Opening hours", page: 2, heading: "Regular hours", quote: "Tuesday to Friday: 9:00 to 18:00", url: "/passages/1" };

export const EXPLANATION = {
  query: "When are you open on Saturday?",
  passages: [
    { chunk_id: idOf("chunk"), document_id: idOf("doc"), title: "Opening hours", headings: ["Visit us", "Regular hours"], score: 11.42, similarity: 0.83, confidence: 0.91, is_cited: true },
    { chunk_id: idOf("chunk"), document_id: idOf("doc"), title: "Visitor handbook", headings: ["Parking"], score: 3.1, similarity: 0.41, confidence: 0.22, is_cited: false },
  ],
  faqs: [{ faq_id: idOf("faq"), question: "Do you open on Sundays?", score: 4.7, similarity: 0.62, confidence: 0.38, is_cited: false }],
  decisions: [
    { about: "faq_match", decided: "not_used", why: "The best FAQ fits to 0.38; 0.80 is asked for." },
    { about: "model", decided: "asked", why: null },
    { about: "citations", decided: "kept", why: "One of two quotes stands in its source." },
  ],
  prompt: { system: "You are the assistant of Lindenhof Cycles.\nAnswer from the sources only.", messages: [{ role: "user", text: "When are you open on Saturday?" }], is_cut: false },
  provider: "openai", model: "small-1", usage: { input_tokens: 1240, output_tokens: 86, source: "provider" }, cost_nano_usd: 633_600,
  timings: { prepare_ms: 18.4, first_text_ms: 310, generate_ms: 1240, answer_ms: 1275 }, tries: 1,
};

export const ANSWER = { response: "On Saturday we are open from **9:00 to 14:00** [1].\n\n- Tuesday to Friday: 9:00 to 18:00\n- Sunday and Monday: closed", citations: [citation], answered_by: "model", ending: "whole" };

const message = (role, text, minutes, more = {}) => ({ id: idOf("msg"), role, text, citations: [], answered_by: null, ending: null, created_at: ago(minutes), ...more });
const conversationOf = (minutes, messages, more = {}) => ({
  id: idOf("conv"), channel: "widget", opening: messages.find(({ role }) => role === "visitor")?.text ?? null, message_count: messages.length, created_at: ago(minutes + 5), last_message_at: ago(minutes), visit: { page_url: "https://www.lindenhof.example/service", referrer: null, language: "en", device: "phone" }, visitor: null, bookmarked_at: null, archived_at: null, tags: [], version: 1, messages, ...more,
});

export const CONFIG = {
  widget_name: "Lindenhof Assistant", welcome: "Hello! Ask me about opening hours, prices or your order.", placeholder: "Ask a question…", suggestions: ["When are you open?", "What does a full service cost?"], theme: "auto", accent_color: "#0f6b5c", background_color: "#ffffff", text_color: "#1b1e24", bubble_color: "#eef0f3", position: "bottom-right", width_px: 392, height_px: 624, custom_css: "", logo_url: "", logo_file_url: null, language: "en", allowed_domains: [], keep_visit_details: true, version: 3,
};

/** Everything of one client; `isEmpty` for the pages that have nothing to show. */
export function resourcesOf(isEmpty) {
  const documents = isEmpty ? [] : [
    documentOf("Price list 2026.pdf", "ready", 60), documentOf("Terms and conditions.docx", "ready", 3 * DAY),
    documentOf("Workshop handbook with a rather long name that does not fit on a line.pdf", "embedding", 4, { progress_percent: 62 }),
    documentOf("Scan of the old catalogue.pdf", "failed", 12, { error: "No text was found in this file: it may be a scan. Upload a version with text." }),
  ];
  const faqs = isEmpty ? [] : [
    faqOf("When are you open?", "Tuesday to Friday 9:00 to 18:00, Saturday 9:00 to 14:00.", { phrasings: ["What are your opening hours?", "Are you open today?"], category: "Visit" }),
    faqOf("Do you repair e-bikes?", "Yes, of all makes. A service takes two working days.", { category: "Workshop", uses: 31 }),
    faqOf("Can I return a part?", "Within 30 days, unused and in its packaging.", { enabled: false }),
    faqOf("Do you deliver?", "", { status: "draft", uses: 0, last_used_at: null }),
    ...Array.from({ length: 6 }, (_, at) => faqOf(`Is there a course for beginners, part ${at + 1}?`, "Every second Saturday.", { category: "Courses", uses: at })),
  ];
  const gaps = isEmpty ? [] : ["Do you rent bikes by the week?", "Is there a discount for students?", "Can you ship to Norway?"].map((question, at) => ({ id: idOf("gap"), question, status: "open", times_asked: 5 - at, last_asked_at: ago(40 * (at + 1)), created_at: ago(DAY), version: 1 }));
  const conversations = isEmpty ? [] : [
    conversationOf(8, [message("visitor", "When are you open on Saturday?", 9), message("assistant", ANSWER.response, 8, { citations: [citation], answered_by: "model", ending: "whole" }), message("visitor", "And do you rent bikes by the week?", 8), message("assistant", "I could not find an answer to that.", 8, { answered_by: "none", ending: "whole" })], { visitor: { user_id: "u-7", name: "Ines Albrecht", email: "ines@example.org" }, bookmarked_at: ago(4), tags: ["opening hours", "rental", "Saturday", "to be called back"] }),
    ...Array.from({ length: 40 }, (_, at) => conversationOf(60 * (at + 1), [message("visitor", `What does service ${at + 1} cost?`, 60), message("assistant", "A full service costs 89 €.", 60, { answered_by: "faq", ending: "whole" })], at % 3 === 0 ? { visit: null } : at === 1 ? { tags: ["prices"] } : {})),
    ...["Is my order ready?", "Thanks, all is well!"].map((words, at) => conversationOf((50 + at) * 60, [message("visitor", words, 3000)], { archived_at: ago(600), bookmarked_at: at === 0 ? ago(700) : null, tags: at === 0 ? ["orders"] : [] })),
  ];
  const member = (email, name, role, state, more = {}) => ({ id: idOf("member"), person_id: name ? idOf("person") : null, name, email, role, state, invited_at: ago(2 * DAY), expires_at: state === "invited" ? ago(-5 * DAY) : null, last_seen_at: state === "active" ? ago(300) : null, client_ids: null, ...more });
  return {
    documents, faqs, gaps, conversations, config: { ...CONFIG },
    members: [member("mara@lindenhof.example", "Mara Lindner", "owner", "active"), ...(isEmpty ? [] : [member("jo@lindenhof.example", null, "manager", "invited"), member("old@lindenhof.example", "Oskar Alt", "member", "off")])],
    keys: isEmpty ? [] : [{ id: idOf("key"), name: "Website backend", prefix: "snip_sk_4f9a", scopes: ["knowledge_read", "search"], created_at: ago(30 * DAY), last_used_at: ago(20), expires_at: null }],
    instructions: { instructions: isEmpty ? "" : "You are {{assistant}}, the assistant of {{company}}. Answer briefly and warmly.", company_name: "", opening_hours: "Tuesday to Saturday, 9 to 18", time_zone: "Europe/Berlin", model: null, temperature: null, output_tokens_max: null, version: isEmpty ? 0 : 2, created_at: isEmpty ? null : ago(DAY) },
    versions: isEmpty ? [] : [2, 1].map((version) => ({ id: idOf("instr"), instructions: version === 2 ? "You are {{assistant}}, the assistant of {{company}}. Answer briefly and warmly." : "Answer briefly.", company_name: "", opening_hours: "", time_zone: "Europe/Berlin", model: null, temperature: null, output_tokens_max: null, version, restored_version: null, created_at: ago((3 - version) * DAY) })),
  };
}

export function world() {
  count = 0;
  const clients = [
    clientOf("Lindenhof Cycles", "active", 8), clientOf("Quince & Ember Bakery"), clientOf("Harbour Dental Practice", "suspended", 9 * DAY), clientOf("Nordlicht Yoga", "active", null), { ...clientOf("Brightwater Law", "suspended", 40 * DAY), deactivated_at: ago(5 * DAY) },
    clientOf("Hollow Oak Café", "active", 20, { service: "managed" }), clientOf("Showroom", "active", 50, { service: "managed", purpose: "demo" }), clientOf("Rehearsal", "active", 70, { purpose: "test" }), clientOf("Fernweh Travel", "active", 90, { plan: "trial", trial_ends_at: ago(-9 * DAY) }), ...Array.from({ length: 57 }, (_, at) => clientOf(`Sample Business ${at + 1}`)),
  ];
  const person = { id: idOf("person"), name: "Robin Keller", email: "robin@agency.example" };
  const mail = (to, subject, purpose, state, minutes, last_error = null) => ({
    id: idOf("out"), to, subject, purpose, state, attempts: state === "failed" ? 5 : 1, created_at: ago(minutes), last_error,
    text: `${subject}\n\nOpen the link in this mail.`,
    html: `<html><head><style>p{color:#334}</style><script>window.bad=1</script></head><body style="font-family:sans-serif;padding:24px"><h1 style="font-size:20px">${subject}</h1><p>Hello,</p><p><a style="display:inline-block;background:#0d6472;color:#fff;padding:10px 18px;border-radius:6px" href="https://agency.example/app/#/x">Open</a></p></body></html>`,
  });
  return {
    product: { name: "Parley", support_email: "help@agency.example" }, agency: { name: "Keller & Partner" }, person, clients,
    resources: new Map([[clients[0].id, resourcesOf(false)], [clients[3].id, resourcesOf(true)], [clients[5].id, resourcesOf(false)], [clients[6].id, resourcesOf(false)]]),
    agencyMembers: [
      { id: idOf("member"), person_id: person.id, name: person.name, email: person.email, role: "owner", state: "active", invited_at: ago(90 * DAY), expires_at: null, last_seen_at: ago(1), client_ids: null },
      { id: idOf("member"), person_id: idOf("person"), name: "Sam Ortiz", email: "sam@agency.example", role: "content_specialist", state: "active", invited_at: ago(9 * DAY), expires_at: null, last_seen_at: ago(3 * DAY), client_ids: [clients[0].id, clients[3].id] },
    ],
    signedIn: [
      { id: idOf("session"), device: "Chromium on Linux", address: "127.0.0.1", created_at: ago(60), last_seen_at: ago(0), is_current: true },
      { id: idOf("session"), device: "Safari on iPhone", address: "203.0.113.7", created_at: ago(3 * DAY), last_seen_at: ago(200), is_current: false },
    ],
    backups: { health: "failing", plan: { to: "/mnt/backups/of-an-agency-with-a-long-name", every_hours: 24, keep: 30 }, made_at: ago(3 * DAY), drilled_at: ago(5 * DAY), failure: "`/mnt/backups` is not there; mount the disk, or make the folder in which the backups shall be" },
    jobs: [
      { id: idOf("job"), kind: "ingest_document", client_id: clients[0].id, state: "failed", attempts: 5, run_at: ago(12), last_error: "No text was found in the file." },
      { id: idOf("job"), kind: "ingest_document", client_id: clients[0].id, state: "done", attempts: 1, run_at: ago(70), last_error: null },
      { id: idOf("job"), kind: "close_idle_conversations", client_id: null, state: "waiting", attempts: 0, run_at: ago(-30), last_error: null },
    ],
    mails: [mail("jo@lindenhof.example", "Mara invites you to Lindenhof Cycles", "invitation", "delivered", 2 * DAY), mail("robin@agency.example", "Your sign-in link", "sign_in", "sent", 3), mail("gone@example.org", "Mara invites you to Lindenhof Cycles", "invitation", "failed", 5 * DAY, "550 5.1.1 The mailbox does not exist."), mail("hello@showroom.example", "Mara invites you to Showroom", "invitation", "simulated", DAY), { ...mail("", "", "sign_in", "sent", 90 * DAY), text: "", html: "" }],
    claims: new Map([[KEY_CLAIM_TOKEN, { client: clients[0].id, expires_at: ago(-3 * DAY), isVoid: false }]]),
    signUp: { is_open: true, trial_days: 14 }, signUps: new Map([[SIGN_UP_TOKEN, { email: "eve@bakery.example", name: "Eve", business: "Corner Bakery" }]]),
    agencyKeys: [
      { id: idOf("akey"), name: "Sign-up form", prefix: "snip_ak_9d20", permissions: ["clients:read", "clients:write"], created_by: person.name, created_at: ago(40 * DAY), last_used_at: ago(15), expires_at: null },
      { id: idOf("akey"), name: "Nightly report of the numbers", prefix: "snip_ak_07c4", permissions: [], created_by: null, created_at: ago(80 * DAY), last_used_at: null, expires_at: ago(2 * DAY) },
    ],
    audit: ["client.created", "document.uploaded", "settings.changed", "member.invited"].map((action, at) => ({ id: idOf("audit"), at: ago(30 * (at + 1)), actor: at === 2 ? "Mara Lindner" : at === 3 ? "system sign_in" : "Robin Keller", action, target: idOf("doc"), client_id: clients[0].id, fields: action === "settings.changed" ? ["accent_color", "welcome"] : [] })),
  };
}
