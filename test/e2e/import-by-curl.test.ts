import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import { afterAll, expect, test } from 'vitest'
import { PART_SIZE, type ApiImport, type ImportMapping } from '../../edge/protocol/import.ts'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { product } from './product.ts'

/**
 * What an import has brought stays, so a second try would count other things.
 * @module-tag stepwise
 */
const MAPPING: ImportMapping = {
  kind: 'orders',
  columns: [
    { column: 'ticket', use: 'order' },
    { column: 'customer', use: 'identifier', kind: 'userId' },
    { column: 'day', use: 'time', as: { type: 'date' } },
    { column: 'sku', use: 'item', name: 'sku' },
    { column: 'price', use: 'item', name: 'price', as: { type: 'number' } },
    { column: 'note', use: 'property', name: 'note' },
  ],
}
/** Long ones, so that few rows make more than a part. */
const NOTE = 'n'.repeat(20_000)
const ORDERS = Math.ceil(PART_SIZE / NOTE.length) + 5

const folder = mkdtempSync(join(tmpdir(), 'prisme-curl-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the script of the README imports a file of several parts and fetches its bad rows', async () => {
  const { edge } = await product()
  const lines = Array.from({ length: ORDERS }, (_, n) => [
    `curl-${n},curl-c${n % 10},2025-03-01,a,1.5,${NOTE}`,
    `curl-${n},curl-c${n % 10},2025-03-01,b,2,`,
  ]).flat()
  const text = [
    'ticket,customer,day,sku,price,note',
    ...lines,
    'curl-bad,curl-c1,2025-03-01,a,much,',
    '',
  ].join('\n')
  expect(text.length).toBeGreaterThan(PART_SIZE)
  writeFileSync(join(folder, 'orders.csv'), text)
  writeFileSync(join(folder, 'mapping.json'), JSON.stringify({ mapping: MAPPING }))

  const script = /## Import a large file[^]*?```sh\n([^]*?)```/.exec(
    readFileSync(join(ROOT, 'edge/README.md'), 'utf8'),
  )?.[1]
  await promisify(execFile)('bash', ['-euc', script ?? 'exit 1'], {
    cwd: folder,
    env: { ...process.env, edge, key: DEMO.secretKey },
  })

  const ended = JSON.parse(readFileSync(join(folder, 'now.json'), 'utf8')) as ApiImport
  expect([ended.state, ended.dryRun, ended.size]).toEqual(['done', false, text.length])
  expect(ended.counts).toEqual({
    read: lines.length + 1,
    accepted: lines.length,
    duplicate: 0,
    rejected: 1,
    failed: 0,
  })
  const bad = parse(readFileSync(join(folder, 'errors.csv'), 'utf8'), { bom: true })
  expect(bad.slice(1)).toEqual([
    [String(lines.length + 2), 'price', 'not-a-number', 'curl-bad,curl-c1,2025-03-01,a,much,'],
  ])

  const answer = await fetch(`${edge}/api/profiles?kind=userId&value=curl-c3`, {
    headers: { authorization: `Bearer ${DEMO.secretKey}` },
  })
  const { events } = (await answer.json()) as ApiProfile
  expect(events.find(({ properties }) => properties['order_id'] === 'curl-3')?.properties).toEqual({
    order_id: 'curl-3',
    note: NOTE,
    revenue: 3.5,
    products: [
      { sku: 'a', price: 1.5 },
      { sku: 'b', price: 2 },
    ],
  })
})
