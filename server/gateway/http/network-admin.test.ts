import { expect, test } from 'vitest'
import { startGateway } from '../fixtures.ts'

const operator = {
  log: (limit: number) =>
    [{ seq: 1, atMs: 0, level: 'info' as const, part: 'network', message: 'a node was admitted', detail: '' }].slice(
      0,
      limit,
    ),
  settings: () => [
    { name: 'hub', env: 'ACADEMY_HUB', flag: '--hub', value: 'https://hub.example' },
    { name: 'invite', env: 'ACADEMY_INVITE', flag: '--invite', isSecret: true as const },
  ],
}

test.each(['/api/v1/network/log', '/api/v1/network/settings'])('%s is for the staff alone', async (path) => {
  await using node = await startGateway({ operator })
  const statusFor = async (token?: string) =>
    (await fetch(`${node.url}${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status
  expect(await statusFor()).toBe(401)
  expect(await statusFor(node.accounts.addPerson('Ada').token)).toBe(403)
  expect(await statusFor(node.accounts.addPerson('Bo', ['moderator']).token)).toBe(200)
})
