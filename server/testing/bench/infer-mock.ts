/** The mock server upstream in a process of its own: `infer-mock.ts PIECES EVERY_MS`; tells its address on standard output. */
import { startMockUpstream } from '../../inference/testing/mock-upstream.ts'

const [pieces = '16', pieceEveryMs = '0'] = process.argv.slice(2)
const mock = await startMockUpstream({ pieces: Number(pieces), pieceEveryMs: Number(pieceEveryMs), remembers: false })
process.stdout.write(`${mock.url}\n`)
process.on('SIGTERM', () => process.exit(0))
