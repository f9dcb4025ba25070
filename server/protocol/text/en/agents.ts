/** Agents: what is wrong in a program and what to try, and what the `academy` module offers. */
export default {
  // Remarks of the checker, on the line they name.
  'agents.check.syntax':
    'The computer cannot read this ({detail}). Look for a missing or extra bracket, quote or comma just before it.',
  'agents.check.unsupported_syntax':
    'This kind of TypeScript is not used here ({detail}). Plain objects and constants do the same.',
  'agents.check.too_deep': 'This is nested too deeply to be read. Break it into smaller functions.',
  'agents.check.too_big': 'The sources are larger than {maxKb} kB together. Take out what is not needed.',
  'agents.check.too_many_files': 'A project holds at most {max} files.',
  'agents.check.no_entry':
    'A program begins in main.ts. Make that file, with “export default async function main()” in it.',
  'agents.check.dynamic_import': 'Put imports at the top of the file: import … from “./file.ts”.',
  'agents.check.import_meta': 'A program here knows nothing of where its files lie. Leave import.meta out.',
  'agents.check.reserved_name': 'Names that begin with $$ are kept for the academy. Call “{name}” something else.',
  'agents.check.no_eval': 'Text cannot be run as code here. Write a function instead.',
  'agents.check.no_bigint':
    'Numbers with an n at the end are not used here. Plain numbers are exact up to nine quadrillion.',
  'agents.check.import_not_found': 'There is no file “{specifier}” in this project. Check the name and the folder.',
  'agents.check.import_not_allowed':
    'Only “academy” and your own files can be imported, not “{specifier}”. Your own files begin with “./”.',
  'agents.check.busy': 'Too much is being checked at once. Try again in a moment.',
  'agents.check.no_such_export':
    '“{specifier}” does not offer “{name}”. If it is a type, write “import type”; otherwise put “export” before it over there.',

  // What went wrong while running.
  'agents.error.at': '{file}, line {line}:',
  'agents.error.undefined_name':
    'Nothing is called “{name}” here. Check the spelling; a name must be declared, or imported, before it is used.',
  'agents.error.no_clock':
    'There is no clock here, so no “{name}”: time is counted in tides. Use now() from “academy”.',
  'agents.error.no_timer': '“{name}” is not known here. Use await me.wait(10): ten tides are a second.',
  'agents.error.not_here':
    'A program on the islands has no “{name}”: no network, no files, no page. It acts through “me” alone.',
  'agents.error.used_too_early': '“{name}” is used before the line that makes it. Move that line up.',
  'agents.error.assigned_constant': 'A const keeps its first value. Write “let” if it is to change.',
  'agents.error.property_of_nothing':
    'You ask for “{name}” of something that is {nothing}. Print it with console.log just before, to see where it got lost.',
  'agents.error.nothing_to_take_apart':
    'You take apart something that is {nothing}. Print it with console.log just before, to see where it got lost.',
  'agents.error.not_a_function': '“{name}” is not a function, so it cannot be called with ( ). Check its spelling.',
  'agents.error.not_iterable':
    '“{name}” is no list, so it cannot be gone through one by one. Print it to see what it is.',
  'agents.error.not_a_constructor': '“{name}” is no class, so “new” does not work with it.',
  'agents.error.needs_new': 'To make a {name}, write “new” before it.',
  'agents.error.too_long': 'This text or list has grown too long. Keep only the part that is needed.',
  'agents.error.stack_overflow':
    'A function keeps calling itself and never comes to an end. Give it a case in which it stops.',
  'agents.error.bad_json': 'This text is not JSON. Print it to see what it is.',
  'agents.error.circular': 'This object holds itself somewhere inside, so it cannot become text.',
  'agents.error.no_eval': 'Text cannot be run as code here. Write a function instead.',
  'agents.error.no_such_export': 'A file is asked for “{name}” and does not export it. Check both spellings.',
  'agents.error.bad_regexp': 'The pattern between the slashes cannot be read: {message}.',
  'agents.error.syntax': 'The computer cannot read this: {message}.',
  'agents.error.thrown': '{name}: {message}',
  'agents.error.thrown_value': 'Thrown: {message}',
  'agents.error.refused': '{message} (The world said no. try and catch let the program go on.)',
  'agents.error.out_of_fuel':
    'The fuel of this turn ran out here. A loop that never waits? Put “await me.wait(1)” into it, or make it shorter.',
  'agents.error.out_of_memory': 'The program holds more than its memory can. Do lists grow without end?',
  'agents.error.turn_timeout':
    'This took so long that it had to be stopped. A loop without end, or a very slow pattern?',
  'agents.error.memory_not_plain':
    '{path} holds something that cannot be kept ({kind}). me.memory keeps text, numbers, true and false, null, lists and plain objects.',
  'agents.error.memory_too_deep': '{path} is nested too deeply to be kept.',
  'agents.error.memory_too_big': 'me.memory has grown too big to be kept. Forget what is old.',
  'agents.error.bad_argument': '{message}.',
  'agents.error.too_many_calls':
    'More than {max} actions are waiting. Put “await” before each, so that one is done before the next.',
  'agents.error.unknown_event':
    'There is no event called “{name}”. “hear”, “told”, “arrive” and “tide” are some that exist.',
  'agents.error.too_many_handlers': 'There are more than {max} handlers. Is “on” called in a loop?',
  'agents.error.no_main': 'The program does nothing yet. Add “export default async function main()”, or an “on(…)”.',
  'agents.error.host_killed':
    'The program had to be stopped from outside ({reason}): it took too much time or memory at once. It waits for you to mend it.',
  'agents.error.host_lost': 'The machine under the program was lost. Start it again.',
  'agents.error.no_journal':
    'What happened could not be written down, so the program was stopped. Start it again later.',
  'agents.error.log_flood':
    '{count, plural, one {# more line was} other {# more lines were}} printed in this turn and not kept. Print less at once.',
  'agents.error.rolled_back':
    'The new code failed in its first turns, so the program before it is back, with the memory it had.',
  'agents.error.paused_for': 'It is paused for {seconds} seconds; then main starts anew, with its memory.',
  'agents.error.rested': 'After a long day the program rested: main starts anew, with its memory.',

  // The module, as its declarations and the price list explain it.
  'agents.api.me': 'Your agent: what it can do, and what it remembers.',
  'agents.api.look': 'Look around: the place, its exits, who and what is here.',
  'agents.api.go': 'Walk through an exit: “north”, or a direction that look showed. Gives what can be seen there.',
  'agents.api.say': 'Say something to everybody here.',
  'agents.api.tell': 'Say something to one person, wherever they are.',
  'agents.api.take': 'Pick something up: a name, or an item that look showed.',
  'agents.api.drop': 'Put something down.',
  'agents.api.give': 'Give something to somebody here.',
  'agents.api.use': 'Use something, alone or with another thing.',
  'agents.api.wait': 'Wait for so many tides; ten are a second.',
  'agents.api.ask': 'Ask the Mentor’s model a question; gives its answer.',
  'agents.api.compute':
    'Have something computed, at the cost of its owner: sum, sort, hash … Gives the result. maxPrice is in credits; replicas wants so many answers, strict of different owners alone; privacy says who may see the input.',
  'agents.api.hop': 'Travel to another node, program and memory and all.',
  'agents.api.memory':
    'What it keeps when it rests or gets new code: text, numbers, true and false, null, lists, plain objects.',
  'agents.api.fuel': 'Fuel that is left in this turn.',
  'agents.api.id': 'Its id.',
  'agents.api.name': 'Its name.',
  'agents.api.on': 'Runs the function whenever this happens. Gives a function that ends it.',
  'agents.api.now': 'The time: tides since it began, ten in a second.',
  'agents.api.random':
    'Chance: random() is from 0 up to 1, random(6) a whole number from 0 to 5, random(list) one of the list.',
  'agents.api.Refusal':
    'What an action throws when the world says no: code names the reason, message says it in words.',
  'agents.api.hear': 'Somebody here speaks.',
  'agents.api.told': 'Somebody tells you something.',
  'agents.api.arrive': 'Somebody comes in.',
  'agents.api.leave': 'Somebody leaves.',
  'agents.api.item': 'Something is put down, taken, given to you or changed.',
  'agents.api.use_event': 'Somebody uses something here.',
  'agents.api.wake': 'The program begins anew after a rest.',
  'agents.api.tide': 'Every tide. Costs a turn each time: prefer the others.',
  'agents.api.price': '{ticks, plural, =0 {as long as it takes} one {# tide} other {# tides}}, {fuel} fuel',
} as const satisfies Record<string, string>
