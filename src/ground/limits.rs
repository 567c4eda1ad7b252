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
pub const WIDGET_NAME_CHARS_MAX: usize = 100;
pub const WIDGET_PLACEHOLDER_CHARS_MAX: usize = 255;
pub const WIDGET_WELCOME_CHARS_MAX: usize = 1_000;
pub const SUGGESTIONS_MAX: usize = 6;
pub const SUGGESTION_CHARS_MAX: usize = 120;
pub const ALLOWED_DOMAINS_MAX: usize = 100;
pub const ALLOWED_DOMAIN_CHARS_MAX: usize = 260;
pub const FILE_NAME_CHARS_MAX: usize = 255;

// Knowledge
pub const DOCUMENTS_PER_CLIENT_MAX: u32 = 10_000;
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
pub const CHUNK_CHARS_TARGET: usize = 700;
pub const CHUNK_CHARS_MAX: usize = 1_000;
pub const HEADING_PATH_LEVELS_MAX: usize = 6;
pub const BLOCKS_PER_DOCUMENT_MAX: usize = 100_000;
pub const TERM_CHARS_MAX: usize = 64;
pub const HEADING_CHARS_MAX: usize = 200;
pub const SEARCH_RESULTS_DEFAULT: u32 = 10;
pub const SEARCH_RESULTS_MAX: u32 = 50;
pub const CANDIDATES_PER_TURN_MAX: usize = 30;
pub const CITATIONS_PER_ANSWER_MAX: usize = 3;
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
pub const DETACHED_TASKS_MAX: usize = 64;
pub const DETACHED_WAIT_MS: u64 = 5_000;
pub const SCHEDULE_TICK_MS: u64 = 15_000;
pub const INDEX_RETRY_MS: u64 = 5_000;
pub const CATCH_UP_SLOTS_MAX: i64 = 100;
/// In one transaction of housekeeping.
pub const PRUNED_ROWS_MAX: u32 = 1_000;
/// Transactions for each table in one run of housekeeping.
pub const PRUNED_BATCHES_MAX: usize = 200;
pub const FINISHED_JOBS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
pub const EVENTS_KEPT_MS: i64 = 90 * 24 * 3_600_000;
pub const INDEX_BATCH_CHANGES_MAX: u32 = 200;
pub const INDEX_WAIT_MS: u64 = 5_000;
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

// Command line
pub const INGEST_FILES_MAX: usize = 10_000;
pub const INGEST_POLL_MS: u64 = 300;
pub const DEMO_READY_MS: i64 = 60_000;
pub const CONTROL_LINE_BYTES_MAX: u64 = 1024 * 1024;
pub const CONTROL_TIMEOUT_MS: u64 = 600_000;
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

// Configuration
pub const BYTES_PER_MB: u64 = 1024 * 1024;
pub const CONFIG_FILE_BYTES_MAX: u64 = 256 * 1024;
pub const CONFIG_PROBLEMS_MAX: usize = 100;
pub const SECRET_FILE_BYTES_MAX: u64 = 64 * 1024;
pub const CONFIG_VALUE_CHARS_SHOWN_MAX: usize = 80;
pub const CONFIG_PATH_CHARS_MAX: usize = 4_096;
pub const LOG_FILTER_CHARS_MAX: usize = 1_000;
pub const BRAND_NAME_CHARS_MAX: usize = 100;
pub const PUBLIC_URL_CHARS_MAX: usize = 300;
pub const TRUSTED_PROXIES_MAX: usize = 64;
pub const FREE_DISK_MB_MAX: u64 = 1024 * 1024;
pub const RATE_PER_MINUTE_MAX: u32 = 1_000_000;
pub const METRICS_TOKEN_CHARS_MIN: usize = 16;
pub const METRICS_TOKEN_CHARS_MAX: usize = 256;
pub const JOB_WORKERS_MAX: u32 = 64;
