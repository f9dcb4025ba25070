/** What the editor asks its language worker. Paths are absolute in the worker's own little file system; positions are UTF-16 offsets. */

export type LanguageQuestion =
  /** No text: the file is gone. */
  | { readonly type: 'write'; readonly path: string; readonly text: string | undefined }
  | { readonly type: 'diagnose'; readonly path: string }
  | { readonly type: 'complete'; readonly path: string; readonly position: number }
  | { readonly type: 'describe'; readonly path: string; readonly position: number; readonly name: string }
  | { readonly type: 'explain'; readonly path: string; readonly position: number }

export type LanguageAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string }

export type Finding = {
  readonly from: number
  readonly to: number
  readonly severity: 'error' | 'warning' | 'hint'
  readonly code: string
  readonly message: string
}
export type Suggestion = { readonly name: string; readonly kind: string }
export type Explanation = {
  readonly from: number
  readonly to: number
  readonly signature: string
  readonly text: string
}
