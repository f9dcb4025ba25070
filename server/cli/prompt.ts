/** Asks for a password on the terminal and shows nothing of it. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { AuthorProblem } from '../author/problem.ts'

/** `ACADEMY_PASSWORD` comes first, for scripts. */
export async function askPassword(who: string): Promise<string> {
  const given = process.env.ACADEMY_PASSWORD
  if (given) return given
  if (!process.stdin.isTTY)
    throw new AuthorProblem(
      'no_password',
      `The password of ${who} is needed: set ACADEMY_PASSWORD, or run this in a terminal.`,
    )
  process.stderr.write(`Password of ${who}: `)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await new Promise<string>((done, fail) => {
      lines.once('line', done)
      lines.once('SIGINT', () => fail(new AuthorProblem('no_password', 'Left as it was.')))
      lines.once('close', () => fail(new AuthorProblem('no_password', 'Left as it was.')))
    })
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
