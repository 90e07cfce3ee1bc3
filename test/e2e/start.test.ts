import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { ENVIRONMENT, ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { freePorts, requireFree, type Ports } from '../demo/ports.ts'

let ports: Ports
let folder = ''
const started: ChildProcess[] = []

beforeEach(async () => {
  ports = await freePorts()
  folder = mkdtempSync(join(tmpdir(), 'prisme-start-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

afterEach(() => {
  for (const { pid, exitCode, signalCode } of started.splice(0)) {
    const isRunning = exitCode === null && signalCode === null
    if (pid !== undefined && isRunning) process.kill(-pid, 'SIGKILL')
  }
})

/** `npm start` in a process group of its own, as a terminal would run it. */
function npmStart(...args: readonly string[]) {
  const child = spawn('npm', ['start', '--silent', '--', ...args], {
    cwd: ROOT,
    detached: true,
    env: {
      ...ENVIRONMENT,
      STATE_DIR: folder,
      PORT: String(ports.edge),
      DASHBOARD_PORT: String(ports.dashboard),
      SHOP_PORT: String(ports.shop),
      INBOX_PORT: String(ports.inbox),
    },
  })
  started.push(child)
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (/^ready$/m.test(output)) resolve()
      })
    }
    void ended.then((code) => reject(new Error(`npm start ended with ${code}:\n${output}`)))
  })
  ready.catch(() => undefined) // told by whoever waits for it
  return { pid: child.pid as number, ready, ended, output: () => output }
}

async function segments(): Promise<readonly ApiSegment[]> {
  const response = await fetch(`http://127.0.0.1:${ports.edge}/api/segments`, {
    headers: { authorization: `Bearer ${DEMO.secretKey}` },
  })
  return ((await response.json()) as Page<ApiSegment>).items
}

/** Programs that still know this state folder. */
function leftovers(): readonly string[] {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return '' // it ended meanwhile
      }
    })
  return commands.filter((command) => command.includes(folder))
}

test('npm start serves everything, Ctrl-C leaves nothing behind, and the state is there again', async () => {
  const first = npmStart()
  await first.ready
  for (const part of ['dashboard', 'shop', 'inbox'] as const) {
    expect((await fetch(`http://127.0.0.1:${ports[part]}/`)).status, part).toBe(200)
    expect(first.output()).toContain(`http://127.0.0.1:${ports[part]}`)
  }
  expect(first.output()).toContain(`${DEMO.email} / ${DEMO.password}`)
  const before = await segments()
  expect(before.map(({ key }) => key)).toContain('shoe-fans')
  expect(
    (await fetch(`http://127.0.0.1:${ports.edge}/test/clock`, { method: 'POST' })).status,
  ).toBe(404)

  const rival = npmStart('--fresh')
  expect(await rival.ended).not.toBe(0)
  expect(rival.output()).toMatch(new RegExp(`Port ${ports.edge} .*taken.*PORT=`))

  process.kill(-first.pid, 'SIGINT')
  // npm passes its child's 0 on, or ends by the signal itself.
  expect([0, null]).toContain(await first.ended)
  await requireFree(ports)
  expect(leftovers()).toEqual([])

  const second = npmStart()
  await second.ready
  expect((await segments()).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  process.kill(-second.pid, 'SIGTERM')
  await second.ended
  await requireFree(ports)
  expect(leftovers()).toEqual([])
}, 400_000)
