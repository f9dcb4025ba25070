/** What an author is told when something of theirs, or something on the way, is not right: words that say how to mend it. */

export class AuthorProblem extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
