/** Агенты: что не так в программе и что попробовать, и что есть в модуле academy. */
export default {
  // Замечания проверки к строке.
  'agents.check.syntax':
    'Компьютер не может это прочесть ({detail}). Поищи прямо перед этим местом лишнюю или забытую скобку, кавычку или запятую.',
  'agents.check.unsupported_syntax':
    'Такой TypeScript здесь не используют ({detail}). Обычные объекты и константы справятся.',
  'agents.check.too_deep': 'Слишком глубоко вложено, не прочесть. Раздели на функции поменьше.',
  'agents.check.too_big': 'Исходники вместе больше {maxKb} КБ. Убери лишнее.',
  'agents.check.too_many_files': 'В проекте может быть не больше {max} файлов.',
  'agents.check.no_entry':
    'Программа начинается в main.ts. Создай этот файл и напиши в нём «export default async function main()».',
  'agents.check.dynamic_import': 'Импорт пишут в начале файла: import … from «./file.ts».',
  'agents.check.import_meta': 'Программа здесь не знает, где лежат её файлы. Обойдись без import.meta.',
  'agents.check.reserved_name': 'Имена, которые начинаются с $$, заняты академией. Назови «{name}» иначе.',
  'agents.check.no_eval': 'Текст здесь нельзя запустить как код. Напиши функцию.',
  'agents.check.no_bigint':
    'Числа с буквой n на конце здесь не используют. Обычные числа точны до девяти квадриллионов.',
  'agents.check.import_not_found': 'В проекте нет файла «{specifier}». Проверь имя и папку.',
  'agents.check.import_not_allowed':
    'Импортировать можно только «academy» и свои файлы, а «{specifier}» нельзя. Свои файлы начинаются с «./».',
  'agents.check.busy': 'Сейчас проверяют слишком много программ. Попробуй через мгновение.',
  'agents.check.no_such_export':
    'В «{specifier}» нет «{name}». Если это тип, напиши «import type», а если нет, поставь там «export».',

  // Что случилось во время работы.
  'agents.error.at': '{file}, строка {line}:',
  'agents.error.undefined_name':
    'Здесь ничто не называется «{name}». Проверь, как написано: имя нужно объявить или импортировать.',
  'agents.error.no_clock': 'Часов здесь нет, и «{name}» тоже: время считают приливами. Возьми now() из «academy».',
  'agents.error.no_timer': '«{name}» здесь не знают. Напиши await me.wait(10): десять приливов — это секунда.',
  'agents.error.not_here':
    'У программы на островах нет «{name}»: ни сети, ни файлов, ни страницы. Всё, что она может, есть в «me».',
  'agents.error.used_too_early': '«{name}» используется раньше строки, которая это создаёт. Подними ту строку выше.',
  'agents.error.assigned_constant': 'const хранит первое значение навсегда. Если оно должно меняться, напиши let.',
  'agents.error.property_of_nothing':
    'Ты спрашиваешь «{name}» у того, что равно {nothing}. Напечатай это через console.log строкой раньше и посмотри, где оно потерялось.',
  'agents.error.nothing_to_take_apart':
    'Ты разбираешь на части то, что равно {nothing}. Напечатай это через console.log строкой раньше.',
  'agents.error.not_a_function': '«{name}» не функция, вызвать её скобками нельзя. Проверь, как написано имя.',
  'agents.error.not_iterable': '«{name}» не список, по нему нельзя пройти. Напечатай и посмотри, что это.',
  'agents.error.not_a_constructor': '«{name}» не класс, и «new» с ним не работает.',
  'agents.error.needs_new': 'Чтобы создать {name}, напиши перед ним «new».',
  'agents.error.too_long': 'Текст или список стал слишком длинным. Оставь только нужное.',
  'agents.error.stack_overflow':
    'Функция вызывает сама себя и никак не закончит. Добавь случай, в котором она остановится.',
  'agents.error.bad_json': 'Этот текст не JSON. Напечатай его и посмотри, что в нём.',
  'agents.error.circular': 'Этот объект где-то внутри содержит сам себя, поэтому текстом ему не стать.',
  'agents.error.no_eval': 'Текст здесь нельзя запустить как код. Напиши функцию.',
  'agents.error.no_such_export': 'У файла просят «{name}», а он этого не экспортирует. Сверь оба имени.',
  'agents.error.bad_regexp': 'Шаблон между косыми чертами не прочесть: {message}.',
  'agents.error.syntax': 'Компьютер не может это прочесть: {message}.',
  'agents.error.thrown': '{name}: {message}',
  'agents.error.thrown_value': 'Брошено: {message}',
  'agents.error.refused': '{message} (Мир отказал. С try и catch программа пойдёт дальше.)',
  'agents.error.out_of_fuel':
    'Здесь кончилось топливо хода. Цикл, который ни разу не ждёт? Поставь в него «await me.wait(1)» или сделай его короче.',
  'agents.error.out_of_memory': 'Программа держит больше, чем помещается в её память. Не растут ли списки без конца?',
  'agents.error.turn_timeout':
    'Это длилось так долго, что пришлось остановить. Бесконечный цикл или очень медленный шаблон?',
  'agents.error.memory_not_plain':
    'В {path} лежит то, что нельзя сохранить ({kind}). me.memory хранит текст, числа, true и false, null, списки и простые объекты.',
  'agents.error.memory_too_deep': '{path}: вложено слишком глубоко, не сохранить.',
  'agents.error.memory_too_big': 'me.memory стала слишком большой. Забудь старое.',
  'agents.error.bad_argument': '{message}.',
  'agents.error.too_many_calls':
    'Ждут уже больше {max, plural, one {# действия} other {# действий}}. Ставь перед каждым «await», чтобы одно кончалось до другого.',
  'agents.error.unknown_event': 'События «{name}» нет. Есть, например, «hear», «told», «arrive» и «tide».',
  'agents.error.too_many_handlers':
    'Обработчиков больше {max, plural, one {# штуки} other {# штук}}. Не вызывается ли «on» в цикле?',
  'agents.error.no_main':
    'Программа пока ничего не делает. Добавь «export default async function main()» или «on(…)».',
  'agents.error.host_killed':
    'Программу пришлось остановить снаружи ({reason}): слишком много времени или памяти сразу. Она ждёт, пока ты её починишь.',
  'agents.error.host_lost': 'Машина под программой пропала. Запусти её ещё раз.',
  'agents.error.no_journal': 'Записать, что произошло, не удалось, и программа остановлена. Запусти её позже.',
  'agents.error.log_flood':
    'За этот ход напечатано ещё {count, plural, one {# строка, она не сохранена} few {# строки, они не сохранены} many {# строк, они не сохранены} other {# строки, они не сохранены}}. Печатай поменьше за раз.',
  'agents.error.rolled_back':
    'Новый код не справился с первыми ходами, поэтому вернулась прежняя программа с прежней памятью.',
  'agents.error.paused_for': 'Пауза на {seconds} секунд; потом main начнётся заново, с той же памятью.',
  'agents.error.rested': 'После долгого дня программа отдохнула: main начинается заново, память на месте.',

  // Модуль, как его объясняют объявления и список цен.
  'agents.api.me': 'Твой агент: что он умеет и что помнит.',
  'agents.api.look': 'Осмотреться: место, выходы, кто и что здесь.',
  'agents.api.go': 'Пройти через выход: «north» или направление, которое показал look. Даёт то, что видно там.',
  'agents.api.say': 'Сказать что-нибудь всем, кто здесь.',
  'agents.api.tell': 'Сказать что-нибудь одному человеку, где бы он ни был.',
  'agents.api.take': 'Поднять вещь: по имени или ту, что показал look.',
  'agents.api.drop': 'Положить вещь.',
  'agents.api.give': 'Отдать вещь тому, кто здесь.',
  'agents.api.use': 'Использовать вещь, одну или вместе с другой.',
  'agents.api.wait': 'Подождать столько приливов; десять — это секунда.',
  'agents.api.ask': 'Задать вопрос модели Наставника; даёт её ответ.',
  'agents.api.compute':
    'Поручить расчёт за счёт хозяина: sum, sort, hash … Даёт результат. maxPrice — в кредитах; replicas — сколько нужно ответов, strict — только от разных хозяев; privacy — кому можно видеть данные.',
  'agents.api.hop': 'Отправиться на другой узел вместе с программой и памятью.',
  'agents.api.memory':
    'Что остаётся после отдыха и с новым кодом: текст, числа, true и false, null, списки, простые объекты.',
  'agents.api.fuel': 'Сколько топлива осталось в этом ходу.',
  'agents.api.id': 'Его номер.',
  'agents.api.name': 'Его имя.',
  'agents.api.on': 'Выполняет функцию каждый раз, когда это происходит. Даёт функцию, которая это прекращает.',
  'agents.api.now': 'Время: приливы с начала, десять в секунду.',
  'agents.api.random': 'Случай: random() от 0 до 1, random(6) целое от 0 до 5, random(list) что-то одно из списка.',
  'agents.api.Refusal': 'Это бросает действие, когда мир отказывает: в code причина, в message слова.',
  'agents.api.hear': 'Кто-то здесь говорит.',
  'agents.api.told': 'Кто-то обращается к тебе.',
  'agents.api.arrive': 'Кто-то вошёл.',
  'agents.api.leave': 'Кто-то ушёл.',
  'agents.api.item': 'Вещь положили, взяли, дали тебе или она изменилась.',
  'agents.api.use_event': 'Кто-то здесь что-то использует.',
  'agents.api.wake': 'Программа начинается заново после отдыха.',
  'agents.api.tide': 'Каждый прилив. Каждый раз это ход: лучше другие события.',
  'agents.api.price':
    '{ticks, plural, =0 {сколько понадобится} one {# прилив} few {# прилива} many {# приливов} other {# прилива}}, топлива {fuel}',
} as const satisfies Record<string, string>
