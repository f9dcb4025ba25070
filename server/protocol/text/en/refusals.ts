/** Why not, and what would help: a sentence for every code in server/protocol/refusals.ts. */
export default {
  'refusal.no_exit':
    'There is no way {direction, select, none {{name, select, none {there} other {called “{name}”}}} other {{direction_to}}} from here.{exits, select, none {} other { Ways out: {exits}.}}{direction, select, out { “quit” ends the visit.} other {}}',
  'refusal.door_closed': '{Door_the} is in the way, closed. “open {door_nom}” would help.',
  'refusal.locked':
    '{door, select, none {It} other {{Door_the}}} is locked{key, select, none {. Look for the key} other {; {key_the} would open it}}.',
  'refusal.not_allowed': 'Something keeps you from going there. Ask the people here what it takes.',
  'refusal.sitting': 'You are sitting. “stand” first.',
  'refusal.too_far': 'That is too far from here. Walk closer first.',
  'refusal.already_there': 'You are there already.',
  'refusal.nobody_to_follow': 'You cannot follow that. Name somebody who is here with you.',
  'refusal.no_such_thing':
    '{held, select, yes {You have no {name, select, none {such thing} other {“{name}”}} in your hands.} other {You see no {name, select, none {such thing} other {“{name}”}} here.}}{choices, select, none {{held, select, yes { “inventory” shows what you carry.} other { “look” shows what there is.}}} other { Did you mean {choices}?}}',
  'refusal.ambiguous': 'Which one: {choices}? Say more of the name, or “2.” and the name for the second.',
  'refusal.not_takable': '{Thing_the} stays where it is. You can “look” at it or “use” it.',
  'refusal.too_heavy':
    '{Thing_the} would be too much: you carry {weight} of {max} already. Put something down first.',
  'refusal.full': 'There is no more room in {container_the}. Take something out first.',
  'refusal.not_a_container': 'Nothing can be put into {thing_the}. Try a chest, a box or somebody’s hands.',
  'refusal.closed': '{Thing_the} is closed. “open {thing_nom}” first.',
  'refusal.already_open': 'It is open already.',
  'refusal.already_closed': 'It is closed already.',
  'refusal.already_have': 'You already carry {thing_the}. “inventory” shows what you have.',
  'refusal.hands_full':
    'You carry {max, plural, one {# thing} other {# things}} already, and no hand is free. Put something down first.',
  'refusal.empty_hands': 'You carry nothing. “take” picks things up.',
  'refusal.not_openable':
    '{thing, select, none {That} other {{Thing_the}}} does not open. “look” at it to see what it is for.',
  'refusal.wrong_key': 'You have no key that fits.{key, select, none {} other { It takes {key_the}.}}',
  'refusal.not_lockable': 'There is no lock on it. It can only be opened and closed.',
  'refusal.not_usable': 'You cannot think of a way to use {thing_the} here. “look” at it closely, or ask somebody.',
  'refusal.needs_thing': 'It takes {needs_the}. Find that first.',
  'refusal.nothing_happens':
    'Nothing happens. “look” closely at what you are working on: it may want something else first.',
  'refusal.not_readable':
    'There is nothing to read on {thing, select, none {that} other {{thing_the}}}. “look” at it instead.',
  'refusal.not_wearable': '{Thing_the} is not for wearing. You can carry it as it is.',
  'refusal.not_edible': '{Thing_the} is no food. Look for something to eat at a shop: “list”.',
  'refusal.not_drinkable': '{Thing_the} is no drink. Look for one at a shop: “list”.',
  'refusal.not_holding': 'You do not have {thing_the} in your hands. “take” it first.',
  'refusal.not_worn': 'You do not wear {thing_the}. “wear” puts it on.',
  'refusal.no_pushing': 'Pushing {thing_the} does nothing. Try “look” or “use”.',
  'refusal.no_pulling': 'Pulling {thing_the} does nothing. Try “look” or “use”.',
  'refusal.already_in_state': 'That is done already: look at {thing_the}.',
  'refusal.nobody_here': 'Nobody here can hear you. Go where people are: “who” shows where.',
  'refusal.no_such_person':
    'There is nobody called “{name}” here.{people, select, none { “look” shows who is with you, “who” shows everybody.} other { Did you mean {people}?}}',
  'refusal.not_a_seat':
    'You cannot sit on {thing, select, none {that} other {{thing_the}}}. “sit” alone sits down on the ground.',
  'refusal.muted':
    'You may not speak for now{minutes, select, none {} other { ({minutes} min left)}}. Reason: {reason}. You can still walk, look and program.',
  'refusal.blocked': 'This person does not want to hear from you. Let them be.',
  'refusal.too_long':
    'That is too long: {max, select, none {say it shorter} other {at most {max} characters}}. Split it in two.',
  'refusal.filtered': 'That word hurts people. Say it another way.',
  'refusal.no_reply_target': 'Nobody has told you anything yet. “tell NAME words” begins a talk.',
  'refusal.nothing_to_say': 'Say what? Put the words after the command.',
  'refusal.not_for_sale': '{name, select, none {That} other {“{name}”}} is not for sale here. “list” shows what is.',
  'refusal.no_shop_here': 'Nobody sells anything here. Look for a market.',
  'refusal.cannot_afford':
    'You do not have enough credits{priceMicro, select, none {} other { (the price is {priceMicro})}}. Lessons earn some: “quests”.',
  'refusal.will_not_buy': 'Nobody here buys {thing, select, none {that} other {{thing_the}}}. Another shop might.',
  'refusal.no_ledger': 'Credits do not work on this node just now. Try again later.',
  'refusal.name_taken': 'Somebody is called that already. Add a word or a number.',
  'refusal.bad_name':
    'That is not a name people could call out: 2 to 24 letters, digits, spaces or hyphens, one alphabet.',
  'refusal.guest_only': 'That is for guests. You have a name and a password already.',
  'refusal.not_a_guest': 'Guests cannot do that. Take a name and a password first: the menu, “Keep my progress”.',
  'refusal.unknown_setting': 'There is no such setting. “config” lists them all.',
  'refusal.alias_limit':
    'You have as many aliases as there is room for. Remove one: “alias NAME” with nothing after it.',
  'refusal.bad_alias': 'That cannot be an alias: one short word, no command’s own name, and no other alias inside.',
  'refusal.unknown_command':
    'I do not know “{word}”.{suggestions, select, none { “help” lists what you can do.} other { Did you mean {suggestions}?}}{layout, select, yes { The keyboard may be in the other language.} other {}}',
  'refusal.ambiguous_verb': '“{word}” could be {verbs}. One more letter decides.',
  'refusal.bad_arguments':
    'That does not say enough. {usage, select, none {“help” and the command’s name shows how it goes.} other {Like this: {usage}}}',
  'refusal.rate_limited': 'Too fast. Wait {seconds, select, none {a moment} other {{seconds} s}} and go on.',
  'refusal.line_too_long':
    'That line is too long: at most {max, select, none {500} other {{max}}} characters. Nothing was done.',
  'refusal.busy': 'Too much at once: this line was left out. Wait a moment and send it again.',
  'refusal.no_history': 'There is no such line to repeat. “history” lists yours.',
  'refusal.no_such_agent': 'There is no lantern “{name}” of yours. “agent list” shows them all.',
  'refusal.agent_limit':
    'You keep as many lanterns as the node allows. Stop one that you do not need; “agent delete NAME” removes it for good.',
  'refusal.already_running': 'It is running already. “agent log” shows what it does.',
  'refusal.not_running': 'It is not running. “agent run” starts it.',
  'refusal.no_such_project': 'There is no project “{name}” of yours. “agent new NAME” makes one.',
  'refusal.project_limit':
    'You keep as many projects as the node allows. Delete one that you do not need, beside the editor of the page.',
  'refusal.project_in_use': 'A lantern has its program from the project “{name}”. Delete the lantern first.',
  'refusal.file_limit': 'The project is full: fewer or smaller files, please.',
  'refusal.program_error':
    'The program has a mistake{line, select, none {} other { in line {line}}}{text, select, none {} other {: {text}}}. Fix it and run again.',
  'refusal.several_nodes': 'Several nodes are called {name}. “nodes” shows how their ids end: name it by that.',
  'refusal.node_unreachable': '{name} cannot be reached just now. Try again in a while.',
  'refusal.messages_refused': '{name} takes no messages from you.',
  'refusal.no_such_node': 'No node of that name can be seen from here. “nodes” lists those that can.',
  'refusal.cannot_hop':
    '{reason, select, capacity {There is no room left on that node. Try another.} policy {That node does not take it in.} version {That node runs another version: a program would not go on there as it was.} no_lease {That node is out of touch with the network just now. Try again in a minute.} no_registry {The registry cannot be reached, and nobody leaves without it. Try again in a minute.} unreachable {That node does not answer. Try another, or later.} stale {It is at that node already.} not_here {It is not going at this node, so it cannot leave from here.} conflict {It is on its way already.} other {The ferry does not leave for there now. Try another node, or later.}}',
  'refusal.portal_nowhere': 'No island is in reach just now. “islands” lists them when there are some.',
  'refusal.portal_where': 'Where to? In reach: {names}. Say “travel” and a name.',
  'refusal.portal_unknown': 'No island called {name} is in reach. “islands” lists those that are.',
  'refusal.portal_no_url':
    '{name} can be reached by nodes alone: it has no address of its own that a page could open. Lanterns may travel there, people may not.',
  'refusal.portal_refused':
    '{name} lets you not ashore: {reason, select, capacity {it is full. Try again later} closed {it takes no visitors} name {nobody goes by that name there} banned {you are banned there} stale {it has seen you leave already; try once more} other {it said no}}.',
  'refusal.portal_silent': '{name} does not answer. You stay where you are; try again later.',
  'refusal.portal_for_people': 'Lanterns do not take the boat. They travel by “await me.hop(node)”.',
  'refusal.away': 'You are away, on {node}. “return” brings you home.',
  'refusal.not_away': 'You are at home here. “travel” leads elsewhere.',
  'refusal.visitor_at_home':
    'You are a visitor here: look, walk, talk and use what there is. That you do at home; “return” leads there.',
  'refusal.agent_away':
    'That lantern is away{node, select, none {} other {, at {node}}}. Call it home first: “agent return NAME”.',
  'refusal.model_refused':
    'The model gave no answer: {reason, select, funds {its owner’s credits do not reach} schema {what was asked of its shape cannot be read} cut {it broke off in the middle} other {it failed}}.',
  'refusal.no_model': 'No model answers on this node. Ask somebody, or try another node.',
  'refusal.no_such_lesson': 'There is no lesson “{name}”. “quests” lists them.',
  'refusal.lesson_locked': 'That lesson opens later. “quests” shows what is open now.',
  'refusal.no_hint_left': 'No hint is left. “explain” tells the lesson again; people in the channel help too.',
  'refusal.not_passed_yet': 'Not passed yet. “check” shows what is missing.',
  'refusal.forbidden': 'That is not for you to do here. Ask a moderator.',
  'refusal.banned': 'This person is banned{reason, select, none {} other {: {reason}}}.',
  'refusal.kicked':
    'A moderator has ended this session{reason, select, none {} other {: {reason}}}. You may come back.',
  'refusal.not_in_world': 'You are between two shores. Try again in a moment.',
  'refusal.zone_unavailable': 'That part of the world is not answering. It will be back; try again in a moment.',
  'refusal.draining': 'The node is about to restart. Everything is kept; come back in a minute.',
  'refusal.internal': 'Something broke on our side; it has been written down. Try another way.',
  'refusal.not_here': 'This node does not offer that. Another one may.',
  'refusal.mail_full': 'That letter box is full. Try again when it has been emptied.',
  'refusal.no_such_channel': 'There is no such channel. “channel” lists them.',
  'refusal.not_on_channel': 'You have not joined that channel. “channel join NAME” does.',
  'refusal.not_empty': 'There is something in {thing_the} still. Take it out first.',
  'refusal.already_locked': 'It is locked already.',
  'refusal.already_unlocked': 'It is not locked. “open” opens it.',
  'refusal.already_in_posture': 'You are {posture, select, sitting {sitting} other {standing}} already.',
  'refusal.not_wanted': '{To} does not want {thing_the}. “talk” to hear what is wanted here.',
  'refusal.their_hands_full': '{To} cannot carry {thing_the} as well.',
  'refusal.asleep': '{Who} is asleep and hears nothing. “mail” leaves a letter.',
  'refusal.talk_to_person': '{Who} is no character of the world: just “say” something, or “tell”.',
  'refusal.no_such_letter': 'There is no such letter. “mail” lists them.',
  'refusal.no_help': 'There is no help on “{word}”. “help” alone lists the topics.',
  'refusal.jammed': 'The machine groans and stops. It was tried, and it did not work; try again in a moment.',
  'refusal.no_such_file':
    'There is no file {path, select, none {of that name} other {{path}}} in the project. Look at the list of its files.',
  'refusal.bad_path':
    'A file cannot be called {path, select, none {that} other {{path}}}. Letters, digits, dots, hyphens and slashes make a name, like lib/path.ts.',
  'refusal.action_lost': 'The node was restarted before this action was finished. It was not done; do it again.',
} as const satisfies Record<string, string>
