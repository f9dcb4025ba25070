/** Every number that bounds something, with its unit in the name and its reason beside it. */

// --- process --------------------------------------------------------------------------------------------------------
/** How long SIGTERM waits for rooms, journals and requests to drain before the process ends anyway. */
export const DRAIN_TIMEOUT_MS = 10_000
/** Longest request over the control socket. */
export const CONTROL_BODY_MAX_BYTES = 64 * 1024
/** A control socket that accepts no connection for so long still counts as held: its node may be busy. */
export const CONTROL_CONNECT_TIMEOUT_MS = 2_000
/** An answer over the control socket that is not known to take long; an answer of another node takes 10 s at most, and some ask several. */
export const CONTROL_ANSWER_TIMEOUT_MS = 60_000
/** How often a node that works on an answer says that it lives. */
export const CONTROL_BEAT_MS = 2_000
/** Silence after which a command gives the node up. */
export const CONTROL_SILENCE_MAX_MS = 30_000
/** `sun_path` holds 108 bytes on Linux and 104 on macOS (unix(7)). */
export const UNIX_SOCKET_PATH_MAX_BYTES = 100

// --- accounts -------------------------------------------------------------------------------------------------------
/** Shortest name a person can have; one letter would collide with abbreviations. */
export const NAME_MIN_CHARS = 2
/** Longest name; fits a label on the map and a column of `who`. */
export const NAME_MAX_CHARS = 24
/** Longest name text that is looked at at all. */
export const NAME_INPUT_MAX_CHARS = 64
/** Shortest password (NIST SP 800-63B section 5.1.1.2). */
export const PASSWORD_MIN_CHARS = 8
/** Longest password; more would only make hashing cost the node. */
export const PASSWORD_MAX_CHARS = 256
/** Longest token text that is looked at at all. */
export const TOKEN_INPUT_MAX_CHARS = 4096
/** Life of an access token: what a thief of one has. */
export const ACCESS_TOKEN_TTL_S = 900
/** A session not refreshed for this long ends. */
export const SESSION_IDLE_MAX_MS = 30 * 86_400_000
/** A session ends after this long however busy it is. */
export const SESSION_MAX_MS = 90 * 86_400_000
/** How long a spent refresh token still answers with its one successor: a lost reply, or several tabs at once. */
export const REFRESH_GRACE_MS = 20_000
/** A signing key signs for this long. */
export const SIGNING_KEY_AGE_MS = 30 * 86_400_000
/** A new signing key is published for this long before its first use, so that caches of the key set have it. */
export const SIGNING_KEY_AHEAD_MS = 3_600_000
/** The key set is read again from storage after this long. */
export const SIGNING_KEYS_RELOAD_MS = 60_000
/** At most this often a token with an unknown key id makes the key set be read again. */
export const SIGNING_KEYS_MISS_RELOAD_MS = 5_000
/** Password hashes computed at once; each takes one core and 19 MiB. */
export const HASH_CONCURRENCY = 2
/** Password hashes that may wait; at about 90 a second this is a wait of a second and a half. */
export const HASH_QUEUE_MAX = 128
/** What a person is told to wait when the hash queue is full. */
export const HASH_RETRY_AFTER_MS = 2_000
/** Wrong passwords on one name before guessing stops, whatever the addresses. */
export const LOGIN_FAILURES_MAX = 10
/** Wrong passwords are remembered for this long. */
export const LOGIN_FAILURES_WINDOW_S = 86_400
/** First lockout after too many wrong passwords; for one name from one address it doubles with each further one. */
export const LOGIN_LOCKOUT_S = 900
/** Longest lockout of one name from one address; sessions already open are never touched. */
export const LOGIN_LOCKOUT_MAX_S = 6 * 3_600
/** Window of the limits by address. */
export const ADDRESS_WINDOW_S = 600
/** Guests from one address in a window: several schools' worth. */
export const ADDRESS_GUESTS_MAX = 1_500
/** Registrations from one address in a window. */
export const ADDRESS_REGISTRATIONS_MAX = 300
/** Sign-ins from one address in a window. */
export const ADDRESS_LOGINS_MAX = 600
/** Wrong passwords from one address in a window, over all names: thirty pupils who each mistype three times pass. */
export const ADDRESS_LOGIN_FAILURES_MAX = 120
/** Uses of one refresh token in a minute: every tab of a page that has just woken. */
export const TOKEN_REFRESHES_PER_MINUTE_MAX = 120
/** Refreshes from one address in a window, known token or not. */
export const ADDRESS_REFRESHES_MAX = 3_000
/** Renames of one person in an hour. */
export const RENAMES_PER_HOUR_MAX = 20
/** Sessions whose standing is kept in memory; the oldest is read again. */
export const SESSION_CACHE_MAX = 20_000
/** A session's standing is read again after this long, in case another process changed it unheard. */
export const SESSION_CACHE_TTL_MS = 30_000
/** How often a process that shares its database looks for changes of standing made by the others. */
export const STANDING_POLL_MS = 1_000
/** Audit entries of this process that the reading skips; more than are written between two readings. A forgotten one is only heard again. */
export const STANDING_OWN_ENTRIES_MAX = 10_000
/** Audit entries read at a time. */
export const AUDIT_PAGE = 500
/** Longest reason of a sanction or note of a moderator. */
export const REASON_MAX_CHARS = 300
/** Longest text of a report. */
export const REPORT_TEXT_MAX_CHARS = 1_000
/** Lines of context kept with a report, each cut to `REPORT_TEXT_MAX_CHARS`. */
export const REPORT_CONTEXT_MAX_LINES = 20
/** Reports by one person in an hour. */
export const REPORTS_PER_HOUR_MAX = 10
/** Reports handed out at a time. */
export const REPORTS_PAGE = 50
/** People one person can block. */
export const BLOCKS_MAX = 500
/** Longest text the talk filter looks at; what is beyond is cut. */
export const TALK_MAX_CHARS = 2_000
/** Words whose judgement the talk filter remembers. */
export const JUDGED_WORDS_MAX = 20_000
/** Longer ones are judged each time. */
export const JUDGED_WORD_MAX_CHARS = 40

// --- world files ----------------------------------------------------------------------------------------------------
/** One file of a world; larger means something is not text. */
export const WORLD_FILE_MAX_BYTES = 512 * 1024
/** Files of one world together, so that a wrong folder does not fill the memory. */
export const WORLD_FILES_MAX = 5_000
/** One text of a place or a line: a screen and a half at most. */
export const WORLD_TEXT_MAX_CHARS = 3_000
/** A name of a place, thing or person, with its case endings. */
export const WORLD_NAME_MAX_CHARS = 200
/** Problems reported for one world before the rest are only counted. */
export const WORLD_PROBLEMS_MAX = 200

// --- storage --------------------------------------------------------------------------------------------------------
/** Connections one process holds to PostgreSQL. The embedded database has one. */
export const DATABASE_POOL_MAX_CONNECTIONS = 10
/** How long a PostgreSQL server may take to answer a new connection before it counts as unreachable. */
export const DATABASE_CONNECT_TIMEOUT_MS = 5_000
/** How long an interactive transaction waits for a connection: the embedded database has only one. */
export const TRANSACTION_MAX_WAIT_MS = 10_000
/** How long an interactive transaction may take before it is rolled back. */
export const TRANSACTION_TIMEOUT_MS = 20_000
/** How long the embedded database may take to close before its thread is ended. */
export const EMBEDDED_CLOSE_TIMEOUT_MS = 10_000
/** Journal records written by one statement: about 10 ms of the database's time. */
export const JOURNAL_STATEMENT_MAX_RECORDS = 1_000
/** Journal records waiting for the database; beyond it appends fail, because the disk is not keeping up. */
export const JOURNAL_QUEUE_MAX_RECORDS = 100_000
/** Snapshots kept for each zone: the newest, and one to fall back on when it cannot be read. */
export const ZONE_SNAPSHOTS_KEPT = 2
/** Rows of a backup read from the database at a time, and the text they should come to. */
export const BACKUP_FETCH_MAX_ROWS = 2_000
export const BACKUP_FETCH_CHARS = 1024 * 1024
/** Text of rows restored by one statement. */
export const RESTORE_STATEMENT_MAX_CHARS = 1024 * 1024
/** Longest line of a backup file, that is, largest row: room for the snapshot of a zone. */
export const BACKUP_LINE_MAX_CHARS = 256 * 1024 * 1024
/** How long a restore waits for others to let go of a table. */
export const RESTORE_LOCK_TIMEOUT_MS = 10_000

// --- lessons --------------------------------------------------------------------------------------------------------
/** Largest file of a lesson; a longer text is not a lesson any more. */
export const LESSON_FILE_MAX_BYTES = 64 * 1024
/** Longest trial of an answer in a simulated world, in tides (two minutes of the world). */
export const LESSON_TICKS_MAX = 1_200
/** Most fuel a lesson may allow. */
export const LESSON_FUEL_MAX = 10_000_000
/** A trial that takes longer than this by the wall is given up and says so: the host was too busy. */
export const LESSON_TRIAL_TIMEOUT_MS = 30_000

// --- commands and the terminal ----------------------------------------------------------------------------------------
/** Longest line a person can send; longer ones are refused, not cut. */
export const TERMINAL_LINE_MAX_CHARS = 500
/** Longest thing said, told or shouted; fits a phone's screen. */
export const SAY_MAX_CHARS = 400
/** Longest words that name something in a command. */
export const NOUN_MAX_CHARS = 120
/** Things one `all` touches. */
export const ALL_ITEMS_MAX = 40
/** Things one character carries. */
export const CARRY_ITEMS_MAX = 40
/** Weight one character carries, in the units of the world's files. */
export const CARRY_WEIGHT_MAX = 100
/** Followers that one step takes along, those who follow followers included. */
export const FOLLOWERS_MAX = 12
/** Kinds of things a look lists before the rest are only counted. */
export const LOOK_ITEMS_MAX = 40
/** People a look lists before the rest are only counted: a crowd of a hundred would drown the words. */
export const LOOK_CHARACTERS_MAX = 24
/** Sleepers a look names; more are only counted: whoever has gone home still lies where they were. */
export const LOOK_SLEEPERS_MAX = 3
/** How long the body of a guest who did nothing lies where they left it. */
export const GUEST_BODY_KEPT_MS = 14 * 24 * 60 * 60 * 1000
/** How often sleeping guests are looked through. */
export const GUEST_SWEEP_EVERY_MS = 60 * 60 * 1000
/** What is written to see whether a full disk has room again: more than fits into the holes of old pages. */
export const WRITE_PROBE_BYTES = 32 * 1024
/** People an agent's look returns. */
export const VIEW_CHARACTERS_MAX = 100
/** Steps from here that the text map reaches. */
export const MAP_RADIUS_STEPS = 6
/** Suggestions after a word nobody knows. */
export const SUGGESTIONS_MAX = 3
/** World time an agent can wait for in one call, in tides (an hour). */
export const WAIT_MAX_TICKS = 36_000
/** People whose lesson progress is kept in memory; more than one process ever seats. */
export const LESSON_PLAYERS_MAX = 5_000

