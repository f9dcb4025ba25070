/** What the accounts part writes to the node's log: never a secret, a password or a token. */
export type AccountsLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
