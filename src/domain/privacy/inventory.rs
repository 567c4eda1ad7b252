//! Every table with the class of its content. A new table is a new line here.

/// What a table holds of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataClass {
    /// Ids, states, counts and times only.
    IdsOnly,
    /// What the client wrote or uploaded: goes with the client, or when the client deletes it.
    ClientContent,
    /// Names and addresses of clients and of the agency's people.
    ContactDetails,
    /// What visitors wrote.
    VisitorContent,
    /// What vendors sent or what is sent to people: payloads, recipients, bodies.
    Payload,
    /// Values beside an append-only log; may be deleted without it.
    Details,
    /// Hashes of secrets.
    Credentials,
}

/// How long rows stay when nobody deletes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// As long as what they belong to.
    WithOwner,
    /// Removed by the job of the hour (`index_changes`: of the day) that follows this many days.
    Days(u32),
    /// For good.
    Always,
}

pub struct Table {
    pub name: &'static str,
    pub class: DataClass,
    pub retention: Retention,
}

const fn table(name: &'static str, class: DataClass, retention: Retention) -> Table {
    Table { name, class, retention }
}

pub const TABLES: &[Table] = &[
    table("agency", DataClass::ContactDetails, Retention::Always),
    table("agency_keys", DataClass::Credentials, Retention::Always),
    table("answer_days", DataClass::IdsOnly, Retention::Days(2)),
    table("api_keys", DataClass::Credentials, Retention::WithOwner),
    table("audit_details", DataClass::Details, Retention::WithOwner),
    table("audit_log", DataClass::IdsOnly, Retention::Always),
    table("billing_contacts", DataClass::ContactDetails, Retention::WithOwner),
    table("chunk_vectors", DataClass::ClientContent, Retention::WithOwner),
    table("chunks", DataClass::ClientContent, Retention::WithOwner),
    table("citations", DataClass::IdsOnly, Retention::WithOwner),
    table("client_assignments", DataClass::IdsOnly, Retention::WithOwner),
    table("client_logos", DataClass::ClientContent, Retention::WithOwner),
    table("client_settings", DataClass::ClientContent, Retention::WithOwner),
    table("clients", DataClass::ContactDetails, Retention::Always),
    table("conversation_shares", DataClass::Credentials, Retention::Days(365)),
    table("conversation_tags", DataClass::ClientContent, Retention::WithOwner),
    table("conversation_visitors", DataClass::IdsOnly, Retention::WithOwner),
    table("conversation_visits", DataClass::VisitorContent, Retention::WithOwner),
    table("conversations", DataClass::IdsOnly, Retention::WithOwner),
    table("demo_sites", DataClass::IdsOnly, Retention::WithOwner),
    table("document_versions", DataClass::ClientContent, Retention::WithOwner),
    table("documents", DataClass::ClientContent, Retention::WithOwner),
    table("email_changes", DataClass::ContactDetails, Retention::Days(1)),
    table("events", DataClass::IdsOnly, Retention::Days(90)),
    table("faq_vectors", DataClass::ClientContent, Retention::WithOwner),
    table("faq_phrasings", DataClass::ClientContent, Retention::WithOwner),
    table("faq_uses", DataClass::IdsOnly, Retention::WithOwner),
    table("faqs", DataClass::ClientContent, Retention::WithOwner),
    table("idempotency_keys", DataClass::ClientContent, Retention::Days(1)),
    table("identified_visitors", DataClass::ContactDetails, Retention::WithOwner),
    table("inbox_events", DataClass::IdsOnly, Retention::Always),
    table("inbox_payloads", DataClass::Payload, Retention::WithOwner),
    table("index_changes", DataClass::IdsOnly, Retention::Days(1)),
    table("instruction_versions", DataClass::ClientContent, Retention::WithOwner),
    table("index_generations", DataClass::IdsOnly, Retention::Always),
    table("jobs", DataClass::IdsOnly, Retention::Days(30)),
    table("key_claims", DataClass::ContactDetails, Retention::WithOwner),
    table("knowledge_gap_askers", DataClass::IdsOnly, Retention::WithOwner),
    table("knowledge_gap_questions", DataClass::VisitorContent, Retention::WithOwner),
    table("knowledge_gaps", DataClass::IdsOnly, Retention::WithOwner),
    table("membership_invitations", DataClass::ContactDetails, Retention::WithOwner),
    table("memberships", DataClass::IdsOnly, Retention::WithOwner),
    table("messages", DataClass::VisitorContent, Retention::WithOwner),
    // Mails that opened a door go after a week.
    table("outbox", DataClass::IdsOnly, Retention::Always),
    table("outbox_bodies", DataClass::Payload, Retention::WithOwner),
    table("people", DataClass::ContactDetails, Retention::Always),
    table("schedule_cursors", DataClass::IdsOnly, Retention::Always),
    table("schema_migrations", DataClass::IdsOnly, Retention::Always),
    table("sending_counters", DataClass::IdsOnly, Retention::Days(3)),
    table("session_details", DataClass::ContactDetails, Retention::WithOwner),
    table("sessions", DataClass::Credentials, Retention::Days(30)),
    table("setup_links", DataClass::IdsOnly, Retention::Days(7)),
    table("sign_in_attempts", DataClass::IdsOnly, Retention::Days(1)),
    table("sign_ups", DataClass::ContactDetails, Retention::Days(1)),
    table("test_conversations", DataClass::IdsOnly, Retention::WithOwner),
    table("turn_explanations", DataClass::VisitorContent, Retention::Days(90)),
    table("turns", DataClass::IdsOnly, Retention::WithOwner),
    table("visitor_sessions", DataClass::IdsOnly, Retention::WithOwner),
    table("widget_files", DataClass::IdsOnly, Retention::Days(400)),
    table("widget_sightings", DataClass::IdsOnly, Retention::WithOwner),
];
