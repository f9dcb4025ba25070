/** A node as its host sees it: starts, refuses, drains, survives. */
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { academy } from '../command.ts'
import { startNodeProcess } from '../node-process.ts'
import { join } from './player.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), 'academy-flow-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

describe('a node process', { timeout: 300_000 }, () => {
  test('wrong settings are all named at once, and the exit code is 2', async () => {
    const { code, stderr } = await academy('node', '--port', 'eighty', '--role', 'boss', '--data', dataDir)
    expect(code).toBe(2)
    expect(stderr).toMatch(/--role must be one of/)
    expect(stderr).toMatch(/--port must be a port number/)
  })

  test('a port that is taken is refused in one line, before anything is written', async () => {
    const holder = createServer().listen(0, '0.0.0.0')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { code, stdout, stderr } = await academy('node', '--port', String(port), '--data', dataDir)
    holder.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `Port ${port} is taken by another program. Stop it, or choose another port with --port (0 picks a free one).\n`,
    )
    expect(await readdir(dataDir)).toEqual([])
  })

  test('a node that is given a REDIS_URL says that it is not used, and not what it is', async () => {
    await using node = await startNodeProcess({ env: { REDIS_URL: 'redis://ada:sesame@127.0.0.1:6379/0' } })
    await expect.poll(() => node.stderr(), { timeout: 120_000 }).toContain('REDIS_URL is set and not used')
    expect(node.stderr()).not.toContain('sesame')
  })

  test('a second start on the same data directory is refused with the way out; SIGTERM drains and ends with 0', async () => {
    const node = await startNodeProcess({ dataDir, fromNothing: true })
    const second = await academy('node', '--port', '0', '--data', dataDir)
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/already running on .*--data/)
    const player = await join(node.url)
    await node.kill('SIGTERM')
    expect(node.child.exitCode).toBe(0)
    player.close()
  })

  test('killed in mid-play, again and again, it loses and doubles nothing that was acknowledged', async () => {
    let tokens: { refresh_token: string } | undefined
    let place = 'harbor:dock'
    for (let round = 0; round < 3; round++) {
      const node = await startNodeProcess({ dataDir })
      const player = await join(node.url, { tokens })
      tokens = player.tokens
      const me = await player.api<{ place: string }>('GET', '/api/v1/me')
      expect(me.body.place).toBe(place)
      const exits = ['north', 'east', 'south', 'west']
      for (let step = 0; step < 6; step++) {
        const ack = await player.line(exits[(round + step) % 4]!, `r${round}s${step}`)
        if (ack.ok) place = (await player.api<{ place: string }>('GET', '/api/v1/me')).body.place
      }
      // More is under way, unacknowledged, when the node dies.
      void player.line('say going').catch(() => {})
      await node.kill('SIGKILL')
      player.close()
    }
    await using node = await startNodeProcess({ dataDir })
    const player = await join(node.url, { tokens })
    expect((await player.api<{ place: string }>('GET', '/api/v1/me')).body.place).toBe(place)
    player.close()
  })

  test('a running node is backed up, and the backup restored into it brings the person back', async () => {
    await using node = await startNodeProcess({ dataDir })
    const player = await join(node.url)
    await player.line('name Halvard')
    const file = joinPath(dataDir, 'kept.backup')
    expect((await academy('backup', file, '--data', dataDir)).code).toBe(0)
    await player.line('name Somebody')
    const refused = await academy('restore', file, '--data', dataDir)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/--force/)
    expect((await academy('restore', file, '--force', '--data', dataDir)).code).toBe(0)
    player.close()
    const status = JSON.parse((await academy('status', '--data', dataDir)).stdout) as { url: string }
    expect(status.url).toBe(node.url)
    const again = await join(status.url, { tokens: player.tokens })
    expect((await again.api<{ player: { name: string } }>('GET', '/api/v1/me')).body.player.name).toBe('Halvard')
    again.close()
  })

  test('the first admin is made on the node; what happens is counted; the audit log and the ledger verify', async () => {
    await using node = await startNodeProcess({ dataDir })
    const player = await join(node.url)
    const guest = await academy('role', player.name, 'admin', '--data', dataDir)
    expect(guest.code).toBe(1)
    await player.api('POST', '/auth/register', { name: 'Ingrid', password: 'a lamp that never goes out' })
    expect((await academy('role', 'Ingrid', 'admin', '--data', dataDir)).code).toBe(0)
    const me = await player.api<{ player: { roles: string[] } }>('GET', '/api/v1/me')
    expect(me.body.player.roles).toContain('admin')
    const { stdout } = await academy('password', 'Ingrid', '--data', dataDir)
    const { password } = JSON.parse(stdout) as { password: string }
    expect((await player.api('GET', '/api/v1/me')).status).toBe(401)
    await expect.poll(() => player.socket.connected).toBe(false)
    expect((await player.api('POST', '/auth/login', { name: 'Ingrid', password })).status).toBe(200)
    const nobody = await academy('password', 'Nobody', '--data', dataDir)
    expect(nobody).toMatchObject({ code: 1, stdout: '' })
    expect(nobody.stderr).toMatch(/^Nobody here is called Nobody\. .*“who”.*\n$/)
    const metrics = await (await fetch(`${node.url}/metrics`)).text()
    expect(metrics).toMatch(/^academy_zone_turns_total\{zone="harbor"\} [1-9]/m)
    expect(metrics).toMatch(/^academy_zone_inputs_total\{zone="harbor"\} [1-9]/m)
    expect(await academy('audit', '--data', dataDir)).toMatchObject({ code: 0 })
    expect(await academy('ledger', '--data', dataDir)).toMatchObject({ code: 0 })
    player.close()
  })

  test('asking a directory where no node runs says so', async () => {
    const { code, stderr } = await academy('status', '--data', dataDir)
    expect(code).toBe(1)
    expect(stderr).toMatch(/No node is running/)
  })
})
