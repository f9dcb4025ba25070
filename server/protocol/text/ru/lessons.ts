export default {
  'lesson.passed':
    'Урок пройден: {title}. {credits, plural, =0 {Кредитов за него нет.} one {# кредит твой; квитанция в книге счетов.} few {# кредита твои; квитанция в книге счетов.} other {# кредитов твои; квитанция в книге счетов.}}',
  'lesson.task-done': 'Ещё один шаг урока «{title}» сделан.',
  'lesson.unmet': 'Пока нет. Из того, что произошло, этой задаче ничего не подошло.',
} as const satisfies Record<string, string>
