import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openState } from './state.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'prisme-state-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('secrets are made once, kept, and readable by their owner alone', () => {
  const first = openState(folder, { fresh: false })
  expect(Buffer.from(first.secrets.worker, 'base64url')).toHaveLength(32)
  expect(first.secrets.worker).not.toBe(first.secrets.shop)
  expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0)

  first.remember({ ...first.secrets, webhook: 'whsec_x' })
  const again = openState(folder, { fresh: false })
  expect(again.secrets).toEqual({ ...first.secrets, webhook: 'whsec_x' })
})

test('a fresh state forgets what Prisme stored and nothing else in the folder', () => {
  const first = openState(folder, { fresh: false })
  writeFileSync(join(first.storage, 'rows'), '')
  writeFileSync(join(folder, 'notes.txt'), 'mine')

  const fresh = openState(folder, { fresh: true })
  expect(fresh.secrets.worker).not.toBe(first.secrets.worker)
  expect(existsSync(join(fresh.storage, 'rows'))).toBe(false)
  expect(existsSync(join(folder, 'notes.txt'))).toBe(true)
})
