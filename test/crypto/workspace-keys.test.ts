import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviceDigest } from '../../edge/crypto/device-digest.ts'
import { openDeviceCookie, sealDeviceCookie } from '../../edge/crypto/device-cookie.ts'
import { identifierHash } from '../../edge/crypto/identifier-hash.ts'
import { keyHash } from '../../edge/crypto/key-hash.ts'
import { open, seal, type SealUse } from '../../edge/crypto/seal.ts'
import { workspaceKeys } from '../../edge/crypto/workspace-keys.ts'
import { deviceIdOf, isDeviceId, profileIdOf } from '../../edge/domain/id.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'

const SECRET = 'test-only-secret-of-more-than-32-bytes'
const shop = await workspaceKeys(SECRET, 'ws_shop' as WorkspaceId)
const bank = await workspaceKeys(SECRET, 'ws_bank' as WorkspaceId)
const other = await workspaceKeys(`${SECRET}!`, 'ws_shop' as WorkspaceId)

describe('keys of a workspace', () => {
  test('are the same every time, and not derived from a secret that can be guessed', async () => {
    expect(await workspaceKeys(SECRET, 'ws_shop' as WorkspaceId)).toBe(shop)
    await expect(workspaceKeys('short', 'ws_shop' as WorkspaceId)).rejects.toThrow(RangeError)
  })

  test('an address has one hash a workspace, kind and secret, of 22 characters', async () => {
    const hash = await identifierHash(shop, 'email', 'a@example.com')
    expect(hash).toMatch(/^[\w-]{22}$/)
    expect(await identifierHash(shop, 'email', 'a@example.com')).toBe(hash)
    const others = await Promise.all([
      identifierHash(shop, 'phone', 'a@example.com'),
      identifierHash(shop, 'email', 'b@example.com'),
      identifierHash(bank, 'email', 'a@example.com'),
      identifierHash(other, 'email', 'a@example.com'),
    ])
    expect(new Set([hash, ...others]).size).toBe(5)
  })

  test('kind and value cannot be shifted into each other', async () => {
    expect(await identifierHash(shop, 'a', 'b:c')).not.toBe(await identifierHash(shop, 'a:b', 'c'))
  })

  test('a device key gives one device, another in another workspace', async () => {
    const digest = await deviceDigest(shop, 'k'.repeat(22))
    const device = deviceIdOf(digest, 8)
    expect(isDeviceId(device)).toBe(true)
    expect(deviceIdOf(await deviceDigest(shop, 'k'.repeat(22)), 8)).toBe(device)
    expect(deviceIdOf(await deviceDigest(bank, 'k'.repeat(22)), 8)).not.toBe(device)
  })
})

test('an API key is found by the SHA-256 that FIPS 180-2 gives for "abc"', async () => {
  expect(await keyHash('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

describe('a sealed text', () => {
  test('opens to what it was, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        expect(await open(shop, 'contact', await seal(shop, 'contact', text))).toBe(text)
      }),
    )
  })

  test('never looks the same twice', async () => {
    expect(await seal(shop, 'contact', 'x')).not.toBe(await seal(shop, 'contact', 'x'))
  })

  test('does not open for another workspace, deployment or use', async () => {
    const sealed = await seal(shop, 'contact', 'x')
    expect(await open(bank, 'contact', sealed)).toBeUndefined()
    expect(await open(other, 'contact', sealed)).toBeUndefined()
    for (const use of ['token-key', 'destination', 'cookie'] satisfies SealUse[]) {
      expect(await open(shop, use, sealed)).toBeUndefined()
    }
  })

  test('does not open with a bit changed, cut short, or made up', async () => {
    const sealed = await seal(shop, 'contact', 'demo-shopper@example.com')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sealed.length - 2),
        fc.constantFrom(...'AZaz09-_'),
        async (at, character) => {
          const forged = sealed.slice(0, at) + character + sealed.slice(at + 1)
          fc.pre(forged !== sealed)
          expect(await open(shop, 'contact', forged)).toBeUndefined()
          expect(await open(shop, 'contact', sealed.slice(0, at))).toBeUndefined()
        },
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await open(shop, 'contact', text)).toBeUndefined()
      }),
    )
  })
})

describe('the device cookie', () => {
  const device = deviceIdOf(new Uint8Array(32).fill(7), 8)
  const profile = profileIdOf({ region: 0, shard: 3 }, new Uint8Array(10).fill(9))

  test('keeps device, profile and time of issue', async () => {
    const full = { device, profile, issuedAt: 1_795_435_200_000 }
    const sealed = await sealDeviceCookie(shop, full)
    expect(sealed).toMatch(/^[\w-]{100,200}$/)
    expect(await openDeviceCookie(shop, sealed)).toEqual(full)
    const bare = { device, issuedAt: 5 }
    expect(await openDeviceCookie(shop, await sealDeviceCookie(shop, bare))).toEqual(bare)
  })

  test('of another workspace, or a sealed text that is no cookie, is none', async () => {
    const foreign = await sealDeviceCookie(bank, { device, issuedAt: 5 })
    expect(await openDeviceCookie(shop, foreign)).toBeUndefined()
    const contact = await seal(shop, 'contact', `${device} ${profile} 1`)
    expect(await openDeviceCookie(shop, contact)).toBeUndefined()
    expect(await openDeviceCookie(shop, device)).toBeUndefined()
  })
})
