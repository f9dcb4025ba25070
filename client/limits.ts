/** Every number that bounds something in the page, with its unit in the name and its reason beside it. */

/** Blocks of output kept for scrolling back; older ones fall off so that a long evening does not fill the memory. */
export const OUTPUT_KEPT_COUNT = 400
/** Blocks kept in the `role="log"` list, where each is a node that a screen reader may walk. */
export const LOG_KEPT_COUNT = 150
/** Blocks kept over a reload of the page, in this tab only. */
export const RELOAD_KEPT_COUNT = 120
/** Lines typed before, kept for the arrow keys and for the next visit. */
export const HISTORY_KEPT_COUNT = 200
/** What the server takes as one line; the field takes no more. */
export const LINE_MAX_CHARS = 500
/** Lines waiting for a connection; beyond this the page says no instead of piling up. */
export const OUTBOX_MAX_COUNT = 50
/** How long a line waits for its acknowledgement before it is sent again under the same id. */
export const LINE_ACK_TIMEOUT_MS = 5_000
/** How long the node may take to complete a line; after that the page's own words do. */
export const COMPLETE_TIMEOUT_MS = 1_000
/** A pause in typing after which the node is asked how the line could go on. */
export const COMPLETE_PAUSE_MS = 120
/** Suggestions shown at once. */
export const COMPLETION_MAX_COUNT = 12
/** An access token with less than this left is renewed before it is used. */
export const TOKEN_SLACK_MS = 30_000
/** How long an HTTP request may take before the page calls the node unreachable. */
export const REQUEST_TIMEOUT_MS = 15_000
/** Waits between attempts to reach the node again: the first, and the longest. */
export const RECONNECT_FIRST_MS = 400
export const RECONNECT_LONGEST_MS = 8_000
/** One letter of a command that the page types for the hand to learn. */
export const TYPING_STEP_MS = 35
/** JavaScript that may load before the terminal plays, gzipped. */
export const FIRST_LOAD_MAX_BYTES = 350 * 1024
/** Lines of an agent's log kept on the page; the node keeps more. */
export const LOG_ENTRIES_MAX = 300
/** Pause in typing after which a file is saved, in milliseconds. */
export const SAVE_DELAY_MS = 600
/** Waits between attempts to save a file that the node did not take: the first, and the longest. */
export const SAVE_RETRY_FIRST_MS = 1_000
export const SAVE_RETRY_LONGEST_MS = 15_000
/** How often a pane that is looked at asks how running lanterns are: what they remember, and their fuel. */
export const AGENT_REFRESH_MS = 2_000
/** How often the list of everyone awake is asked for while it is looked at. */
export const AWAKE_REFRESH_MS = 5_000
/** How often jobs under way are asked after while they are looked at. */
export const JOBS_REFRESH_MS = 700
/** Every so many of these looks the whole list is asked for: jobs come from the prompt, from agents and from other pages too. */
export const JOBS_LIST_EVERY = 5
/** How often the network is asked after while its page is looked at, and how seldom at the least while that fails. */
export const NETWORK_REFRESH_MS = 4_000
export const NETWORK_REFRESH_LONGEST_MS = 60_000
/** Nodes drawn around this one on the map; linked ones first, the table has them all. */
export const NETWORK_MAP_NODES = 64
/** Outcomes shown behind an owner's trust; the node lists more. */
export const NETWORK_OUTCOMES = 20
/** Answers of the DHT kept on the page. */
export const NETWORK_DHT_ANSWERS = 12
/** How long after something has happened the balance is looked at; a lesson's reward is shown at once. */
export const PURSE_REFRESH_MS = 8_000
/** The same where it is known that credits have moved: a job is paid part by part. */
export const PURSE_MOVED_MS = 1_000
/** How long the frame of a replay may take to come. */
export const REPLAY_FRAME_TIMEOUT_MS = 15_000
/** Longest text that the frame of a replay may hand out at once. */
export const REPLAY_TEXT_MAX_CHARS = 4_000_000
/** Turns before and after the one that is looked at which are followed with it, so that stepping does not wait. */
export const REPLAY_FOLLOWED_AROUND = 4
/** Turns whose steps are kept. */
export const REPLAY_FOLLOWED_KEPT = 60
/** How long each step stays while a replay plays. */
export const REPLAY_STEP_MS = 400
/** Lines of the log shown up to the moment. */
export const REPLAY_LOG_LINES = 60
/** Lines shown in the bill of a turn. */
export const REPLAY_COST_LINES = 5
/** Largest recording that is read from disk. */
export const REPLAY_FILE_MAX_BYTES = 64 * 1024 * 1024
/** How long after Escape in the editor a Tab leaves it instead of indenting. */
export const TAB_RELEASE_MS = 3_000
/** How often the mentor's pane, while it is looked at, asks whether a model is in reach; what waits and what was decided is told at once. */
export const MENTOR_REFRESH_MS = 30_000
/** A timer is not set for longer than this: what waits is over in ten minutes. */
export const MENTOR_WAITS_MAX_MS = 600_000
/** How long the frame of a visit may take to come, and how long its connections may be broken before the page asks to be taken home. */
export const PORTAL_FRAME_TIMEOUT_MS = 10_000
export const PORTAL_LOST_MS = 4_000
