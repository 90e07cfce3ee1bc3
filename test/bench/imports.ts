import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiImport, ImportMapping } from '../../edge/protocol/import.ts'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { startEdge } from './server.ts'

export interface ImportFigure {
  readonly file: string
  readonly rows: number
  readonly accepted: number
  readonly duplicate: number
  readonly seconds: number
  readonly rowsPerSecond: number
}

interface File {
  readonly name: string
  readonly text: string
  readonly mapping: ImportMapping
}

const LINES_PER_ORDER = 10
const SECRET = { authorization: `Bearer ${DEMO.secretKey}` }
const POLL = 100

/** Imports made-up files of `rows` rows: the time from the start of the job until its last row is counted. */
export async function benchImports(
  rows: number,
  say: (line: string) => void,
): Promise<readonly ImportFigure[]> {
  await build('tag', say)
  await mkdir(join(ROOT, '.build'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.build/bench-imports-'))
  const edge = await startEdge(folder)
  try {
    const tokenSecret = randomBytes(32).toString('base64url')
    const made = await fetch(`${edge.origin}/test/demo`, {
      method: 'POST',
      body: JSON.stringify({ tokenSecret }),
    })
    if (!made.ok) throw new Error(`No demo workspace: ${await made.text()}`)
    const figures: ImportFigure[] = []
    for (const file of [orders(rows), customers(rows, false), customers(rows, true)]) {
      for (const again of ['', ', sent again']) {
        const figure = await measure(edge.origin, { ...file, name: file.name + again })
        say(`${figure.file}: ${figure.rowsPerSecond} rows/s`)
        figures.push(figure)
      }
    }
    return figures
  } finally {
    await edge.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(origin: string, { name, text, mapping }: File): Promise<ImportFigure> {
  const query = new URLSearchParams({ name })
  const made = await ask(`${origin}/api/imports?${query}`, 'POST', text)
  const at = `${origin}/api/imports/${made.id}`
  const begun = performance.now()
  let now = await ask(`${at}/start`, 'POST', JSON.stringify({ mapping }))
  while (now.state === 'running' || now.state === 'paused') {
    await new Promise((resolve) => setTimeout(resolve, POLL))
    now = await ask(at, 'GET')
  }
  const seconds = (performance.now() - begun) / 1_000
  const { read, accepted, duplicate } = now.counts
  if (now.state !== 'done' || accepted + duplicate !== read) {
    throw new Error(`${name} ended as ${now.state}: ${JSON.stringify(now.counts)}`)
  }
  return {
    file: name,
    rows: read,
    accepted,
    duplicate,
    seconds,
    rowsPerSecond: Math.round(read / seconds),
  }
}

async function ask(url: string, method: string, body?: string): Promise<ApiImport> {
  const headers = { ...SECRET, 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as ApiImport
}

/** Till tickets of ten lines; every customer has ten of them. */
function orders(rows: number): File {
  const lines = Array.from({ length: rows }, (_, n) => {
    const order = Math.floor(n / LINES_PER_ORDER)
    const customer = Math.floor(order / 10)
    const day = String(1 + (order % 28)).padStart(2, '0')
    return `t-${order},o-${customer},2025-03-${day} 10:00:00,sku-${n % 997},${1 + (n % 3)},9.90`
  })
  return {
    name: 'orders, ten lines each',
    text: ['ticket,customer,day,sku,quantity,price', ...lines, ''].join('\n'),
    mapping: {
      kind: 'orders',
      columns: [
        { column: 'ticket', use: 'order' },
        { column: 'customer', use: 'identifier', kind: 'userId' },
        { column: 'day', use: 'time', as: { type: 'date' } },
        { column: 'sku', use: 'item', name: 'sku' },
        { column: 'quantity', use: 'item', name: 'quantity', as: { type: 'number' } },
        { column: 'price', use: 'item', name: 'price', as: { type: 'number' } },
      ],
    },
  }
}

/** New people, one a row, by one identifier or by two. */
function customers(rows: number, withEmail: boolean): File {
  const who = withEmail ? 'e' : 'c'
  const lines = Array.from(
    { length: rows },
    (_, n) => `${who}-${n},${who}${n}@example.com,Lyon,${n % 900}`,
  )
  return {
    name: `new customers, ${withEmail ? 'two identifiers' : 'one identifier'}`,
    text: ['id,email,city,points', ...lines, ''].join('\n'),
    mapping: {
      kind: 'customers',
      columns: [
        { column: 'id', use: 'identifier', kind: 'userId' },
        ...(withEmail ? [{ column: 'email', use: 'identifier', kind: 'email' } as const] : []),
        { column: 'city', use: 'trait', name: 'city' },
        { column: 'points', use: 'trait', name: 'points', as: { type: 'number' } },
      ],
    },
  }
}
