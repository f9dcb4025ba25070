/** What is said about people: names, passwords, sessions and standing. */
export default {
  'error.bad_name':
    'A name has 2 to 24 letters, digits and single hyphens, begins with a letter, and keeps to one alphabet. For example: Wick-417.',
  'error.filtered': 'That name cannot be used here. Try another.',
  'error.name_taken': 'Someone already has that name, or one that looks just like it. Try another.',
  'error.weak_password':
    '{why, select, short {The password is too short: take at least {min} characters. A few words in a row work well.} long {The password is too long: at most {max} characters.} name {The password must not be your name.} other {That password is among the first that anyone would guess. A few words in a row work well.}}',
  'error.bad_credentials': 'The name and the password do not go together. Check both and try again.',
  'error.not_a_guest': 'You have an account already. Sign in with its name and password.',
  'error.wrong_password': 'That is not your present password.',
  'error.guest_only': 'A guest cannot hold this. Choose a name and a password first.',
  'error.token_invalid': 'Your sign-in was not recognised. Sign in again.',
  'error.token_expired': 'Your sign-in has run out. Sign in again.',
  'error.session_ended': 'You have been signed out. Sign in again.',
  'error.token_reused':
    'This sign-in was used from two places, so it has been ended to keep you safe. Sign in again.',
  'error.banned':
    '{hasUntil, select, yes {You are banned until {untilMs, date, long}, {untilMs, time, short}. Reason: {reason}} other {You are banned. Reason: {reason}}}',
  'error.forbidden': 'That is not yours to do.',
  'error.no_such_person': 'There is nobody with that name.',
  'error.no_such_report': 'There is no such report.',
  'error.too_many_blocks': 'You have blocked {max} people, and the list is full. Unblock someone first.',
  'error.too_many_attempts':
    'Too many wrong passwords. Wait {minutes, plural, one {a minute} other {# minutes}} and try again.',
  'error.rate_limited': 'That was too often. Wait {seconds, plural, one {a second} other {# seconds}} and try again.',
  'error.busy':
    'Many people are coming in at once. Try again in {seconds, plural, one {a second} other {# seconds}}.',
} as const satisfies Record<string, string>
