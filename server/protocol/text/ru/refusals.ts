/** Почему нет и что поможет: фраза для каждого кода из server/protocol/refusals.ts. */
export default {
  'refusal.no_exit':
    'Отсюда нет {direction, select, none {такого пути{name, select, none {} other {: {name}}}} other {пути {direction_to}}}.{exits, select, none {} other { Пути отсюда: {exits}.}}{direction, select, out { «Выход» закончит игру.} other {}}',
  'refusal.door_closed':
    'Дорогу {door_gender, select, pl {закрывают} other {закрывает}} {door_nom}. Попробуй «открыть {door_acc}».',
  'refusal.locked':
    'Заперто{door, select, none {} other {: {door_nom}}}. {key, select, none {Где-то должен быть ключ} other {{key_gender, select, pl {Подойдут} other {Подойдёт}} {key_nom}}}.',
  'refusal.not_allowed': 'Туда тебя пока не пускают. Спроси тех, кто рядом, что для этого нужно.',
  'refusal.sitting': 'Ты сидишь. Сначала «встать».',
  'refusal.too_far': 'Это слишком далеко. Сначала подойди ближе.',
  'refusal.already_there': 'Ты уже здесь.',
  'refusal.nobody_to_follow': 'За этим не пойдёшь. Назови кого-нибудь, кто стоит рядом.',
  'refusal.no_such_thing':
    '{held, select, yes {У тебя нет {name, select, none {ничего такого} other {ничего похожего на «{name}»}}.} other {Здесь нет {name, select, none {ничего такого} other {ничего похожего на «{name}»}}.}}{choices, select, none {{held, select, yes { «Инвентарь» покажет, что при тебе.} other { «Смотреть» покажет, что есть вокруг.}}} other { Может быть, нужно: {choices}?}}',
  'refusal.ambiguous': 'Уточни: {choices}? Назови полнее или набери «2.» и название, чтобы взять второй предмет.',
  'refusal.not_takable': 'Унести {thing_acc} не получится. Можно «смотреть» или «использовать».',
  'refusal.too_heavy': '{Thing_nom} — это слишком тяжело: у тебя уже {weight} из {max}. Сначала положи что-нибудь.',
  'refusal.full': 'Места больше нет ({container_nom}). Сначала достань что-нибудь.',
  'refusal.not_a_container': 'Внутрь ничего не положить ({thing_nom}). Попробуй сундук, ящик или чьи-нибудь руки.',
  'refusal.closed':
    '{Thing_nom}: {thing_gender, select, m {закрыт} f {закрыта} pl {закрыты} other {закрыто}}. Сначала «открыть {thing_acc}».',
  'refusal.already_open': 'Уже открыто.',
  'refusal.already_closed': 'Уже закрыто.',
  'refusal.already_have': '{Thing_nom} уже у тебя. «Инвентарь» покажет, что при тебе.',
  'refusal.hands_full':
    'У тебя уже {max, plural, one {# вещь} few {# вещи} many {# вещей} other {# вещи}}, рук больше нет. Сначала положи что-нибудь.',
  'refusal.empty_hands': 'У тебя ничего нет. Чтобы поднять вещь, есть команда «взять».',
  'refusal.not_openable':
    '{thing, select, none {Это} other {{Thing_nom}: это}} не открывается и не закрывается. Присмотрись: «смотреть».',
  'refusal.wrong_key':
    'Подходящего ключа у тебя нет.{key, select, none {} other { {key_gender, select, f {Нужна} n {Нужно} pl {Нужны} other {Нужен}} {key_nom}.}}',
  'refusal.not_lockable': 'Замка здесь нет. Можно только открыть и закрыть.',
  'refusal.not_usable':
    'Непонятно, как здесь использовать {thing_acc}. Присмотрись («смотреть») или спроси кого-нибудь.',
  'refusal.needs_thing': 'Для этого нужно: {needs_nom}. Сначала это надо найти.',
  'refusal.nothing_happens': 'Ничего не происходит. Присмотрись («смотреть»): возможно, сначала нужно что-то другое.',
  'refusal.not_readable': 'Читать здесь нечего{thing, select, none {} other { ({thing_nom})}}. Лучше «смотреть».',
  'refusal.not_wearable': 'Надеть {thing_acc} не получится. Неси так.',
  'refusal.not_edible': '{Thing_nom} — это не еда. Еду ищи в лавке: «товары».',
  'refusal.not_drinkable': '{Thing_nom} — это не напиток. Напитки ищи в лавке: «товары».',
  'refusal.not_holding': '{Thing_nom} не у тебя в руках. Сначала «взять {thing_acc}».',
  'refusal.not_worn': '{Thing_nom} не на тебе. «Надеть» — и будет.',
  'refusal.no_pushing': 'Толкать {thing_acc} бесполезно. Попробуй «смотреть» или «использовать».',
  'refusal.no_pulling': 'Тянуть {thing_acc} бесполезно. Попробуй «смотреть» или «использовать».',
  'refusal.already_in_state': 'Это уже сделано, присмотрись: {thing_nom}.',
  'refusal.nobody_here': 'Здесь тебя никто не услышит. Иди туда, где люди: «кто» покажет, где они.',
  'refusal.no_such_person':
    'Здесь нет никого по имени «{name}».{people, select, none { «Смотреть» покажет, кто рядом, «кто» — всех.} other { Может быть, {people}?}}',
  'refusal.not_a_seat':
    'Сесть туда не получится{thing, select, none {} other { ({thing_nom})}}. Просто «сесть» — и ты сядешь на землю.',
  'refusal.muted':
    'Сейчас тебе нельзя говорить{minutes, select, none {} other { (ещё {minutes} мин)}}. Причина: {reason}. Ходить, смотреть и программировать можно.',
  'refusal.blocked': 'Этот человек не хочет тебя слышать. Оставь его в покое.',
  'refusal.too_long': 'Слишком длинно{max, select, none {} other {: не больше {max} знаков}}. Раздели на две части.',
  'refusal.filtered': 'Это слово ранит. Скажи иначе.',
  'refusal.no_reply_target': 'Тебе ещё никто не писал. Разговор начинает «написать ИМЯ слова».',
  'refusal.nothing_to_say': 'Что сказать? Напиши слова после команды.',
  'refusal.not_for_sale':
    '{name, select, none {Этого} other {«{name}» —}} здесь не продают. «Товары» покажет, что есть.',
  'refusal.no_shop_here': 'Здесь никто ничем не торгует. Поищи рынок.',
  'refusal.cannot_afford':
    'Кредитов не хватает{priceMicro, select, none {} other { (цена — {priceMicro})}}. Заработать можно уроками: «задания».',
  'refusal.will_not_buy':
    'Здесь это не купят{thing, select, none {} other { ({thing_nom})}}. Попробуй в другой лавке.',
  'refusal.no_ledger': 'Кредиты на этом узле сейчас не работают. Попробуй позже.',
  'refusal.name_taken': 'Так уже кого-то зовут. Добавь слово или число.',
  'refusal.bad_name': 'Так не назвать вслух: от 2 до 24 букв, цифр, пробелов или дефисов одного алфавита.',
  'refusal.guest_only': 'Это для гостей. У тебя уже есть имя и пароль.',
  'refusal.not_a_guest': 'Гостям это недоступно. Сначала выбери имя и пароль в меню, чтобы сохранить успехи.',
  'refusal.unknown_setting': 'Такой настройки нет. «Настройки» покажут все.',
  'refusal.alias_limit': 'Сокращений уже столько, сколько помещается. Убери одно: «сокращение ИМЯ» без продолжения.',
  'refusal.bad_alias':
    'Так сокращение не задать: одно короткое слово, не имя команды и без других сокращений внутри.',
  'refusal.unknown_command':
    'Не знаю команды «{word}».{suggestions, select, none { «Помощь» покажет, что можно делать.} other { Может быть, {suggestions}?}}{layout, select, yes { Кажется, включена другая раскладка.} other {}}',
  'refusal.ambiguous_verb': '«{word}» — это может быть {verbs}. Добавь букву-другую.',
  'refusal.bad_arguments':
    'Команда неполная. {usage, select, none {«Помощь» и название команды покажут, как её писать.} other {Вот так: {usage}}}',
  'refusal.rate_limited':
    'Слишком быстро. Подожди {seconds, select, none {немного} other {{seconds} с}} и продолжай.',
  'refusal.line_too_long':
    'Строка слишком длинная: не больше {max, select, none {500} other {{max}}} знаков. Ничего не сделано.',
  'refusal.busy': 'Слишком много сразу: эта строка пропущена. Подожди немного и повтори.',
  'refusal.no_history': 'Повторять нечего: такой строки нет. «История» покажет твои строки.',
  'refusal.no_such_agent': 'У тебя нет фонаря «{name}». «Агент список» покажет все.',
  'refusal.agent_limit':
    'Фонарей уже столько, сколько разрешает узел. Останови лишний; «агент удалить ИМЯ» уберёт его насовсем.',
  'refusal.already_running': 'Уже работает. «Агент журнал» покажет, чем занят.',
  'refusal.not_running': 'Сейчас не работает. «Агент пуск» запустит.',
  'refusal.no_such_project': 'У тебя нет проекта «{name}». «Агент новый ИМЯ» создаст.',
  'refusal.project_limit':
    'Проектов уже столько, сколько разрешает узел. Удали лишний рядом с редактором на странице.',
  'refusal.project_in_use': 'Программу из проекта «{name}» держит фонарь. Сначала удали фонарь.',
  'refusal.file_limit': 'Проект полон: нужно меньше файлов или файлы поменьше.',
  'refusal.program_error':
    'В программе ошибка{line, select, none {} other {, строка {line}}}{text, select, none {} other {: {text}}}. Исправь и запусти снова.',
  'refusal.several_nodes':
    'Узлов с именем {name} несколько. «Узлы» показывают, чем кончаются их номера: назови узел так.',
  'refusal.node_unreachable': 'До узла {name} сейчас не достучаться. Попробуй немного позже.',
  'refusal.messages_refused': '{name} не принимает от тебя сообщений.',
  'refusal.no_such_node': 'Такого узла отсюда не видно. «Узлы» покажут, какие есть.',
  'refusal.cannot_hop':
    '{reason, select, capacity {На том узле больше нет места. Попробуй другой.} policy {Тот узел его не принимает.} version {На том узле другая версия: программа не продолжилась бы там как была.} no_lease {Тот узел сейчас потерял связь с сетью. Попробуй через минуту.} no_registry {До реестра не достучаться, а без него никто не уходит. Попробуй через минуту.} unreachable {Тот узел не отвечает. Попробуй другой или позже.} stale {Он уже на том узле.} not_here {На этом узле он не работает, уйти отсюда он не может.} conflict {Он уже в пути.} other {Паром туда сейчас не ходит. Попробуй другой узел или позже.}}',
  'refusal.portal_nowhere': 'Сейчас до островов не добраться. «Острова» покажут их, когда появятся.',
  'refusal.portal_where': 'Куда? Достижимы: {names}. Скажи «плыть» и название.',
  'refusal.portal_unknown': 'Острова {name} поблизости нет. «Острова» покажут, какие есть.',
  'refusal.portal_no_url':
    'До {name} добираются только узлы: у него нет адреса, который открыла бы страница. Фонари туда странствуют, люди нет.',
  'refusal.portal_refused':
    '{name} не пускает тебя на берег: {reason, select, capacity {там нет места. Попробуй позже} closed {гостей там не принимают} name {под таким именем там не ходят} banned {тебе туда закрыта дорога} stale {твой отъезд там уже видели; попробуй ещё раз} other {отказ}}.',
  'refusal.portal_silent': '{name} не отвечает. Ты остаёшься здесь; попробуй позже.',
  'refusal.portal_for_people':
    'Фонари на катер не садятся. Они странствуют сами, словом своей программы; о нём расскажет «фонарь».',
  'refusal.away': 'Тебя здесь нет: ты в гостях, узел {node}. «Вернуться» приведёт домой.',
  'refusal.not_away': 'Ты и так дома. «Плыть» ведёт в другие места.',
  'refusal.visitor_at_home':
    'Здесь ты в гостях: смотри, ходи, говори, пользуйся тем, что есть. Это делается дома; туда ведёт «вернуться».',
  'refusal.agent_away':
    'Этот фонарь в отъезде{node, select, none {} other { — на узле {node}}}. Сначала позови его домой: «агент вернуть ИМЯ».',
  'refusal.model_refused':
    'Модель не ответила: {reason, select, funds {у владельца не хватает кредитов} schema {описание формы ответа не читается} cut {ответ оборвался на середине} other {что-то сломалось}}.',
  'refusal.no_model': 'На этом узле нет модели, которая ответит. Спроси кого-нибудь или попробуй другой узел.',
  'refusal.no_such_lesson': 'Нет урока «{name}». «Задания» покажут все.',
  'refusal.lesson_locked': 'Этот урок откроется позже. «Задания» покажут, что открыто сейчас.',
  'refusal.no_hint_left': 'Подсказки кончились. «Объяснить» повторит урок; в общем канале тоже помогут.',
  'refusal.not_passed_yet': 'Ещё не сдано. «Проверить» покажет, чего не хватает.',
  'refusal.forbidden': 'Здесь тебе этого нельзя. Спроси модератора.',
  'refusal.banned': 'Доступ закрыт{reason, select, none {} other {: {reason}}}.',
  'refusal.kicked': 'Модератор завершил этот сеанс{reason, select, none {} other {: {reason}}}. Можно вернуться.',
  'refusal.not_in_world': 'Ты между двух берегов. Попробуй через мгновение.',
  'refusal.zone_unavailable': 'Эта часть мира сейчас не отвечает. Она вернётся, попробуй чуть позже.',
  'refusal.draining': 'Узел перезапускается. Всё сохранено, возвращайся через минуту.',
  'refusal.internal': 'Что-то сломалось у нас; это записано. Попробуй иначе.',
  'refusal.not_here': 'На этом узле этого нет. Возможно, есть на другом.',
  'refusal.mail_full': 'Почтовый ящик полон. Напиши, когда его разберут.',
  'refusal.no_such_channel': 'Такого канала нет. «Канал» покажет все.',
  'refusal.not_on_channel': 'Ты не в этом канале. «Канал войти ИМЯ» — и будешь в нём.',
  'refusal.not_empty': 'Внутри ещё что-то есть ({thing_nom}). Сначала достань.',
  'refusal.already_locked': 'Уже заперто.',
  'refusal.already_unlocked': 'Не заперто. «Открыть» — и откроется.',
  'refusal.already_in_posture': 'Ты уже {posture, select, sitting {сидишь} other {стоишь}}.',
  'refusal.not_wanted': '{To_dat} это не нужно ({thing_nom}). «Поговорить» — и узнаешь, что нужно.',
  'refusal.their_hands_full': '{To_nom} столько не унесёт ({thing_nom}).',
  'refusal.asleep': '{Who} спит и не слышит. «Письмо» оставит весточку.',
  'refusal.talk_to_person': '{Who} — живой собеседник: просто «сказать» или «написать».',
  'refusal.no_such_letter': 'Такого письма нет. «Почта» покажет все.',
  'refusal.no_help': 'Справки по слову «{word}» нет. Просто «помощь» покажет темы.',
  'refusal.jammed': 'Механизм скрипит и встаёт. Что-то внутри не сработало; попробуй ещё раз чуть позже.',
  'refusal.no_such_file':
    'Файла {path, select, none {с таким именем} other {{path}}} в проекте нет. Посмотри список файлов.',
  'refusal.bad_path':
    'Файл нельзя назвать {path, select, none {так} other {{path}}}. Имя — это латинские буквы, цифры, точки, дефисы и косые черты.',
  'refusal.action_lost': 'Узел перезапустился раньше, чем действие завершилось. Оно не сделано, повтори.',
} as const satisfies Record<string, string>
