/**
 * A small internet on one machine: hosts in network namespaces of their own (network_namespaces(7)) behind one router.
 * `behind: true` puts a host where its connections go out and none comes in, as behind a home router: the router drops what is sent to its
 * ports below 32768 by a routing rule, which needs neither iptables nor nft; the ports above let answers in, and a test that wants to look.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'

export type LabHost = { readonly name: string; readonly behind?: boolean }
export type Lab = {
  address(host: string): string
  /** This process, as the hosts call it. */
  readonly here: string
  /** The command line that runs `command` on a host. */
  on(host: string, command: string, args: readonly string[]): readonly [string, readonly string[]]
  spawn(host: string, command: string, args: readonly string[]): ChildProcess
  /** Takes a host's cable out, or puts it back. */
  unplug(host: string, isUnplugged: boolean): void
  [Symbol.dispose](): void
}

/** First two octets of a lab's addresses: no route of this machine leads there yet, so that two labs can stand side by side. */
function freeNet(): string {
  const routes = ip('-4', 'route')
  for (let i = 0; i < 128; i++) {
    const net = `10.${64 + ((process.pid + i) % 128)}`
    if (!routes.includes(`${net}.`)) return net
  }
  throw new Error('every network from 10.64 to 10.191 is taken on this machine')
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })

/** Why this machine cannot have a lab, or undefined where it can. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are Linux'
  const probe = `lab-probe-${process.pid}`
  try {
    ip('netns', 'add', probe)
    ip('-n', probe, 'rule', 'add', 'to', '10.64.1.0/24', 'ipproto', 'tcp', 'dport', '1-2', 'blackhole')
    return undefined
  } catch (error) {
    return `network namespaces are not permitted here: ${String((error as { stderr?: string }).stderr ?? error).trim()}`
  } finally {
    try {
      ip('netns', 'del', probe)
    } catch {
      // It was never made.
    }
  }
}

/** Ends what still runs in a namespace, and the namespace. */
function clear(space: string): void {
  for (const pid of ip('netns', 'pids', space).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  ip('netns', 'del', space)
}

/** Labs whose test process was killed before it could take them down. */
function clearOrphans(): void {
  for (const [space, pid] of ip('netns', 'list').matchAll(/^lab(\d+)-\S+/gm)) {
    try {
      process.kill(Number(pid), 0)
    } catch {
      clear(space)
    }
  }
}

/** Makes the hosts; throws when the machine does not permit it. Every namespace, and what runs in it, goes with the lab. */
export function createLab(hosts: readonly LabHost[]): Lab {
  clearOrphans()
  const net = freeNet()
  const made: string[] = []
  const space = (name: string) => `lab${process.pid}-${name}`
  const undo = () => {
    for (const name of made.splice(0)) clear(name)
  }
  const make = (name: string) => {
    ip('netns', 'add', space(name))
    made.push(space(name))
    ip('-n', space(name), 'link', 'set', 'lo', 'up')
  }
  try {
    make('router')
    const router = space('router')
    ip('netns', 'exec', router, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
    hosts.forEach(({ name, behind }, i) => {
      make(name)
      join(router, `r${i}`, `${net}.${i}.1`, space(name), 'eth0', `${net}.${i}.2`)
      ip('-n', space(name), 'route', 'add', 'default', 'via', `${net}.${i}.1`)
      if (behind)
        ip('-n', router, 'rule', 'add', 'to', `${net}.${i}.0/24`, 'ipproto', 'tcp', 'dport', '1-32767', 'blackhole')
    })
    // The test's own way in; the end in this namespace goes with the other.
    ip('link', 'add', `lab${process.pid}`, 'type', 'veth', 'peer', 'name', 'test', 'netns', router)
    ip('addr', 'add', `${net}.255.1/24`, 'dev', `lab${process.pid}`)
    ip('link', 'set', `lab${process.pid}`, 'up')
    ip('-n', router, 'addr', 'add', `${net}.255.2/24`, 'dev', 'test')
    ip('-n', router, 'link', 'set', 'test', 'up')
    ip('route', 'add', `${net}.0.0/16`, 'via', `${net}.255.2`)
  } catch (error) {
    undo()
    throw error
  }
  const index = (host: string) => hosts.findIndex(({ name }) => name === host)
  const on = (host: string, command: string, args: readonly string[]) =>
    ['ip', ['netns', 'exec', space(host), command, ...args]] as const
  return {
    here: `${net}.255.1`,
    address: (host) => `${net}.${index(host)}.2`,
    on,
    spawn: (host, command, args) => spawn(...on(host, command, args), { stdio: ['ignore', 'pipe', 'pipe'] }),
    unplug: (host, isUnplugged) =>
      void ip('-n', space('router'), 'link', 'set', `r${index(host)}`, isUnplugged ? 'down' : 'up'),
    [Symbol.dispose]: undo,
  }
}

/** Two hosts of one local network, where multicast goes from one to the other; nothing else is in reach. */
export function createLan(names: readonly [string, string]) {
  clearOrphans()
  const spaces = names.map((name) => `lab${process.pid}-lan-${name}`) as [string, string]
  const space = (host: string) => spaces[names.indexOf(host)]!
  const addresses = ['192.168.77.1', '192.168.77.2'] as const
  const undo = () => {
    for (const each of spaces.splice(0)) clear(each)
  }
  for (const each of spaces) ip('netns', 'add', each)
  try {
    join(spaces[0], 'eth0', addresses[0], spaces[1], 'eth0', addresses[1])
    for (const each of spaces) {
      ip('-n', each, 'link', 'set', 'lo', 'up')
      ip('-n', each, 'route', 'add', 'default', 'dev', 'eth0')
    }
  } catch (error) {
    undo()
    throw error
  }
  return {
    address: (host: string) => addresses[names.indexOf(host)]!,
    on: (host: string, command: string, args: readonly string[]) =>
      ['ip', ['netns', 'exec', space(host), command, ...args]] as const,
    /** As on networks that carry no multicast, schools among them. */
    blockMulticast(host: string): void {
      ip('-n', space(host), 'route', 'add', 'blackhole', '224.0.0.0/4')
    },
    [Symbol.dispose]: undo,
  }
}

/** A cable between two namespaces. */
function join(a: string, aDevice: string, aAddress: string, b: string, bDevice: string, bAddress: string): void {
  ip('link', 'add', aDevice, 'netns', a, 'type', 'veth', 'peer', 'name', bDevice, 'netns', b)
  for (const [space, device, address] of [
    [a, aDevice, aAddress],
    [b, bDevice, bAddress],
  ] as const) {
    ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', device)
    ip('-n', space, 'link', 'set', device, 'up')
  }
}
