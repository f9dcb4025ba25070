/** The page that a replay runs in: one document with all it needs inside of it, and the policy that lets it reach nothing else. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { TRACE_PRELUDE } from './prelude.ts'

const read = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')

/** An end tag inside of a script would end it. */
const inline = (code: string) => code.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')

export function replayFrame(): { readonly html: string; readonly policy: string } {
  const scripts = [read('begin.js'), ...TRACE_PRELUDE.map(({ code }) => code), read('engine.js')]
  const worker = inline(`'use strict'\n${scripts.join('\n;\n')}`)
  const frame = inline(read('frame.js'))
  const hash = createHash('sha256').update(frame).digest('base64')
  return {
    html: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Replay</title>
<script type="text/plain" id="worker">${worker}</script>
<script>${frame}</script>
</html>
`,
    policy: [
      'sandbox allow-scripts',
      "default-src 'none'",
      `script-src 'sha256-${hash}' blob:`,
      'worker-src blob:',
      "frame-ancestors 'self'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
  }
}
