/**
 * The word lists, all of them: what talk masks and names may not hold, beside the English set of `obscenity`.
 *
 * Russian is written as roots with what may stand before and after them, because bare roots sit inside innocent words
 * (застрахуй, оскорблять, хлебать, команда). Patterns see one word in lower case, ё as е, look-alike letters and digits
 * resolved, once as it stands and once with repeated letters made single. Coarse language, on purpose no insults
 * that a child might also mean as a joke, and no names of peoples that have other meanings.
 */

const EB_PREFIX = '(?:вы|за|на|по|до|от|у|недо|при|про|пере|о|вз|мозго|остро)'

export const RUSSIAN_WORDS: readonly RegExp[] = [
  /^(?:на|по|о|а|до|ни|не|за|вы|от|рас|недо|полу|из|ис|при|под|об)*ху(?:й|е|я|ю|и)/,
  /^ху[лё]и$/,
  /пизд/,
  /^пзд[еу]/,
  /^(?:о|рас|за|от)?пезд(?:а|ю)/,
  new RegExp(`^${EB_PREFIX}?(?:й)?[её]б[аеиоуылнтцк]`),
  new RegExp(`^${EB_PREFIX}?йоб[ауын]`),
  /ъ[её]б/,
  /долб[оа]й?[её]б/,
  /долб[оа]йоб/,
  /^(?:вы|на|по|рас|ис|с)?бля(?:$|[тд])/,
  /^сук(?:а|и|ой|ин[а-я]*)$/,
  /^сучар/,
  /^муд(?:ак|ач|ил[аоы]|озвон|охаюш)/,
  /^(?:рас|за|по|с|о)?пид[оа]р/,
  /^педик(?:и|а|у|ом|ов|ам)?$/,
  /^пед(?:рил|ераст)/,
  /^г[ао]ндон/,
  /залуп/,
  /^шлюх/,
  /^шалав/,
  /^(?:за|по|на|с)?дроч/,
  /^манд(?:а|ы|у|е|ой)$/,
  /^мандавош/,
  /^ниггер/,
  /^жид(?:ы|ам|яр[а-я]*|овск[а-я]*)?$/,
  /^чернож[оеё]п/,
  /^жоп/,
  /^(?:за|об|о|на)?говн/,
  /^(?:на|об|за|по|вы|про|пере)?(?:срать|сран[ыоаяую]|срал[аи]?$)/,
  /^(?:на|по|ни|до|о)?хер(?:а|у|ом|ня|ню|ни|ней|ов[а-я]*)?$/,
  /^курв(?:а|ы|у|ой)$/,
  /^(?:за|от|пере|вы)?трах(?:ат|ал|аю|ае|аю|ну)/,
]

/** Words that a pattern above would catch and must not. */
export const RUSSIAN_INNOCENT: readonly RegExp[] = [/^ебонит/, /^херсон/]

/** Russian in Latin letters. */
export const TRANSLITERATED_WORDS: readonly RegExp[] = [
  /^(?:na|po|o|do|ni|ne|za|vi|vy)?(?:h|kh|x)u[jy](?:$|[aeiu]$|ev|ov|lo|n[yi])/,
  /^(?:na|po|za|do|ni)(?:h|kh|x)ui$/,
  /^(?:h|kh|x)ui?n(?:y|j)a$/,
  /pizd(?:[aeuyio]|$)/,
  /^bl[yj]a(?:$|t'?$|d)|^bliad|^bliat/,
  /^[sc][uy]ka$/,
  /^mudak/,
  /^pid[oa]r/,
  /^gandon/,
  /^zalup/,
  /^shl[yj]?uh/,
  /^(?:y|j)?eba(?:t|n[iyou]|lo|sh)/,
  /^(?:za|na|vy|vi|ot|raz|do|u)(?:y|j)?eb(?:a[tln]|i|u$|ok|n)/,
  /^dolb[oa][yj]?[eo]b/,
  /^govno/,
  /^zhop/,
]

/** In names also inside a longer word, where nobody is harmed by a refusal too many. */
export const NAME_ROOTS: readonly RegExp[] = [
  /хуй/,
  /хуе[влс]/,
  /бляд/,
  /пизд/,
  /пид[оа]р/,
  /мудак/,
  /залуп/,
  /долбоеб/,
  /гитлер/,
  /hitler/,
]

/** Words of `obscenity`'s English set that are ordinary here, or that catch ordinary words. */
export const ENGLISH_PERMITTED: readonly string[] = ['dyke', 'sex', 'tit', 'hooker', 'chink']

/** Innocent English words that hold a listed one. */
export const ENGLISH_INNOCENT: readonly string[] = [
  'scunthorpe',
  'cockpit',
  'penistone',
  'pussycat',
  'pussy willow',
  'booby',
  'moby dick',
  'assel',
  'assort',
  'analys',
  'cumsum',
  'georgy',
  'fu',
]

/** Names that would pass for the node, its staff or a word of the commands. Compared by `nameKey`. */
export const RESERVED_NAMES: readonly string[] = [
  ...[
    'admin',
    'administrator',
    'moderator',
    'mentor',
    'system',
    'server',
    'node',
    'academy',
    'codecraft',
    'root',
    'staff',
    'support',
  ],
  ...[
    'keeper',
    'nobody',
    'somebody',
    'everyone',
    'everybody',
    'all',
    'me',
    'self',
    'here',
    'you',
    'it',
    'him',
    'her',
    'them',
  ],
  ...['null', 'undefined', 'anonymous', 'guest'],
  ...[
    'админ',
    'администратор',
    'модератор',
    'ментор',
    'наставник',
    'система',
    'сервер',
    'узел',
    'академия',
    'поддержка',
  ],
  ...[
    'смотритель',
    'смотрительница',
    'никто',
    'кто-то',
    'все',
    'всё',
    'всем',
    'я',
    'мне',
    'меня',
    'себя',
    'здесь',
    'ты',
    'он',
    'она',
    'оно',
    'они',
    'гость',
  ],
]

/** The passwords that guessing begins with. Short ones and those of one or two letters are refused anyway. */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
  ...[
    'password',
    'password1',
    'password123',
    'passw0rd',
    '12345678',
    '123456789',
    '1234567890',
    '87654321',
    'qwertyui',
    'qwertyuiop',
  ],
  ...[
    'qwerty123',
    'qwerty12',
    '1q2w3e4r',
    '1q2w3e4r5t',
    'qazwsxedc',
    'iloveyou',
    'sunshine',
    'princess',
    'football',
    'baseball',
  ],
  ...[
    'letmein1',
    'welcome1',
    'trustno1',
    'abcdefgh',
    'abcd1234',
    'minecraft',
    'pokemon1',
    'superman',
    'codecraft',
    'computer',
  ],
  ...['йцукенгш', 'йцукенгшщз', 'пароль123', 'парольпароль', 'привет123', 'любовь123'],
])