// --- gateway --------------------------------------------------------------------------------------------------------
/** Window of the request limits. */
export const HTTP_RATE_WINDOW_S = 10
/** Requests of one signed-in person in a window: a page that loads everything at once needs about 30. */
export const HTTP_ACCOUNT_REQUESTS_MAX = 300
/** Requests without a valid token from one address in a window: a class of thirty that opens the page together. */
export const HTTP_ADDRESS_REQUESTS_MAX = 600
/** Requests of signed-in people from one address in a window: several classes behind one address. */
export const HTTP_KNOWN_ADDRESS_REQUESTS_MAX = 6_000
/** Largest JSON body: a project file of the largest size, escaped, with room to spare. */
export const HTTP_BODY_MAX_BYTES = 512 * 1024
/** Largest sum of request headers; a token is about 1 kB. */
export const HTTP_HEADERS_MAX_BYTES = 16 * 1024
/** A client has this long to send its headers, so that idle sockets do not pile up. */
export const HTTP_HEADERS_TIMEOUT_MS = 15_000
/** A client has this long to send a whole request. */
export const HTTP_REQUEST_TIMEOUT_MS = 30_000
/** Idle keep-alive connections end after this long; above the common 60 s of proxies. */
export const HTTP_KEEP_ALIVE_MS = 65_000
/** Sockets one node accepts in all. */
export const HTTP_CONNECTIONS_MAX = 20_000
/** Entries of one answer that lists (ledger statement, agent log). */
export const HTTP_PAGE_MAX = 200
/** Log lines of the network that are kept in memory for the operator's page: an evening of a quiet hub, some 200 KiB at most. */
export const OPERATOR_LOG_LINES = 400
/** Longest message, and longest detail, of such a line. */
export const OPERATOR_LOG_MAX_CHARS = 400
/** Longest id a caller may choose for a transfer: what the ledger allows, less the prefix that keeps people's ids apart. */
export const HTTP_TRANSFER_ID_MAX_CHARS = 64
/** How long closing waits for requests under way. */
export const HTTP_DRAIN_MS = 5_000
/** Longest frame of the terminal: a line of the longest kind in the widest letters, its id and its envelope. */
export const TERMINAL_FRAME_MAX_BYTES = 16 * 1024
/** Outputs kept for a page that comes back: some minutes of a lively place. */
export const TERMINAL_RING_MAX_OUTPUTS = 300
/** The same in characters, since one output may be a whole help page; a thousand people hold 64 MB at most. */
export const TERMINAL_RING_MAX_CHARS = 64 * 1024
/** How long a person's terminal outlives its last connection. */
export const TERMINAL_RESUME_MS = 10 * 60_000
/** One joined write holds at most about this much; a slow reader has one such write outstanding, the rest waits in the ring. */
export const TERMINAL_BATCH_MAX_CHARS = 64 * 1024
/** A connection whose write has not gone out for this long is closed; the page comes back and resumes. */
export const TERMINAL_STALL_MAX_MS = 10_000
/** How often stalled and paused connections are looked at. */
export const TERMINAL_SWEEP_MS = 1_000
/** Lines one person may have waiting before their socket is not read any further. */
export const TERMINAL_QUEUE_SOFT_LINES = 64
/** Lines already read off the wire that may wait; more are refused as `busy`. */
export const TERMINAL_QUEUE_HARD_LINES = 2_048
/** Lines of one person done in one go before others have their turn. */
export const TERMINAL_LINES_PER_TURN = 32
/** Lines a second one connection may go on sending; a pipelining program reaches 2,500. */
export const TERMINAL_LINES_PER_S = 4_000
/** Lines a connection may send at once before the rate counts. */
export const TERMINAL_LINES_BURST = 1_000
/** A connection that had to be slowed for this long in all is a flood and is dropped. */
export const TERMINAL_FLOOD_MAX_MS = 10_000
/** How much of that is forgiven at each sweep: one second of slowing in ten may go on for ever. */
export const TERMINAL_FLOOD_FORGIVEN_MS = 100
/** Messages that are no line, before the connection is dropped. */
export const TERMINAL_RUBBISH_MAX = 20
/** Line ids remembered per person, with their answers, so that a line sent again is not done again. */
export const TERMINAL_LINE_IDS_MAX = 256
/** Longest id a page gives a line. */
export const TERMINAL_LINE_ID_MAX_CHARS = 64
/** Terminals one person may have open; all show the same. */
export const TERMINAL_TABS_MAX = 8
/** A socket that has joined no namespace by then is closed. */
export const TERMINAL_JOIN_TIMEOUT_MS = 10_000
/** A person without any connection for this long falls asleep. */
export const PRESENCE_GRACE_MS = 20_000
/** An expired token is let live this long, for the page to bring a new one. */
export const TOKEN_EXPIRY_GRACE_MS = 30_000

// --- agents: sources ------------------------------------------------------------------------------------------------
/** All sources of one project together; about six thousand lines. */
export const AGENT_SOURCE_MAX_BYTES = 256 * 1024
/** Files in one project. */
export const AGENT_SOURCE_MAX_FILES = 64
/** Remarks given on one set of sources; more would not be read. */
export const AGENT_DIAGNOSTICS_MAX = 50

// --- a person's line -------------------------------------------------------------------------------------------------
/** Lines that change something, one session, in a second, on average: faster than anybody types. */
export const TERMINAL_CHANGES_PER_S = 20
/** Changing lines a session may send at once before the average counts: a pasted walk, a macro. */
export const TERMINAL_CHANGES_BURST = 60
/** Lines of one session that may wait for the one before them; more are refused as `busy`. */
export const TERMINAL_QUEUE_MAX = 64
/** Sessions one person may have open at once: tabs and devices. */
export const TERMINAL_SESSIONS_PER_PERSON_MAX = 8

// --- zones ------------------------------------------------------------------------------------------------------------
/** Characters in one zone, asleep ones included. */
export const ZONE_CHARACTERS_MAX = 2_000
/** Things lying in one place, so that nobody buries it. */
export const PLACE_ITEMS_MAX = 200
/** Things in one pair of hands or one container; what commands allow is less. */
export const HOLDER_ITEMS_MAX = 100
/** Things in a whole zone. */
export const ZONE_ITEMS_MAX = 20_000
/** Things of one kind in a zone before its spawns stop bringing more. */
export const ZONE_SPAWNED_MAX = 100
/** Variables of one character: places seen, people met, flags of stories. */
export const CHARACTER_VARS_MAX = 600
/** Variables of one zone. */
export const ZONE_VARS_MAX = 500
/** One variable, as JSON. */
export const VAR_VALUE_MAX_CHARS = 500
/** Lines remembered per character, so that one sent again is not done again. */
export const CHARACTER_RECENT_LINES_MAX = 64
/** Arrivals remembered per zone, so that one sent again is not done again. */
export const ZONE_ARRIVALS_MAX = 2_000
/** Events of one input, hooks included. */
export const ZONE_EVENTS_PER_INPUT_MAX = 400
/** Hooks that set off hooks. */
export const HOOK_DEPTH_MAX = 4
/** Questions to the outside that wait for an answer. */
export const ZONE_PENDING_MAX = 1_000
/** Timers running in one zone. */
export const ZONE_TIMERS_MAX = 5_000
/** Effects in one answer of a world script. */
export const SCRIPT_EFFECTS_MAX = 20
/** Longest wait a world script may set, in ticks (a day). */
export const SCRIPT_TIMER_MAX_TICKS = 864_000
/** Inputs of one zone that wait for their commit before others are refused as busy. */
export const ZONE_QUEUE_MAX = 5_000
/** Records in one append. */
export const ZONE_APPEND_MAX_RECORDS = 1_000
/** A snapshot is taken after so many records, which bounds the replay after a crash. */
export const ZONE_SNAPSHOT_EVERY_RECORDS = 2_000
/** Or after so many ticks (five minutes) when anything has changed. */
export const ZONE_SNAPSHOT_EVERY_TICKS = 3_000
/** Typed lines a session remembers. */
export const SESSION_HISTORY_MAX = 100
/** Shown lines a session remembers, as context for a report. */
export const SESSION_RECENT_LINES_MAX = 20
/** Commands one alias may stand for. */
export const ALIAS_COMMANDS_MAX = 10
/** Aliases of one person. */
export const ALIASES_MAX = 50
/** Longest name of an alias. */
export const ALIAS_NAME_MAX_CHARS = 24
/** Longest text an alias stands for. */
export const ALIAS_BODY_MAX_CHARS = 300
/** Suggestions for a half-typed line. */
export const COMPLETIONS_MAX = 20
/** People that `who` lists before the rest are only counted. */
export const WHO_MAX = 200
/** Letters kept for one person; a full box takes no more. */
export const MAIL_BOX_MAX = 50
/** Longest letter. */
export const MAIL_TEXT_MAX_CHARS = 400
/** People whose preferences and letters are kept where there is no database. */
export const MEMORY_STORE_PEOPLE_MAX = 10_000

