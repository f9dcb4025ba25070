/** Взгляд назад: что делал агент. */
export default {
  'panels.replay.title': 'Прошлое',

  'replay.choose': 'Фонарь',
  'replay.choose.none': 'Выбери фонарь',
  'replay.choose.file': 'Из файла: {name}',
  'replay.open': 'Открыть запись',
  'replay.save': 'Сохранить в файл',
  'replay.fresh': 'Прочитать заново',
  'replay.empty':
    'Посмотри, что делал фонарь, строка за строкой: выбери один из своих или открой запись, которой с тобой поделились.',
  'replay.loading': 'Читаем запись…',
  'replay.living': 'Проживаем заново: {turns} из {of} ходов…',
  'replay.nothing': 'Пока ничего не сохранено: с начала работы у этого фонаря не было ни одного хода.',

  'replay.agrees':
    'Сходится с записью: {turns, plural, one {# ход} few {# хода} many {# ходов} other {# хода}}, топлива {fuel}, память та же.',
  'replay.departs.program':
    'Расходится с записью: из этих файлов получается не та программа, что работала. Ты видишь эти файлы.',
  'replay.departs.fuel': 'Расходится с записью в топливе. Возможно, твой браузер исполняет программы по-своему.',
  'replay.departs.memory': 'Расходится с записью в памяти. Возможно, твой браузер исполняет программы по-своему.',
  'replay.departs.error':
    'Расходится с записью в том, чем всё кончилось. Возможно, твой браузер исполняет программы по-своему.',
  'replay.departs.short': 'Расходится с записью: здесь программа закончилась раньше.',

  'replay.failed.silent':
    'Запись слишком долго не подавала признаков жизни и остановлена. Ни до чего она не добралась.',
  'replay.failed.broken': 'Запись сломалась и остановлена. Ни до чего она не добралась.',
  'replay.failed.nonsense': 'Из записи шла бессмыслица, поэтому она остановлена. Ни до чего она не добралась.',
  'replay.failed.circle': 'Файлы этой программы импортируют друг друга по кругу; страница такого не исполняет.',
  'replay.failed.unreadable': 'Программу не удалось прочитать: {detail}',
  'replay.failed.bad_file': 'Этот файл не запись, или он повреждён.',
  'replay.failed.compile': 'Файлы в записи не складываются в программу: {detail}',
  'replay.failed.other': 'Не получилось: {detail}',

  'replay.timeline': 'Ходы',
  'replay.controls': 'Сквозь время',
  'replay.turn.back': 'Ход назад',
  'replay.turn.on': 'Ход вперёд',
  'replay.line.back': 'Строка назад',
  'replay.line.on': 'Строка вперёд',
  'replay.play': 'Пуск',
  'replay.pause': 'Пауза',
  'replay.keys': 'Клавиши: влево и вправо — ходы, вверх и вниз — строки, пробел — пуск, Home и End — края.',
  'replay.moment': 'Ход {turn} из {of}, прилив {tick}',
  'replay.moment.line': 'строка {line}, {file}',
  'replay.moment.waits': 'ждёт на строке {line}, {file}',
  'replay.moment.over': 'конец хода',
  'replay.moment.idle': 'ни одна строка не исполнялась',

  'replay.place': 'Где стоит: {place}',
  'replay.place.unknown': 'Ещё не осматривался.',
  'replay.place.show': 'Показать на карте',
  'replay.place.hide': 'Убрать с карты',
  'replay.place.here': '{name}, тогда',

  'replay.source': 'Код, {file}',
  'replay.locals': 'Переменные',
  'replay.locals.none': 'Здесь ничего не видно.',
  'replay.changed': 'изменилось',
  'replay.new': 'новое',
  'replay.gone': 'исчезло',
  'replay.memory': 'Память после хода',
  'replay.memory.none': 'Пусто.',
  'replay.in': 'Что пришло',
  'replay.in.none': 'Ничего: ход начался сам.',
  'replay.in.ok': '{action}: сделано',
  'replay.in.refused': '{action}: {message}',
  'replay.in.line': 'из консоли:',
  'replay.in.event': 'событие {name}',
  'replay.out': 'О чём просил',
  'replay.out.none': 'Пока ни о чём.',
  'replay.fuel.title': 'Топливо',
  'replay.fuel': 'Топливо хода: {used} из {limit}',
  'replay.fuel.line':
    'строка {line}, {file}: {fuel}, {times, plural, one {# раз} few {# раза} many {# раз} other {# раза}}',
  'replay.fuel.dropped':
    '{count, plural, one {Ещё # шаг не сохранён} few {Ещё # шага не сохранены} many {Ещё # шагов не сохранены} other {Ещё # шага не сохранены}}.',
  'replay.log': 'Журнал до этого места',
  'replay.log.none': 'Ещё ничего не написано.',
  'replay.error': 'Здесь всё кончилось: {message}',
  'replay.error.line': 'Здесь всё кончилось, строка {line}, {file}: {message}',
  'replay.look': 'Взглянуть назад',

  'replay.live.step':
    'Один ход для {name} — как только для него будет повод. «агент журнал {name}» расскажет, что вышло.',
  'replay.live.pause':
    '{name} на паузе, на полуслове. «агент шаг {name}» даст один ход, «агент дальше {name}» — все.',
  'replay.live.resume': '{name} идёт дальше.',
  'replay.live.pending': 'Ещё чего-то ждёт; что вышло, будет в журнале.',
  'replay.live.console': 'Строка для работающей программы',
  'replay.live.console.hint': 'me.memory или то, что main экспортирует: program.…',
  'replay.live.console.run': 'Выполнить строку',
  'replay.live.pause.button': 'Пауза',
  'replay.live.resume.button': 'Дальше',
  'replay.live.step.button': 'Один ход',

  'agents.api.mark': 'Поставить отметку на твоей карте там, где стоит агент: один знак и, если хочешь, пара слов.',
  'agents.api.clearMarks': 'Стереть все отметки этого агента.',
  'replay.mark': 'Отметка здесь ({name}): {text}',

  'agents.error.cut':
    'Этот ход прерван: он стоил {fuel} топлива из {limit}, и ничего из него не произошло. «Взглянуть назад» покажет, какие строки сколько стоили.',
  'agents.error.held': 'Пауза по твоей просьбе: ходов не будет, пока не дашь один или не пустишь дальше.',
  'agents.error.went_on':
    'Программа идёт дальше.{tides, plural, =0 {} other { За время паузы приливов прошло: #; ходы были только те, что дал ты.}}',
  'agents.error.skipped':
    'Приливов без хода: {count}. Прежний ход ещё шёл, или программу восстанавливали. Услышанное за это время приходит сейчас.',
  'agents.error.dropped': 'Случилось слишком много сразу: событий пропущено: {count}. Первыми выпадают самые старые.',
  'agents.error.stepped': 'Один ход: топлива {fuel}{calls, select, none {} other {, просьбы: {calls}}}.',
}
