/** A remark on a source file, from the checker or the lesson: 1-based line and column. */
export type Diagnostic = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly severity: 'error' | 'warning' | 'hint'
  readonly code: string
  /** In English; `agents.check.<code>` with `params` says it in other languages. */
  readonly message: string
  readonly params?: import('./ids.ts').Params
}