// --- ledger ---------------------------------------------------------------------------------------------------------
/** Longest id of a transfer; printable ASCII. */
export const TRANSFER_ID_MAX_CHARS = 128
/** Longest note on a transfer. */
export const TRANSFER_MEMO_MAX_CHARS = 200
/** Largest single transfer, in micro-credits: a thousand million credits. */
export const TRANSFER_MAX_MICRO = 1_000_000_000_000_000n
/** What a balance fits into (a PostgreSQL bigint); a transfer that would pass it is refused. */
export const BALANCE_MAX_MICRO = 9_000_000_000_000_000_000n
/** Longest name of an account. */
export const ACCOUNT_ID_MAX_CHARS = 128
/** Transfers posted by one transaction, and the most that one call may carry. */
export const TRANSFER_BATCH_MAX = 1_000
/** Transfers waiting to be posted; beyond it calls fail, because the database is not keeping up. */
export const TRANSFER_QUEUE_MAX = 50_000
/** Lines of a statement when none or too many are asked for. */
export const STATEMENT_DEFAULT_LINES = 50
export const STATEMENT_MAX_LINES = 1_000
/** Transfers that an audit reads at a time, and the problems it lists before it stops listing. */
export const AUDIT_PAGE_TRANSFERS = 5_000
export const AUDIT_MAX_PROBLEMS = 100
/** Accounts that the ledger keeps in mind between two commits of its own: some 20 MB. */
export const LEDGER_ACCOUNTS_IN_MIND_MAX = 50_000
/** Lines of one statement as CSV; the rest are asked for from where it ends. */
export const STATEMENT_CSV_MAX_LINES = 10_000
/** The same at the prompt, at once. */
export const STATEMENT_CSV_TERMINAL_LINES = 100
/** How long the page of where credits come from and go may lag behind: its sums read every account. */
export const SUPPLY_FRESH_MS = 5_000
/** Requests to the ledger of another node, each with up to 1,000 transfers: for each peer. */
export const CREDITS_REQUESTS_PER_MINUTE = 120
export const CREDITS_REQUESTS_PER_HOUR = 3_600
export const CREDITS_STREAMS_MAX = 2
/** Entries that a node sends to the ledger of another at once, and those that may wait for it. */
export const CREDITS_BATCH = 200
export const CREDITS_WAITING_MAX = 10_000
/** How often a request to the ledger of another node is tried, and how much longer is waited each time, ten times at most: some five minutes in all. */
export const CREDITS_TRIES = 40
export const CREDITS_TRY_EVERY_MS = 1_000
/** Longest id that another node may choose: it is kept behind the node's name. */
export const CREDITS_ID_MAX_CHARS = 48
/** How long credits may be set aside before they go back: 30 days. */
export const PENDING_TIMEOUT_MAX_MS = 30 * 86_400_000
/** Longest id of a pending transfer: its expiry is named `expire:` and this. */
export const PENDING_ID_MAX_CHARS = 121
/** Pending transfers that one commit lets expire; the rest follow in the next. */
export const PENDING_EXPIRED_PER_COMMIT = 1_000
/** How often the node looks for pending transfers whose time is over while nobody posts. */
export const PENDING_SWEEP_MS = 1_000
/** Most that may be issued in a day (UTC) to one account: 200 credits, some fifty lessons. */
export const MINT_ACCOUNT_DAY_MAX_MICRO = 200_000_000n
/** Most that may be issued in a day to all together: a million credits. */
export const MINT_DAY_MAX_MICRO = 1_000_000_000_000n

// --- sandbox --------------------------------------------------------------------------------------------------------
/** Agents in one host process: with 500 the worst pause was 222 ms, with 100 it stays below 20. */
export const SANDBOX_AGENTS_PER_HOST = 100
/** Programs loaded by a host before it is replaced: disposed isolates do not give all memory back. */
export const SANDBOX_LOADS_PER_HOST = 2_000
/** Agents taken out of a host that is to be replaced, each time it is looked at: the others go on meanwhile. */
export const SANDBOX_DRAIN_PER_LOOK = 8
/** Share of its bound in memory at which a host is replaced in good order. */
export const SANDBOX_RSS_DRAIN_SHARE = 0.7
/** A host without agents goes after so long, unless it is the last. */
export const SANDBOX_EMPTY_HOST_MS = 30_000
/** Wall clock for one turn. Fuel decides long before; this is for what fuel does not see. */
export const SANDBOX_TURN_TIMEOUT_MS = 2_000
/** Time-outs of turns end together, this often: each that ends at a time of its own wakes a thread, which costs more than the call. */
export const SANDBOX_TIMEOUTS_END_EVERY_MS = 250
/** A program that has had no turn for so long gives back what memory it does not need: a collection of the whole heap, once. */
export const SANDBOX_REST_AFTER_MS = 5_000
/** Between two such collections in a host: each holds up the others for some milliseconds. */
export const SANDBOX_REST_PAUSE_MS = 50
/** A host that has work and makes no progress for so long is killed. */
export const SANDBOX_STALL_MS = 5_000
/** When agents have been going for so long, an empty host is started for those of the next host that dies. */
export const SANDBOX_STANDBY_AFTER_MS = 1_000
/** Agents of a lost host that another is loading when the next one goes to a host of its own: as long as it takes to start one. */
export const SANDBOX_RETURNING_AT_ONCE = 50
/** A host has so long to start. */
export const SANDBOX_START_TIMEOUT_MS = 15_000
/** How often hosts are looked at from outside. */
export const SANDBOX_WATCH_INTERVAL_MS = 100
/** Resident memory at which a host is killed: two hundred times what an agent takes, and less than the machine has. */
export const SANDBOX_HOST_RSS_MAX_MB = 1_536
/** Heap of the host's own JavaScript. */
export const SANDBOX_HOST_HEAP_MB = 256
/** First pause before a host that died young is started again; doubles up to the next number. */
export const SANDBOX_RESPAWN_MIN_MS = 50
/** Longest pause before a host is started again. */
export const SANDBOX_RESPAWN_MAX_MS = 5_000
/** Log lines kept of one turn. */
export const AGENT_TURN_LOG_LINES = 40
/** Characters of one log line. */
export const AGENT_LOG_LINE_MAX_CHARS = 500
/** Characters of one argument of an action. */
export const AGENT_ARGUMENT_MAX_CHARS = 2_000
/** Actions of one agent that may be waited for at once. */
export const AGENT_WAITING_CALLS_MAX = 32
/** Handlers one agent may have. */
export const AGENT_HANDLERS_MAX = 64
/** Share of an isolate's memory in use after a turn at which its program is stopped in an orderly way. */
export const AGENT_MEMORY_SOFT_SHARE = 0.6
/** Backtracking steps after which a regular expression goes on in V8's linear engine. */
export const SANDBOX_REGEXP_BACKTRACKS = 1_000

// --- rooms ----------------------------------------------------------------------------------------------------------
/** Time between two tides. */
export const TIDE_EVERY_MS = 100
/** How often changed state is sent to maps; twice as often costs twice as much and looks the same at walking pace. */
export const ROOM_PATCH_EVERY_MS = 100
/** How long a submission waits for a zone that is being opened again. */
export const ZONE_WAIT_MAX_MS = 5_000
/** Pause before a crashed zone is opened again; it doubles while it goes on crashing. */
export const ZONE_REOPEN_MIN_MS = 25
/** Longest such pause. */
export const ZONE_REOPEN_MAX_MS = 10_000
/** Pause before a request that could not be answered is tried again; it doubles. */
export const REQUEST_RETRY_MIN_MS = 20
/** Longest such pause. */
export const REQUEST_RETRY_MAX_MS = 5_000
/** How long a world script may take to answer. */
export const SCRIPT_ANSWER_MAX_MS = 5_000
/** Connections to one zone's room; a zone splits before that many people are in it. */
export const ROOM_CLIENTS_MAX = 600
/** Rooms one person may be connected to at once: one for each open page. */
export const ROOM_CONNECTIONS_PER_PERSON_MAX = 4
/** Seats one person may have reserved and not taken yet. */
export const ROOM_SEATS_PENDING_MAX = 6
/** People whose reserved seats are counted at once; the first of them makes room. */
export const ROOM_SEATS_ASKING_PEOPLE_MAX = 10_000
/** A reserved seat waits this long for its connection. */
export const ROOM_SEAT_WAIT_S = 15
/** The seat of a connection that broke off is kept this long. */
export const ROOM_SEAT_HELD_S = 30
/** Messages a room client may send a second; it has none to send but pings. */
export const ROOM_MESSAGES_PER_S_MAX = 20
/** Unsent bytes above which a client gets no more patches, but one full state when it has caught up. */
export const ROOM_SLOW_BYTES = 256 * 1024
/** Unsent bytes below which it has caught up. */
export const ROOM_CAUGHT_UP_BYTES = 16 * 1024
/** A client that has not caught up by then is dropped, and one that has not finished joining. */
export const ROOM_STALL_MAX_MS = 15_000
/** How often a room looks whether its connections are alive; two missed answers end one. */
export const ROOM_PING_EVERY_MS = 8_000
/** Longest frame a room client may send. */
export const ROOM_FRAME_MAX_BYTES = 1024
/** Transfers that `ledger` lists. */
export const STATEMENT_LINES = 10
/** Lines of an agent's log that `agent log` lists. */
export const AGENT_LOG_LINES = 20
/** Lines of an agent's log shown at once as it writes them; the rest are only counted, the panel has them all. */
export const AGENT_LIVE_LINES = 5
/** Entries that `@audit` lists. */
export const AUDIT_LINES = 10

