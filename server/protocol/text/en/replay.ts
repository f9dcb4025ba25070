/** Looking back at what an agent did. */
export default {
  'panels.replay.title': 'Look back',

  'replay.choose': 'Lantern',
  'replay.choose.none': 'Choose a lantern',
  'replay.choose.file': 'From a file: {name}',
  'replay.open': 'Open a recording',
  'replay.save': 'Save as a file',
  'replay.fresh': 'Read it again',
  'replay.empty':
    'Look back at what a lantern did, line by line: choose one of yours, or open a recording that somebody gave you.',
  'replay.loading': 'Fetching the recording…',
  'replay.living': 'Living it again: {turns} of {of} turns…',
  'replay.nothing': 'Nothing is kept yet: this lantern has had no turn since it began.',

  'replay.agrees':
    'Agrees with the record: {turns, plural, one {# turn} other {# turns}}, {fuel} fuel, the same memory.',
  'replay.departs.program':
    'Departs from the record: the files in it do not make the program that ran. What you see is those files.',
  'replay.departs.fuel': 'Departs from the record in fuel. Your browser may run programs in its own way.',
  'replay.departs.memory': 'Departs from the record in memory. Your browser may run programs in its own way.',
  'replay.departs.error': 'Departs from the record in how it ended. Your browser may run programs in its own way.',
  'replay.departs.short': 'Departs from the record: here the program ended earlier.',

  'replay.failed.silent': 'The recording gave no sign of life for too long and was stopped. It reached nothing.',
  'replay.failed.broken': 'The recording broke down and was stopped. It reached nothing.',
  'replay.failed.nonsense': 'What came out of the recording made no sense, so it was stopped. It reached nothing.',
  'replay.failed.circle': 'The files of this program import each other in a circle; the page cannot run that.',
  'replay.failed.unreadable': 'The program cannot be read: {detail}',
  'replay.failed.bad_file': 'This file is not a recording, or it is damaged.',
  'replay.failed.compile': 'The files in the recording are not a program: {detail}',
  'replay.failed.other': 'That did not work: {detail}',

  'replay.timeline': 'Turns',
  'replay.controls': 'Through time',
  'replay.turn.back': 'A turn back',
  'replay.turn.on': 'A turn on',
  'replay.line.back': 'A line back',
  'replay.line.on': 'A line on',
  'replay.play': 'Play',
  'replay.pause': 'Pause',
  'replay.keys': 'Arrow keys: left and right for turns, up and down for lines; Space plays; Home and End.',
  'replay.moment': 'Turn {turn} of {of}, tide {tick}',
  'replay.moment.line': 'line {line} of {file}',
  'replay.moment.waits': 'waiting at line {line} of {file}',
  'replay.moment.over': 'end of the turn',
  'replay.moment.idle': 'no line of its own ran',

  'replay.place': 'It stands in: {place}',
  'replay.place.unknown': 'It has not looked around yet.',
  'replay.place.show': 'Show on the map',
  'replay.place.hide': 'No longer on the map',
  'replay.place.here': '{name}, then',

  'replay.source': 'Source, {file}',
  'replay.locals': 'Variables',
  'replay.locals.none': 'Nothing in sight here.',
  'replay.changed': 'changed',
  'replay.new': 'new',
  'replay.gone': 'gone',
  'replay.memory': 'Memory after the turn',
  'replay.memory.none': 'Empty.',
  'replay.in': 'What came in',
  'replay.in.none': 'Nothing: the turn began by itself.',
  'replay.in.ok': '{action} is done',
  'replay.in.refused': '{action}: {message}',
  'replay.in.line': 'from the console:',
  'replay.in.event': 'event {name}',
  'replay.out': 'What it asked for',
  'replay.out.none': 'Nothing so far.',
  'replay.fuel.title': 'Fuel',
  'replay.fuel': 'Fuel of the turn: {used} of {limit}',
  'replay.fuel.line': 'line {line} of {file}: {fuel}, {times, plural, one {once} other {# times}}',
  'replay.fuel.dropped': '{count, plural, one {# more step was} other {# more steps were}} not kept.',
  'replay.log': 'Log up to here',
  'replay.log.none': 'Nothing was written yet.',
  'replay.error': 'Here it ended: {message}',
  'replay.error.line': 'Here it ended, at line {line} of {file}: {message}',
  'replay.look': 'Look back',

  'replay.live.step':
    'A turn for {name}, as soon as there is something to have it for. “agent log {name}” tells what came of it.',
  'replay.live.pause':
    '{name} is paused, in the middle of what it was at. “agent step {name}” gives it one turn, “agent resume {name}” all of them.',
  'replay.live.resume': '{name} goes on.',
  'replay.live.pending': 'It waits for something; what it comes to will be in the log.',
  'replay.live.console': 'Line for the running program',
  'replay.live.console.hint': 'me.memory, or anything that main exports as program.…',
  'replay.live.console.run': 'Run the line',
  'replay.live.pause.button': 'Pause',
  'replay.live.resume.button': 'Go on',
  'replay.live.step.button': 'One turn',

  'agents.api.mark': 'Draw a mark on your own map where the agent stands: one sign, and a few words if you like.',
  'agents.api.clearMarks': 'Wipe away all marks of this agent.',
  'replay.mark': '{name} marked this place: {text}',

  'agents.error.cut':
    'That turn was cut: it cost {fuel} of {limit} fuel, and nothing of it has happened. “Look back” shows which lines cost what.',
  'agents.error.held': 'You paused it: it has no turns until you give it one or let it go on.',
  'agents.error.went_on':
    'It goes on.{tides, plural, =0 {} one { # tide went by meanwhile, with only the turns that you gave it.} other { # tides went by meanwhile, with only the turns that you gave it.}}',
  'agents.error.skipped':
    '{count, plural, one {# tide} other {# tides}} went by without a turn: the one before was still under way, or the program was being restored. What it has heard meanwhile comes now.',
  'agents.error.dropped':
    'Too much happened at once: {count, plural, one {# event was} other {# events were}} not handed in. The oldest go first.',
  'agents.error.stepped': 'One turn: {fuel} fuel{calls, select, none {} other {, asked for {calls}}}.',
}
