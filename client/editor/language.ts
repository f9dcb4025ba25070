/** The page's side of the language worker: questions with answers, and silence instead of trouble when the worker is gone. */
import type { Explanation, Finding, LanguageAnswer, LanguageQuestion, Suggestion } from './language-messages.ts'

export type Language = {
  write(path: string, text: string | undefined): void
  diagnose(path: string): Promise<readonly Finding[]>
  complete(path: string, position: number): Promise<readonly Suggestion[]>
  /** One of the suggestions, in full. */
  describe(path: string, position: number, name: string): Promise<Explanation | undefined>
  explain(path: string, position: number): Promise<Explanation | undefined>
  close(): void
}

type Port = Pick<Worker, 'postMessage' | 'terminate'> & {
  addEventListener(type: 'message' | 'error', run: (event: MessageEvent<LanguageAnswer>) => void): void
}

export function createLanguage(worker: Port): Language {
  const waiting = new Map<number, (value: unknown) => void>()
  let last = 0
  worker.addEventListener('message', ({ data }) => {
    waiting.get(data.id)?.(data.ok ? data.value : undefined)
    waiting.delete(data.id)
  })
  worker.addEventListener('error', () => {
    for (const done of waiting.values()) done(undefined)
    waiting.clear()
  })
  const ask = <T>(question: LanguageQuestion): Promise<T | undefined> =>
    new Promise((done) => {
      const id = ++last
      waiting.set(id, done as (value: unknown) => void)
      worker.postMessage({ id, question })
    })
  const at = (path: string) => `/${path}`
  return {
    write: (path, text) => void ask({ type: 'write', path: at(path), text }),
    diagnose: async (path) => (await ask<readonly Finding[]>({ type: 'diagnose', path: at(path) })) ?? [],
    complete: async (path, position) =>
      (await ask<readonly Suggestion[]>({ type: 'complete', path: at(path), position })) ?? [],
    describe: (path, position, name) => ask<Explanation>({ type: 'describe', path: at(path), position, name }),
    explain: (path, position) => ask<Explanation>({ type: 'explain', path: at(path), position }),
    close: () => worker.terminate(),
  }
}

/** TypeScript itself comes only now: it is the largest piece of the page. */
export const startLanguage = (): Language =>
  createLanguage(new Worker(new URL('./language.worker.ts', import.meta.url), { type: 'module' }))