// --- agents: their life ---------------------------------------------------------------------------------------------
/** Agents one person may keep; a class of thirty is 240 isolates. */
export const AGENTS_PER_PERSON_MAX = 8
/** Projects one person may keep. */
export const PROJECTS_PER_PERSON_MAX = 32
/** Characters of a project's name. */
export const PROJECT_NAME_MAX_CHARS = 64
/** Characters of a file's path. */
export const FILE_PATH_MAX_CHARS = 100
/** Fuel an agent is given each tide: about a millisecond of work. */
export const AGENT_FUEL_PER_TURN = 20_000
/** Fuel it can save up: a burst of some twenty milliseconds. */
export const AGENT_FUEL_BURST = 400_000
/** An agent's isolate. Idle it takes under 2 MB. */
export const AGENT_MEMORY_MB = 32
/** JSON of `me.memory`. */
export const AGENT_OWN_MEMORY_MAX_BYTES = 64 * 1024
/** Inputs handed to an agent in one turn; the rest come with the next. */
export const AGENT_INPUTS_PER_TURN = 64
/** Events that wait for an agent; older ones are dropped. */
export const AGENT_INBOX_MAX = 256
/** Marks of words from other nodes that an agent keeps: as many as may wait for it, what a hub had kept among them. */
export const AGENT_AFAR_MARKS_KEPT = 200
/** Inputs since `main` was started, after which the agent rests: restoring hands in every one of them again. */
export const AGENT_JOURNAL_MAX_INPUTS = 20_000
/** Turns since `main` was started, after which the agent rests. */
export const AGENT_JOURNAL_MAX_TURNS = 20_000
/** Longest wait an agent can ask for: a day. */
export const AGENT_WAIT_MAX_TICKS = 864_000
/** An agent that has had no turn for so long, a minute, and has nothing to do, is put by until something happens. */
export const AGENT_IDLE_TICKS = 600
/** One put by is loaded so much before what it waits for is due. */
export const AGENT_WAKE_AHEAD_TICKS = 3
/** Programs that wait to be run again for the line where they ended; the next is told without one. */
export const SANDBOX_LOCATES_WAITING_MAX = 16
/** Places that are told of one turn of a program that is traced. */
export const SANDBOX_TRACE_POINTS = 2_000
/** Tides in a row without a turn that its author is told of: fewer are a busy moment. */
export const AGENT_SKIPS_TOLD = 5
/** An agent that has been in another zone for so long, ten seconds, is given a host of that zone's. */
export const AGENT_SETTLED_TICKS = 100
/** New code that fails within so many turns makes way for the program before it. */
export const AGENT_TRIAL_TURNS = 10
/** Times in a row that a program may take its host down before only its author can start it again. */
export const AGENT_OFFENCES_MAX = 3
/** How long such a program is paused: half a minute, times the offences. */
export const AGENT_OFFENCE_PAUSE_TICKS = 300
/** Log lines kept of one agent. */
export const AGENT_LOG_KEPT_LINES = 1_000
/** Older ones are taken out each time that so many have come. */
export const AGENT_LOG_TRIM_EVERY_LINES = 100
/** Newest lines among which those of an agent's last turn are looked for: more than a turn and its node write of one tick. */
export const AGENT_LOG_TURN_MAX_LINES = 100
/** Log lines given at once. */
export const AGENT_LOG_PAGE_LINES = 500
/** Turns given at once for a replay. */
export const AGENT_RECORDING_MAX_TURNS = 5_000
/** A person is told of an agent's steps at most once in so many tides; of its log and its state at once. */
export const AGENT_CHANGE_EVERY_TICKS = 3
/** How long a log line waits at most for something of its agent to be stored with. */
export const AGENT_LOG_FLUSH_MS = 500
/** How often somebody who is slowed down is told so. */
export const SLOWED_NOTICE_EVERY_MS = 5_000

// --- compiling agents' sources --------------------------------------------------------------------------------------
/** Processor time after which a set of sources is refused; the biggest allowed takes a tenth of it. */
export const COMPILE_CPU_MS = 3_000
/** How often it is looked at. */
export const COMPILE_LOOK_MS = 500
/** The clock's backstop, for a thread that gets no processor at all. */
export const COMPILE_TIMEOUT_MS = 30_000
/** Sets of sources that may wait to be compiled. */
export const COMPILE_QUEUE_MAX = 200
/** Heap of the thread that compiles. */
export const COMPILE_WORKER_HEAP_MB = 256

// --- calls into programs (world scripts) ------------------------------------------------------------------------------

/** Memory of the isolate that one call is made in. */
export const SANDBOX_CALL_MEMORY_MB = 16
/** Longest answer of a call, as JSON. */
export const SANDBOX_CALL_ANSWER_MAX_CHARS = 65_536
/** Calls that wait for an answer at once; a host answers some three hundred a second. */
export const SANDBOX_CALLS_WAITING_MAX = 500
/** How often a call is made again after its host was lost through no fault of its own. */
export const SANDBOX_CALL_TRIES = 3
/** Fuel of one answer of a world script: some two milliseconds of work. */
export const SCRIPT_FUEL_MAX = 50_000

// --- the author's tools (server/author, server/cli) --------------------------------------------------------------------

/** Longest test of a project, in tides: twenty minutes of the world. */
export const AUTHOR_TEST_TICKS_MAX = 12_000
/** Wall time after which a test is given up; it says nothing about the program. */
export const AUTHOR_TEST_TIMEOUT_MS = 60_000
/** Largest test file or recording that is read, and longest answer of a node: the longest that one gives is a recording. */
export const AUTHOR_FILE_MAX_BYTES = 64 * 1024 * 1024
/** Events that a report of what happened instead shows. */
export const AUTHOR_REPORT_EVENTS = 12
/** Quiet after a change on disk before it is taken: editors save in several steps. */
export const AUTHOR_SAVE_SETTLES_MS = 60
/** Folders of a project that are watched at once. */
export const AUTHOR_WATCHED_FOLDERS_MAX = 200
/** How long a node may take to answer the author's tools. */
export const AUTHOR_HTTP_TIMEOUT_MS = 20_000
/** How often `agent log --follow` asks. */
export const AUTHOR_FOLLOW_INTERVAL_MS = 700

/** Marks that one agent may have on its owner's map; the oldest go first. */
export const AGENT_MARKS_MAX = 24
/** Marks are written down no more often than this. */
export const AGENT_MARKS_SAVE_TICKS = 50
/** Characters of a mark's sign. */
export const AGENT_MARK_GLYPH_CHARS = 2
/** Characters of the words beside a mark. */
export const AGENT_MARK_NOTE_CHARS = 60
/** Fuel of one line in the console of a running agent. */
export const AGENT_EVAL_FUEL = 50_000
/** Longest line in the console. */
export const AGENT_EVAL_MAX_CHARS = 2_000
/** Lines of the console that wait for their turns. */
export const AGENT_EVALS_WAITING_MAX = 8
/** Different lines of the console that a replay takes. */
export const AGENT_EVALS_REPLAYED_MAX = 500
/** How long an answer is waited for; what comes later is told in the log. */
export const AGENT_EVAL_WAIT_MS = 5_000
/** Turns that the author of a paused agent can give it ahead of their time. */
export const AGENT_STEPS_GIVEN_MAX = 20

// --- recordings and their replay (server/protocol/recording.ts, server/sandbox/trace) ----------------------------------

/** How much further than this node's own bounds a recording from elsewhere may go. */
export const RECORDING_LIMITS_FACTOR = 4
/** Steps of one turn that are shown one by one. */
export const REPLAY_STEPS_MAX = 4_000
/** Characters of variables that one turn's steps may carry. */
export const REPLAY_VALUES_MAX_CHARS = 400_000
/** Characters of one variable as it is shown. */
export const REPLAY_VALUE_MAX_CHARS = 160
/** Variables in sight of a line that are shown. */
export const REPLAY_LOCALS_MAX = 24

// --- network: links, admission, registry, messages (server/link) ------------------------------------------------------

/** Longest encoded frame: a chunk of a bundle (256 KiB) and what is said about it. */
export const FRAME_MAX_BYTES = 264 * 1024
/** How long a request between nodes waits for its answer unless told otherwise. */
export const REQUEST_TIMEOUT_MS = 10_000

