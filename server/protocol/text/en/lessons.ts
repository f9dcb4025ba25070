export default {
  'lesson.passed':
    'Lesson passed: {title}. {credits, plural, =0 {No credits for this one.} one {# credit is yours; the receipt is in the ledger.} other {# credits are yours; the receipt is in the ledger.}}',
  'lesson.task-done': 'One step of “{title}” is done.',
  'lesson.unmet': 'Not yet. Nothing that happened met this task.',
} as const satisfies Record<string, string>