/** What the envelope of a request or an answer adds to the frame it carries. */
export const ENVELOPE_MAX_BYTES = 1024
/** A stream that takes nothing for so long is given up. */
export const SEND_TIMEOUT_MS = 30_000
/** How long finding, dialling and greeting a node may take. */
export const DIAL_TIMEOUT_MS = 8_000
/** How long a greeting may take before requests go on without one. */
export const GREET_TIMEOUT_MS = 5_000
/** Bytes of frames that wait to be read on one stream before the sender is made to wait: two of the largest. */
export const STREAM_WAITING_MAX_BYTES = 2 * 264 * 1024
/** Bytes that may be under way on one stream before the reader has taken any; half of what libp2p holds before it resets the stream. */
export const STREAM_WINDOW_MAX_BYTES = 2 * 1024 * 1024
/** Requests of one stream that are answered at once; further ones wait in the sender. */
export const STREAM_REQUESTS_MAX = 64
/** Requests from all nodes that are answered at once. */
export const NODE_REQUESTS_MAX = 4_096
/** Bytes of requests that are being answered, from all nodes; more are refused. */
export const NODE_REQUESTS_MAX_BYTES = 256 * 1024 * 1024
/** Answers kept so that a request sent again is not done again. */
export const ANSWERS_KEPT_MAX = 4_096
/** Bytes of kept answers; the oldest go first. */
export const ANSWERS_KEPT_MAX_BYTES = 16 * 1024 * 1024
/** How long an answer is kept. */
export const ANSWERS_KEPT_MS = 120_000
/** Requests waiting for their answers from one node, of one protocol. */
export const REQUESTS_WAITING_MAX = 4_096
/** Connections of one node; a hub of several classes holds far fewer. */
export const CONNECTIONS_MAX = 2_000
/** Connections a second from one address: several classes that join together. libp2p's own default lets 5 of 30 in. */
export const CONNECTIONS_PER_ADDRESS_PER_S = 200
/** Connections that are being agreed on at once, for the same reason. */
export const CONNECTIONS_PENDING_MAX = 256
/** Largest message on a topic. */
export const TOPIC_MESSAGE_MAX_BYTES = 16 * 1024
/** Messages of one node on all topics in a minute; more are not passed on. */
export const TOPIC_MESSAGES_PER_MINUTE = 600
/** Nodes whose messages on topics are counted. */
export const TOPIC_SENDERS_MAX = 4_096
/** Requests, or streams opened, of one node by one protocol, unless the protocol says otherwise. */
export const REQUESTS_PER_MINUTE = 100
export const REQUESTS_PER_HOUR = 1_000
/** Times one node's share that all nodes of one owner have together. */
export const OWNER_SHARES = 8
/** Times one node's share that all nodes without a known owner have behind one address: several classes that join. */
export const ADDRESS_SHARES = 200
/** Bytes a minute that one node may send, by what it is to us. */
export const BYTES_PER_MINUTE = {
  stranger: 16 * 1024 * 1024,
  local: 2 * 1024 * 1024 * 1024,
  trusted: 16 * 1024 * 1024 * 1024,
  initial: 16 * 1024 * 1024 * 1024,
} as const
/** Nodes, owners and addresses whose use is remembered; the one not heard of for longest makes room. */
export const METERS_MAX = 50_000
/** Refused requests in a minute, after which going on is a flood. */
export const FLOOD_REFUSALS_PER_MINUTE = 300
/** Malformed frames in ten minutes before a node is banned. */
export const MALFORMED_PER_TEN_MINUTES = 5
/** Repeated requests on one stream in ten minutes before a node is banned. */
export const REPLAYS_PER_TEN_MINUTES = 20
/** How long a node is banned for, the first time and each further time. */
export const BAN_STEPS_MS = [60_000, 600_000, 3_600_000, 86_400_000] as const
/** A ban that ended so long ago no longer makes the next one longer. */
export const BAN_FORGOTTEN_MS = 7 * 86_400_000
/** Bans listed and kept in memory. */
export const BANS_MAX = 10_000
/** How long an owner's certificate for a node holds; it is made anew at each start. */
export const OWNER_CERT_TTL_MS = 30 * 86_400_000
/** Nodes whose owner and role are remembered; the one not heard of for longest is greeted again. */
export const STANDINGS_MAX = 20_000
/** Relayed connections that an initial or trusted node carries for those who listen through it, by its own role. */
export const RELAY_RESERVATIONS_MAX = { initial: 1_000, trusted: 100 } as const
/** Connections through a relay that one node may have made at once, by what it is to the relay. */
export const RELAYED_CONNECTIONS_MAX = { local: 16, trusted: 64, initial: 256 } as const
/** Bytes a minute that a relay carries for one node, by what it is to the relay; more waits. */
export const RELAY_BYTES_PER_MINUTE = {
  local: 2 * 1024 * 1024 * 1024,
  trusted: 8 * 1024 * 1024 * 1024,
  initial: 8 * 1024 * 1024 * 1024,
} as const
/** How long a place at a relay is held before it must be renewed. */
export const RELAY_RESERVATION_TTL_MS = 3_600_000
/** Largest value under one key of the DHT, its signature included. */
export const DHT_VALUE_MAX_BYTES = 4 * 1024
/** Values that one person may have on the DHT, and the characters of one. */
export const DHT_PERSON_VALUES_MAX = 50
export const DHT_TEXT_MAX_CHARS = 2_048
/** Values that one node puts and puts again, all people together. */
export const DHT_NODE_VALUES_MAX = 10_000
/** Nodes that one answer at the prompt lists. */
export const LISTED_NODES_MAX = 60
/** Longest word to all nodes. */
export const BROADCAST_MAX_CHARS = 400
/** How long a lookup in the DHT may take. */
export const DHT_QUERY_TIMEOUT_MS = 10_000
/** How often a node tells its hub that it is alive. */
export const HEARTBEAT_MS = 10_000
/** A node that was not heard of for so long has vanished: three heartbeats. */
export const LEASE_TTL_MS = 30_000
/** How often a hub looks for leases that ended, and for what other hubs on its database saw. */
export const LEASE_SWEEP_MS = 2_000
/** How long a challenge waits for its proof. */
export const CHALLENGE_TTL_MS = 30_000
/** Challenges that wait at once; the oldest makes room. */
export const CHALLENGES_MAX = 10_000
/** How long other nodes believe a hub's pass without asking it. */
export const PASS_TTL_MS = 600_000
/** Renewals of leases written by one statement. */
export const RENEWALS_PER_STATEMENT = 1_000
/** Renewals that wait for the database; beyond it heartbeats are refused and come again. */
export const RENEWALS_WAITING_MAX = 20_000
/** Nodes of one owner in the network at once. */
export const OWNER_NODES_MAX = 200
/** Encoded size of what a node says of itself. */
export const MANIFEST_MAX_BYTES = 32 * 1024
/** Addresses of one node that are kept. */
export const NODE_ADDRESSES_MAX = 16
/** Nodes in one page of the directory, and the bytes they may come to. */
export const DIRECTORY_PAGE_MAX = 200
export const DIRECTORY_PAGE_MAX_BYTES = 200 * 1024
/** Nodes that a hub looks at at once, and that wait to be looked at. */
export const PROBES_AT_ONCE = 8
export const PROBES_WAITING_MAX = 2_000
/** How long one look at a node may take. */
export const PROBE_TIMEOUT_MS = 10_000
/** Steps of the chain of hashes that shows a node's speed: a few milliseconds. */
export const PROBE_HASHES = 2_000
/** Longest chain a node computes for a hub. */
export const PROBE_HASHES_MAX = 10_000
/** What is proven of a node is looked at again after this long. */
export const PROBE_AGAIN_MS = 30 * 60_000
/** First and longest pause between tries to reach a hub or a known node. */
export const RETRY_MIN_MS = 500
export const RETRY_MAX_MS = 20_000
/** Nodes that are remembered between starts. */
export const KNOWN_PEERS_MAX = 2_000
/** How often what was learned about other nodes is written down. */
export const KNOWN_PEERS_SAVE_MS = 10_000
/** Links a node keeps besides its hub's, by role: enough that gossip and the DHT live on when a hub dies. */
export const LINKS_WANTED = { initial: 16, trusted: 8, local: 2 } as const
/** How often a node looks for links it lacks. */
export const DISCOVERY_EVERY_MS = 15_000
/** Tries at once to reach nodes that were heard of. */
export const DISCOVERY_DIALS_AT_ONCE = 4
/** Nodes that were heard of and wait to be tried. */
export const CANDIDATES_MAX = 500
/** How often a node says on the gossip where it is. */
export const ANNOUNCE_EVERY_MS = 60_000
/** Nodes in the filter of those that were heard of; it begins afresh when full. */
export const HEARD_OF_MAX = 20_000
/** How often values on the DHT are put again; libp2p forgets them after a day and a half. */
export const DHT_REPUBLISH_MS = 6 * 3_600_000
/** What a hub's page may take to answer where the hub is. */
export const HUB_PAGE_TIMEOUT_MS = 5_000
/** How long what the registry said about nodes is believed by a node that asks often. */
export const DIRECTORY_KEPT_MS = 3_000
/** Longest text of a message between nodes, in bytes. */
export const MESSAGE_TEXT_MAX_BYTES = 4 * 1024
/** Messages a node may send another: a class that talks. */
export const MESSAGES_PER_MINUTE = 1_200
export const MESSAGES_PER_HOUR = 20_000
/** Messages that wait to be sent from one to another, and of everybody here. */
export const MESSAGES_WAITING_PER_PAIR_MAX = 32
export const MESSAGES_WAITING_MAX = 2_000
/** Tries to bring a message to a node before its sender is told. */
export const MESSAGE_TRIES = 3
/** Messages that wait for one who is absent, and for all on a node. */
export const INBOX_MAX = 100
export const INBOX_NODE_MAX = 50_000
/** How long a message waits for the absent. */
export const INBOX_TTL_MS = 14 * 86_400_000
/** How often messages that waited too long are thrown away. */
export const INBOX_SWEEP_MS = 600_000
/** Names of nodes kept in the form that libp2p reads. */
export const PARSED_NAMES_KEPT = 4_096
/** Ids of messages that came lately, in memory: whoever follows one of them need not ask the hubs for it. */
export const MESSAGE_IDS_KEPT = 20_000
/** Ids of messages that were handed over are written down, so that none is handed over twice: how long, and how many. */
export const INBOX_GIVEN_KEPT_MS = 86_400_000
export const INBOX_GIVEN_KEPT_MAX = 200_000
/** How often those are looked for who have messages waiting, and how many at once. */
export const MESSAGES_SWEEP_MS = 30_000
export const INBOX_RECIPIENTS_SWEPT = 200
/** Messages that a hub hands on at a time to a node that has come back. */
export const INBOX_BATCH = 50
/** How long an invitation holds unless told otherwise. */
export const INVITE_TTL_MS = 7 * 86_400_000
/** Uses of one invitation: a school year's classes. */
export const INVITE_USES_MAX = 1_000
/** How far two nodes' clocks may be apart before what one signs is refused by the other. */
export const CLOCK_SKEW_MAX_MS = 120_000

// --- bundles (server/bundles) -----------------------------------------------------------------------------------------
/** Bytes of each chunk but a bundle's last: one chunk and what is said about it fit a frame. */
export const BUNDLE_CHUNK_BYTES = 262_144
/** Largest bundle: its manifest still fits a frame. */
export const BUNDLE_MAX_BYTES = 1024 * 1024 * 1024
/** Bytes of all bundles of one node; beyond it those that nobody has pinned go, the longest unused first. */
export const BUNDLES_MAX_BYTES = 8 * 1024 * 1024 * 1024
/** Bytes of the bundles one owner keeps at one node. */
export const BUNDLES_OWNER_MAX_BYTES = 1024 * 1024 * 1024
/** Longest name of a pin, and how many one bundle has. */
export const BUNDLE_PIN_MAX_CHARS = 160
export const BUNDLE_PINS_MAX = 256
/** Nodes that one pull asks at once. */
export const BUNDLE_PULL_PEERS_MAX = 8
/** Chunks asked for in one go: 2 MiB on the way from each node, and a loss of no more. */
export const BUNDLE_GET_MAX_CHUNKS = 8
/** Times that one node may fail within a pull before the others do without it. */
export const BUNDLE_PEER_FAILURES_MAX = 3
/** A node that sends nothing for so long has failed. */
export const BUNDLE_STALL_MS = 15_000
/** Chunks that one audit asks about, and how long it may take. */
export const BUNDLE_AUDIT_MAX_CHUNKS = 64
export const BUNDLE_AUDIT_MS = 20_000
/** Streams of bundles one node may have open here, and frames it may send on them: each asks for 2 MiB. */
export const BUNDLE_STREAMS_MAX = 8
export const BUNDLE_FRAMES_PER_MINUTE = 1_200
export const BUNDLE_FRAMES_PER_HOUR = 20_000
/** When a bundle was last used is written down no more often than this. */
export const BUNDLE_USED_EVERY_MS = 60_000

// --- migration (server/migration) -------------------------------------------------------------------------------------
/** A trip that is not done by then is over, by the registry's clock: room for a large agent over a slow line. */
export const TRIP_TTL_MS = 120_000
/** How long one node waits for another's word about a trip before it asks again. */
export const TRIP_REQUEST_TIMEOUT_MS = 10_000
/** An answer about a transfer that is still under way comes by then, and is asked for again. */
export const TRIP_LONG_POLL_MS = 4_000
/** First and longest pause before the registry or the other node is asked again. */
export const TRIP_RETRY_FIRST_MS = 200
export const TRIP_RETRY_MAX_MS = 5_000
/** Times that the other node may be silent, one after another, before a trip is called off. */
export const TRIP_SILENCES_MAX = 5
/** Largest bundle of an agent: program, memory, a full journal, inbox and log. */
export const TRIP_BUNDLE_MAX_BYTES = 32 * 1024 * 1024
/** Agents of other nodes that one node takes in. */
export const GUEST_AGENTS_MAX = 200
/** Agents of one other node that one node takes in. */
export const GUEST_AGENTS_PER_HOME_MAX = 50
/** A guest's state is sent home at least this often while it changes: what a dead host may cost. */
export const GUEST_CHECKPOINT_EVERY_MS = 60_000
/** A host lets its guests rest so long before its lease ends, by its own clock: time enough to freeze them all. */
export const LEASE_DOUBT_MS = 4_000
/** How often a host looks at its lease. */
export const LEASE_LOOK_MS = 500
/** How often a home asks where its travellers are. */
export const TRAVELLER_WATCH_EVERY_MS = 5_000
/** Bytes of a request of the migrate protocol that are looked at: ids, a CID and a signature. */
export const TRIP_TEXT_MAX_CHARS = 500
/** What a home is told of its traveller's state: its memory and little else. */
export const TRIP_STATE_MAX_CHARS = 200_000
/** How long a home waits to be told, before it shows what it knew. */
export const TRIP_STATE_TIMEOUT_MS = 1_500
/** Streams and requests of the migrate protocol one node may have here. */
/** Lines of its log that a host hands over at once for an agent that is away. */
export const AWAY_LOG_LINES_MAX = 200
/** Agents of other nodes whose last effect here is remembered. */
export const FENCED_AGENTS_KEPT = 20_000
/** Trips that are decided are remembered for this long; what is left of them then is their entry in the list of owners. */
export const TRIP_KEPT_MS = 7 * 86_400_000
export const TRIP_PRUNE_EVERY_MS = 3_600_000
/** How long a node that is stopped takes to send its guests' last checkpoints home; within `DRAIN_TIMEOUT_MS`. */
export const GUEST_FAREWELL_MAX_MS = 5_000
export const TRIP_STREAMS_MAX = 16
export const TRIP_REQUESTS_PER_MINUTE = 1_200
export const TRIP_REQUESTS_PER_HOUR = 20_000

// --- the transparency log, receipts, witnesses (server/ledger/log) ----------------------------------------------------
/** Longest entry: its length is a 16-bit number in a bundle. */
export const TLOG_ENTRY_MAX_BYTES = 65_535
/** Longest signed note that is read: a head and the signatures of sixteen witnesses, many times over. */
export const NOTE_MAX_CHARS = 16_384
/** Signature lines of one note; C2SP asks for sixteen at least. */
export const NOTE_SIGNATURES_MAX = 64
/** Entries that become leaves in one transaction. */
export const TLOG_APPEND_MAX = 4_096
/** A checkpoint is signed at most this often, and only when the log has grown. */
export const TLOG_SIGN_EVERY_MS = 1_000
/** How long the one process that signs for a database may be silent before another one does; it says that it is there each second. */
export const TLOG_LEASE_MS = 5_000
/** Pause after an append or a signature that failed; it doubles up to the longest. */
export const TLOG_RETRY_MIN_MS = 250
export const TLOG_RETRY_MAX_MS = 10_000
/** Full tiles and bundles kept in memory to be served again: some 20 MB. */
export const TLOG_TILES_KEPT = 512
/** How long one witness may take; a receipt is promised within two seconds. */
export const WITNESS_TIMEOUT_MS = 2_000
/** How often witnesses are asked again for a head that too few have cosigned. */
export const WITNESS_RETRY_MS = 5_000
/** A witness that was not here for a week is no longer counted on; when it was here is noted once an hour. */
export const WITNESS_GONE_AFTER_MS = 7 * 24 * 3_600_000
export const WITNESS_SEEN_EVERY_MS = 3_600_000
/** Witnesses that a log asks. */
export const WITNESSES_MAX = 16
/** Cosignatures of different owners that make a checkpoint a witnessed one, where there are as many witnesses: two of three. */
export const WITNESS_QUORUM = 2
/** How often a node looks for witnesses among those connected. */
export const NEIGHBOURS_LOOK_EVERY_MS = 5_000
/** Heads of one log that a monitor remembers, and how often it asks the log to show that the later go on from the earlier. */
export const MONITOR_HEADS_KEPT = 64
export const MONITOR_WEIGH_EVERY_MS = 60_000
/** Logs that one node may have had, one after the other, for others to witness. */
export const LOGS_PER_NODE_MAX = 8
/** Logs that one witness keeps the heads of. */
export const WITNESSED_LOGS_MAX = 1_000
/** Largest body of `POST /add-checkpoint`: a note, and a proof of 63 hashes. */
export const ADD_CHECKPOINT_MAX_BYTES = 32_768
/** How long a receipt may be waited for: the next signature, and the witnesses. */
export const RECEIPT_WAIT_MS = 5_000
/** Entries in one frame between nodes: below the longest frame, and above the longest entry twice over. */
export const TLOG_FRAME_ENTRIES_MAX_BYTES = 200 * 1024
/** Streams of the log's and the witness's protocol that one node may have open. */
export const TLOG_STREAMS_MAX = 4
/** Requests for the log's tiles, proofs and heads that one node may send. */
export const TLOG_REQUESTS_PER_MINUTE = 600
export const TLOG_REQUESTS_PER_HOUR = 12_000
/** Findings of forks that are kept; they are rare and stay for ever. */
export const TLOG_EVIDENCE_MAX = 100
/** Largest receipt file that is opened. */
export const RECEIPT_MAX_CHARS = 256 * 1024
/** How often an auditor over HTTP asks again for what was refused for the moment. */
export const TLOG_FETCH_TRIES = 8
/** The longest that it waits because it was asked to: a node's own limits are over in a minute. */
export const TLOG_RETRY_AFTER_MAX_MS = 60_000
/** How long an auditor waits for one answer over HTTP. */
export const TLOG_FETCH_TIMEOUT_MS = 20_000

// --- IOUs and trust (server/ledger/trust) -----------------------------------------------------------------------------

/** Largest promise to pay between owners: 1,000 credits. */
export const IOU_MAX_MICRO = 1_000_000_000n
/** How long a promise to pay may run: 30 days. */
export const IOU_TERM_MAX_MS = 30 * 86_400_000
/** How far the clocks of two owners may be apart when one takes the other's promise. */
export const IOU_CLOCK_SLACK_MS = 5 * 60_000
/** Promises that one owner may hold of another and not have handed in. */
export const IOU_HELD_MAX = 100
/** Defaulted promises that one attempt to repay looks at. */
export const IOU_REPAID_AT_ONCE = 100
/** Days after which an outcome counts half. */
export const TRUST_HALF_LIFE_DAYS = 30
/** Days after which it counts nothing: ten half-lives. */
export const TRUST_DAYS_MAX = 300
/** The most of one outcome's value that counts: 10 credits. */
export const TRUST_OUTCOME_MAX_MICRO = 10_000_000n
/** The most that counts of one counterparty in a day: 50 credits. */
export const TRUST_PAIR_DAY_MAX_MICRO = 50_000_000n
/** A wrong result weighs as much as this many right ones of its value; a late one less. */
export const TRUST_WRONG_WEIGHT = 20n
export const TRUST_LATE_WEIGHT = 2n
/** Value that a newcomer lacks: an owner with this much behind it is trusted half. */
export const TRUST_PRIOR_MICRO = 20_000_000n
/** Credit is at most the fees behind it divided by this, so that earning it costs more than a default brings. */
export const TRUST_CREDIT_DIVISOR = 2n
/** Credit of one owner never passes this: 100 credits. */
export const TRUST_CREDIT_MAX_MICRO = 100_000_000n
/** Outcomes that the reasons for a figure list, newest first. */
export const TRUST_WHY_OUTCOMES = 20
/** Longest name of a kind of task. */
export const TRUST_KIND_MAX_CHARS = 32

// --- jobs (server/jobs) -----------------------------------------------------------------------------------------------
/** Characters of a job's id: with what is made of it, it names transfers of at most 128. */
export const JOB_ID_MAX_CHARS = 64
/** Encoded input of one job; the body of a request holds no more. */
export const JOB_INPUT_MAX_BYTES = 512 * 1024
/** Parts that one job is split into at each of its stages. */
export const JOB_PARTS_MAX = 1_024
/** Stages of one job: a tree of reductions over the most parts there can be has fewer. */
export const JOB_STAGES_MAX = 16
/** Inputs and results up to this size travel inside frames and rows; larger ones as bundles. */
export const JOB_INLINE_MAX_BYTES = 128 * 1024
/** Encoded result of one part. */
export const JOB_RESULT_MAX_BYTES = 4 * 1024 * 1024
/** Fuel of one part of any kind: some seconds of work. */
export const JOB_PART_FUEL_MAX = 2_000_000_000
/** Fuel of one call of a `script`: under the five seconds after which a host counts as stalled. */
export const JOB_SCRIPT_FUEL_MAX = 20_000_000
/** Inputs that one part of a `script` maps. */
export const JOB_SCRIPT_CHUNK = 16
/** Time a job has unless it says otherwise, and the longest it may ask for. */
export const JOB_DEADLINE_MS = 10 * 60_000
export const JOB_DEADLINE_MAX_MS = 24 * 3_600_000
/** Replicas that a job may ask for. */
export const JOB_REPLICAS_MAX = 5
/** Answers to one part before it is given up as undecided. */
export const JOB_VOTES_MAX = 9
/** Parts of one job that are worked on at once. */
export const JOB_PARTS_AT_ONCE = 16
/** Jobs of one person that may be under way. */
export const JOBS_PER_PERSON_MAX = 200
/** Jobs of everybody that may be under way on this node. */
export const JOBS_AT_ONCE_MAX = 5_000
/** Jobs that `job` lists in the terminal. */
export const JOB_LINES = 10
/** Jobs listed at once. */
export const JOBS_PAGE_MAX = 100
/** How long quotes are waited for, and the number that is enough. */
export const QUOTE_WINDOW_MS = 1_500
export const QUOTES_WANTED = 3
/** Nodes asked for a quote at once. */
export const QUOTE_NODES_MAX = 32
/** Payments of the usual size that one tab of batched receipts has room for. */
export const JOB_TAB_DRAWS = 256
/** A tab that nothing was drawn from for so long is posted. */
export const JOB_TAB_IDLE_MS = 250
/** How long an answer on the market is waited for, and how often a message is sent: each may come twice without harm. */
export const MARKET_ASK_TIMEOUT_MS = 3_000
export const MARKET_ASK_TRIES = 3
/** How long a quote holds. */
export const QUOTE_TTL_MS = 60_000
/** How often a worker tells how far it is. */
export const PROGRESS_EVERY_MS = 5_000
/** Tellings that may be missed before the part goes to another worker. */
export const PROGRESS_MISSED_MAX = 2
/** How long money for a part stays aside beyond the job's deadline: a verdict may come late, a debt may not stay for ever. */
export const ESCROW_GRACE_MS = 5 * 60_000
/** How soon what a job owes is settled again when the ledger could not be reached. */
export const SETTLE_AGAIN_MS = 30_000
/** Parts that wait at one worker; beyond it no quotes are given. */
export const WORK_QUEUE_MAX = 4_096
/** Heap of the process that works on parts; its other memory comes on top. */
export const WORK_HEAP_MB = 256
/** A part that has used its fuel's worth of time this many times over is ended from outside: a thousand fuel a millisecond is slow. */
export const WORK_FUEL_PER_MS = 1_000
export const WORK_TIME_MIN_MS = 20_000
/** A host that has had nothing to do for so long is let go. */
export const WORK_HOST_IDLE_MS = 60_000
/** Parts after which a host is replaced. */
export const WORK_HOST_PARTS = 20_000
/** Parts of at most so much fuel are handed to a host this many at a time: it needs not wait for the next one. */
export const WORK_SMALL_FUEL = 10_000
export const WORK_SMALL_AT_ONCE = 16
/** Hosts that one worker may be set to run. */
export const WORK_HOSTS_MAX = 64
/** Work that waits to be written down. */
export const JOB_WRITES_WAITING_MAX = 20_000
/** Rows of one group commit of jobs. */
export const JOB_WRITES_GROUP = 400
/** Given once to whoever hands in a first job and never had a credit: some dozens of small jobs, or a picture. */
export const JOB_FIRST_GRANT_MICRO = 1_000_000n
/** Days that earnings are plotted over. */
export const EARNINGS_DAYS = 14
/** What the academy takes of each payment of the market, in thousandths, rounded up to a micro-credit; the payer pays it on top. */
export const MARKET_FEE_PERMILLE = 20n
/** What `me.compute` may cost unless its program says otherwise, and the most that it may say: a tenth of a credit, and one. */
export const JOB_AGENT_PRICE_MICRO = 100_000n
export const JOB_AGENT_PRICE_MAX_MICRO = 1_000_000n
/** Longest result that a program is handed, as JSON: it stands in the program's journal. */
export const JOB_AGENT_RESULT_MAX_CHARS = 8_000
/** Time between two audits of a replica that is kept. */
export const STORE_AUDIT_EVERY_MS = 60_000
/** Audits that one `store` job pays for. */
export const STORE_AUDITS_MAX = 10_000
/** Chunks asked for in one audit. */
export const STORE_AUDIT_CHUNKS = 4

// --- inference: backends, doors, routing (server/inference) -----------------------------------------------------------
/** Tokens of an answer that are scored again when it is checked; enough to tell two models apart. */
export const INFER_SCORE_MAX_TOKENS = 64
/** Sequences a model computes together unless told otherwise; each takes its share of memory for the context. */
export const INFER_SEQUENCES = 4
/** Context of each sequence unless told otherwise. */
export const INFER_CONTEXT_TOKENS = 8_192
/** A model file below this is computed on one thread: more would only wait for each other. */
export const INFER_ONE_THREAD_MAX_BYTES = 64 * 1024 * 1024
/** Requests that wait for one backend; more are told to come back. */
export const INFER_QUEUE_MAX = 256
/** First wait before a model's process that died is started again; it doubles up to the last. */
export const INFER_RESTART_MIN_MS = 250
export const INFER_RESTART_MAX_MS = 60_000
/** A backend that says nothing for so long has failed; a long prompt on a slow machine takes a minute to read. */
export const INFER_SILENCE_MAX_MS = 120_000
/** Largest answer of a server upstream. */
export const INFER_ANSWER_MAX_BYTES = 8 * 1024 * 1024
/** Connections kept to one server upstream. */
export const INFER_UPSTREAM_SOCKETS_MAX = 2_048
/** Requests one server upstream has at once unless told otherwise. */
export const INFER_UPSTREAM_SLOTS = 1_024
/** How often a server upstream is asked what it has, and how long that may take. */
export const INFER_UPSTREAM_LIST_EVERY_MS = 30_000
export const INFER_UPSTREAM_LIST_TIMEOUT_MS = 5_000
/** Candidates that one request is sent to, rivals and successors included. */
export const INFER_ATTEMPTS_MAX = 4
/** A rival is asked when the first token is late by so many times the usual, and never earlier than the least. */
export const INFER_HEDGE_FACTOR = 3
export const INFER_HEDGE_MIN_MS = 1_500
/** What the router takes an answer to be long, before it is known. */
export const INFER_ANSWER_GUESS_TOKENS = 256
/** Micro-credits that a millisecond of waiting is worth to the router. */
export const INFER_MICRO_PER_MS = 1_000
/** Pairs of backend and model whose speed is remembered. */
export const INFER_MEASURED_MAX = 2_000
/** Answers kept for identical requests of the same tenant: how much text in all, how long, and the longest one. */
export const INFER_CACHE_MAX_CHARS = 32 * 1024 * 1024
export const INFER_CACHE_TTL_MS = 600_000
export const INFER_CACHE_ANSWER_MAX_CHARS = 256 * 1024
/** Credits set aside at once for one tenant and payee, as a multiple of one request's: so that the ledger is not written for each. */
export const INFER_ESCROW_REQUESTS = 16
/** What is set aside is posted as far as it was used, and the rest given back, after so long without a request. */
export const INFER_ESCROW_IDLE_MS = 5_000
/** It goes back by itself after so long, should this node not come back. */
export const INFER_ESCROW_TIMEOUT_MS = 3_600_000
/** What one answer is taken to be long, in tokens, where the asker names no bound: what is set aside for it. */
export const INFER_ESCROW_ANSWER_TOKENS = 2_048
/** How often usage is written. */
export const INFER_USAGE_EVERY_MS = 1_000
/** Requests a minute and at once, and tokens a minute, of one person or key, unless the key says less. */
export const INFER_REQUESTS_PER_MINUTE = 600
export const INFER_TOKENS_PER_MINUTE = 400_000
export const INFER_CONCURRENCY = 32
/** People and keys whose rates are kept in memory. */
export const INFER_TENANTS_MAX = 20_000
/** API keys of one person. */
export const INFER_KEYS_MAX = 20
/** A key that was looked up is believed for so long; one revoked here is refused at once. */
export const INFER_KEY_CACHE_MS = 5_000
export const INFER_KEY_CACHE_MAX = 10_000
/** Largest body of a request at the door: a long conversation. */
export const INFER_BODY_MAX_BYTES = 4 * 1024 * 1024
/** Messages, tools and stop texts of one request, and texts of one request for vectors. */
export const INFER_MESSAGES_MAX = 2_000
export const INFER_TOOLS_MAX = 128
export const INFER_STOPS_MAX = 8
export const INFER_EMBED_TEXTS_MAX = 512
/** A reader this far behind makes the backend pause. */
export const INFER_WRITE_BUFFER_MAX_BYTES = 64 * 1024
/** Tokens are sent to another node joined for this long; the first goes at once. */
export const INFER_REMOTE_JOIN_MS = 20
/** Frames of one answer that may be on their way without having been asked for: some seconds of a quick model. */
export const INFER_REMOTE_CREDIT = 128
/** A long request crosses in parts of this size; a frame holds one with room to spare. */
export const INFER_REMOTE_PART_BYTES = 192 * 1024
/** Answers given to one node at once, and the streams it may have for them. */
export const INFER_REMOTE_RUNS_MAX = 512
export const INFER_REMOTE_STREAMS_MAX = 4
/** How often the models of other nodes are listed, and this node's own offered anew. */
export const INFER_NEIGHBOURS_EVERY_MS = 2_000
/** Longest answer to `me.ask`, in tokens and in letters: it becomes an input of the program and stays in its journal. */
export const INFER_ASK_ANSWER_MAX_TOKENS = 400
export const INFER_ASK_ANSWER_MAX_CHARS = 2_000
/** An answer less likely than the model's own by more than this, in natural logarithms a token, is doubted; chance at temperature 1 stays below. */
export const INFER_VERIFY_LOG_PROB_MARGIN = 1.5
/** Of a canary's tokens so many of those expected must be the model's first choice. */
export const INFER_VERIFY_FIRST_CHOICE_MIN = 0.7
/** Answers shorter than this tell nothing. */
export const INFER_VERIFY_TOKENS_MIN = 8
/** A node faster than this many times the expected speed is doubted. */
export const INFER_VERIFY_SPEED_FACTOR_MAX = 8
/** Doubt at which a verdict goes against a node. */
export const INFER_VERIFY_DOUBT_MAX = 0.9
/** Signed meters of other nodes are kept this long, at most so many wait to be written, and so many are shown. */
export const INFER_RECEIPTS_KEPT_MS = 90 * 86_400_000
export const INFER_RECEIPTS_WAITING_MAX = 10_000
export const INFER_RECEIPTS_SHOWN = 200
export const INFER_RECEIPTS_DROP_EVERY_MS = 3_600_000
/** Referees that an answer is shown to at most, each of another owner. */
export const INFER_VERIFY_REFEREES_MAX = 3
/** Fuel of the job `infer` for a byte of the question and for a token of the answer; the host's price is for a million. */
export const INFER_JOB_FUEL_PER_BYTE = 60
export const INFER_JOB_FUEL_PER_TOKEN = 1_000
/** Conversations in one such job. */
export const INFER_JOB_QUESTIONS_MAX = 256
/** What a model says for a person of the world: letters, tokens, and how long it may take before the authored line is said. */
export const NPC_SPEECH_MAX_CHARS = 400
export const NPC_SPEECH_MAX_TOKENS = 120
export const NPC_SPEECH_MAX_MS = 6_000
/** People of a zone who are thinking at once; further ones say the authored line. */
export const NPC_SPEECH_PENDING_MAX = 8
/** Such answers a person is given in a minute, and the tokens of the node for all of them in a day. */
export const NPC_SPEECH_PER_MINUTE = 6
export const NPC_SPEECH_TOKENS_PER_DAY = 200_000
/** A model's process joins tokens for so long, unless it said nothing for as long before: a quick model's tokens cost less than their messages. */
export const INFER_JOIN_MS = 8
/** How long a model's process may take to end before it is killed. */
export const INFER_STOP_TIMEOUT_MS = 3_000

// --- shards: a model over several nodes (server/inference/sharded) ------------------------------------------------------
/** Nodes that one model is spread over besides its own: with three llama.cpp's RPC comes to a stop (llama.cpp#28487). */
export const SHARD_NODES_MAX = 2
/** Streams of one agreement: llama.cpp holds one connection, and another for a moment when it makes a new one. */
export const SHARD_STREAMS_MAX = 4
/** Requests of one node about agreements: one every few seconds renews them. */
export const SHARD_REQUESTS_PER_MINUTE = 60
export const SHARD_REQUESTS_PER_HOUR = 1_200
/** How long one may take: the answer to an agreement waits for the rpc-server, which reads its devices first. */
export const SHARD_REQUEST_TIMEOUT_MS = 45_000
/** An agreement that is not renewed for so long has ended; it is renewed four times as often. */
export const SHARD_LEASE_MS = 40_000
/** One through which nothing passes for so long ends, and the memory is free again. */
export const SHARD_IDLE_MS = 3_600_000
/** Bytes of one agreement in an hour, both ways: a large model once, and its activations. */
export const SHARD_BYTES_PER_HOUR = 512 * 1024 ** 3
/** What is set aside for a host at once, in minutes of rent; used minutes are paid at the end of it. */
export const SHARD_PERIOD_MINUTES = 10
/** What is set aside outlives its period by so long, to be paid after a restart. */
export const SHARD_HOLD_GRACE_MS = 3_600_000
/** Data that an rpc-server needs besides the tensors that it holds for others. */
export const SHARD_SERVER_OVERHEAD_MB = 256
/** How long an rpc-server may take until it listens, and how often that is tried. */
export const SHARD_LISTEN_TIMEOUT_MS = 30_000
export const SHARD_CONNECT_EVERY_MS = 50
/** How often a model that is being loaded is asked whether it is. */
export const SHARD_HEALTH_EVERY_MS = 200
/** A load through which nothing passes for so long has failed; one large tensor on a slow link takes a minute. */
export const SHARD_LOAD_SILENCE_MAX_MS = 300_000

// --- mentor and approvals (server/inference/mentor) -------------------------------------------------------------------

/** Questions on one rung of the hint ladder before the next. */
export const MENTOR_ASKS_PER_RUNG = 2
/** How long a person has to allow what the mentor asked for. */
export const APPROVAL_TTL_MS = 10 * 60_000
/** What waits for one person's word at once. */
export const APPROVALS_PENDING_MAX = 8
/** Lines of a file whose change is shown line by line. */
export const DIFF_MAX_LINES = 400
/** What one tool may tell the model. */
export const MENTOR_TOOL_ANSWER_MAX_CHARS = 6_000
/** Rounds of tools in one answer; a model that asks on and on is stopped. */
export const MENTOR_ROUNDS_MAX = 4
/** Calls of tools that are looked at in one round. */
export const MENTOR_CALLS_PER_ROUND_MAX = 4
/** Longest question. */
export const MENTOR_QUESTION_MAX_CHARS = 2_000
/** Tokens of one answer. */
export const MENTOR_ANSWER_MAX_TOKENS = 700
/** Tokens a person has with the mentor in a day; what a lesson hour with a talkative learner needs several times over. */
export const MENTOR_TOKENS_PER_DAY = 200_000
/** Lines of talk that go to the model as they are; older ones are summed up. */
export const MENTOR_LINES_KEPT = 24
/** Lines that are summed up at once, when the window moves on. */
export const MENTOR_LINES_SUMMED = 8
/** Longest summary of what was said before. */
export const MENTOR_SUMMARY_MAX_CHARS = 2_000
/** Tokens of a summary. */
export const MENTOR_SUMMARY_MAX_TOKENS = 300
/** A summary that takes longer is given up, and the beginnings of the lines stay. */
export const MENTOR_SUMMARY_TIMEOUT_MS = 60_000
/** Longest stretch of an answer without an end of a sentence that waits for one before it is filtered and shown. */
export const MENTOR_SENTENCE_MAX_CHARS = 240
/** Trials of what the mentor would say, waiting for their turn; one more counts as the lesson's answer and is kept back. */
export const MENTOR_TRIALS_WAITING_MAX = 16
/** A comment goes down a silent stream this often, so that nothing between takes it for dead. */
export const STREAM_BEAT_MS = 15_000
/** A person's own rules about the mentor's tools. */
export const MENTOR_RULES_MAX = 32

// --- visits ---------------------------------------------------------------------------------------------------------
/** A node that cannot renew a visit for this long lets its visitor go; the home takes them back a margin later. */
export const VISIT_LEASE_MS = 10_000
/** Added by the home, which measures from its own answers: clocks that run a little apart must not make two of one person. */
export const VISIT_LEASE_MARGIN_MS = 2_000
export const VISIT_RENEW_EVERY_MS = 2_500
/** A pass is shown at once; this covers clocks that are apart. */
export const VISIT_PASS_TTL_MS = 120_000
/** From the word that the boat is on its way to the page that takes the ticket. */
export const VISIT_CLAIM_MS = 20_000
export const VISIT_TICKET_TTL_MS = 20_000
/** A visitor whose page is gone is sent home after this long. */
export const VISIT_PAGE_GRACE_MS = 20_000
export const VISIT_REQUEST_TIMEOUT_MS = 5_000
/** Strangers' people at once: on one node, and of one home. */
export const VISITORS_MAX = 100
export const VISITORS_PER_HOME_MAX = 40
/** Departures remembered of people of other nodes, so that an earlier pass does not count after a later one. */
export const VISIT_EPOCHS_KEPT = 10_000
export const VISIT_TEXT_MAX_CHARS = 300
export const VISIT_STREAMS_MAX = 8
export const VISIT_REQUESTS_PER_MINUTE = 600
export const VISIT_REQUESTS_PER_HOUR = 20_000

// --- the entity library (server/library) ------------------------------------------------------------------------------
/** All files of one item: a script of a thousand lines and words in two languages fit several times. */
export const ITEM_MAX_BYTES = 128 * 1024
export const ITEM_FILES_MAX = 32
/** The same as a bundle, with what wraps it. */
export const ITEM_BUNDLE_MAX_BYTES = ITEM_MAX_BYTES + 16 * 1024
export const ITEM_NAME_MAX_CHARS = 40
export const ITEM_TITLE_MAX_CHARS = 80
export const ITEM_SUMMARY_MAX_CHARS = 400
/** Names that one owner may hold. */
export const ITEMS_PER_OWNER_MAX = 200
export const ITEM_VERSIONS_MAX = 100
/** Names in one node's library. */
export const LIBRARY_NAMES_MAX = 20_000
/** Items of a list asked for at once. */
export const LIBRARY_PAGE_MAX = 50
/** Items and versions that the prompt lists at once. */
export const LIBRARY_LINES = 20
/** Items that are part of one world. */
export const WORLD_ITEMS_MAX = 200
/** Neighbours asked at once for what they have, beside the hub. */
export const LIBRARY_PEERS_ASKED = 12
/** A neighbour that has not answered by then is left out of a list. */
export const LIBRARY_ANSWER_MS = 5_000
/** A hub fetches and looks through what it is told of before it answers. */
export const LIBRARY_TELL_MS = 60_000
/** How often what a hub has not heard of yet is told it again. */
export const LIBRARY_TELL_EVERY_MS = 30_000
export const LIBRARY_REQUESTS_PER_MINUTE = 240
export const LIBRARY_REQUESTS_PER_HOUR = 4_000
/** Problems of an item's files that are shown. */
export const ITEM_PROBLEMS_SHOWN = 12

// --- workspaces (server/library) --------------------------------------------------------------------------------------
export const WORKSPACES_PER_PERSON_MAX = 16
export const WORKSPACE_NAME_MAX_CHARS = 64
export const WORKSPACE_PROJECTS_MAX = 16
/** A shared workspace as a bundle: four full projects, or sixteen of the usual size. */
export const WORKSPACE_BUNDLE_MAX_BYTES = 1024 * 1024
/** Workspaces one owner may have shared with the world, at a hub. */
export const SHARED_PER_OWNER_MAX = 50
/** Settings of one project's environment. */
export const ENVIRONMENT_SETTINGS_MAX = 64
export const ENVIRONMENT_NAME_MAX_CHARS = 64
export const ENVIRONMENT_VALUE_MAX_CHARS = 1_000
/** Places that are named when a workspace holds what looks like a secret. */
export const SECRETS_SHOWN = 10

/** By how much a node's heap may grow beyond what lives in it before it is collected: V8's own default is up to 300, and memory is what hosts pay for. */
export const HEAP_GROWING_PERCENT = 120
