import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { open } from '../../edge/crypto/seal.ts'
import { workspaceKeys } from '../../edge/crypto/workspace-keys.ts'
import { workspaceObject } from '../../edge/objects/address.ts'
import type {
  ApiActivation,
  ApiAuditEntry,
  ApiDestination,
  ApiSecretKey,
  ApiSource,
  Page,
} from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { birth, call, GOLD, HOOK, newDestination, newSegment, ORIGIN } from './admin-fixture.ts'

let workspace: WorkspaceId

beforeAll(async () => {
  workspace = await birth('a')
})

describe('segments', () => {
  test('are made with a key of their name, changed, and deleted', async () => {
    const made = await call<ApiSegment>('POST', '/api/segments', {
      name: 'Été à la mer',
      condition: GOLD,
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ key: 'ete-a-la-mer', version: 1, public: false, size: 0 })
    const same = await call<ApiSegment>('POST', '/api/segments', {
      name: 'Été à la mer',
      condition: GOLD,
    })
    expect(same.body.key).toBe('ete-a-la-mer-2')

    const path = `/api/segments/${made.body.id}`
    const changed = await call<ApiSegment>('PUT', path, {
      name: 'Sea',
      condition: { type: 'not', condition: GOLD },
      public: true,
    })
    expect(changed.body).toMatchObject({
      name: 'Sea',
      key: 'ete-a-la-mer',
      version: 2,
      public: true,
    })
    const catalog = await workspaceObject(env, workspace).catalog({ workspace })
    expect(catalog?.segments.find(({ id }) => id === made.body.id)).toMatchObject({ name: 'Sea' })

    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  test('are live when every shard works by them', async () => {
    const body = { name: `Live once`, condition: GOLD }
    await workspaceObject(env, workspace).catalog({ workspace, shard: { region: 0, shard: 1 } })
    const made = await call<ApiSegment>('POST', '/api/segments?wait=live', body)
    expect(made.body.state).toBe('live')
  })

  test('a condition is refused with the path of each mistake', async () => {
    const answer = await call('POST', '/api/segments', {
      name: 'Broken',
      condition: {
        type: 'all',
        conditions: [GOLD, { type: 'trait', trait: 'x', operator: 'like' }],
      },
      colour: 'red',
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors?.map(({ path }) => path).sort()).toEqual([
      'colour',
      'condition.conditions.1.operator',
    ])
  })

  test('a key that another segment has is a conflict', async () => {
    const body = { name: 'Once', key: 'once', condition: GOLD }
    expect((await call('POST', '/api/segments', body)).status).toBe(201)
    const answer = await call('POST', '/api/segments', body)
    expect(answer.status).toBe(409)
    expect(answer.body.errors).toEqual([{ path: 'key', reason: 'another segment has this key' }])
  })

  test('that something uses are not deleted, and the refusal names it', async () => {
    const [used, excluded, destination] = [
      await newSegment(),
      await newSegment(),
      await newDestination(),
    ]
    const activation = await call<ApiActivation>('POST', '/api/activations', {
      name: 'Spring letter',
      segment: used.id,
      exclude: [excluded.id],
      destinations: [destination.id],
      on: ['entered', 'exited'],
    })
    expect(activation.status).toBe(201)
    for (const path of [
      `segments/${used.id}`,
      `segments/${excluded.id}`,
      `destinations/${destination.id}`,
    ]) {
      const answer = await call('DELETE', `/api/${path}`)
      expect(answer.status).toBe(409)
      expect(answer.body.detail).toContain('Spring letter')
    }
    expect((await call('DELETE', `/api/activations/${activation.body.id}`)).status).toBe(204)
    expect((await call('DELETE', `/api/segments/${used.id}`)).status).toBe(204)
  })

  test('list in pages without losing or repeating one', async () => {
    for (let count = 0; count < 3; count++) await newSegment()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = `limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`
      const { body } = await call<Page<ApiSegment>>('GET', `/api/segments?${query}`)
      expect(body.items.length).toBeLessThanOrEqual(2)
      seen.push(...body.items.map(({ id }) => id))
      cursor = body.cursor
    } while (cursor !== undefined)
    const all = await call<Page<ApiSegment>>('GET', '/api/segments?limit=500')
    expect(seen).toEqual(all.body.items.map(({ id }) => id))
    expect(seen.length).toBeGreaterThan(3)
    expect((await call('GET', '/api/segments?cursor=!')).status).toBe(400)
    expect((await call('GET', '/api/segments?limit=0')).status).toBe(400)
  })
})

describe('destinations', () => {
  test('show their secret once and keep it sealed', async () => {
    const { id, secret } = await newDestination()
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(
      (await call<ApiDestination>('GET', `/api/destinations/${id}`)).body.secret,
    ).toBeUndefined()
    const dump = await env.DB.prepare('select * from destination where id = ?').bind(id).first()
    expect(JSON.stringify(dump)).not.toContain(secret)
    const [sealed] = JSON.parse(String(dump?.['secrets'])) as string[]
    const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
    expect(await open(keys, 'destination', sealed ?? '')).toBe(secret)
  })

  test('keep the channel they reach people on, and shards are told', async () => {
    const { id, channel } = await newDestination()
    expect(channel).toBeNull()
    const path = `/api/destinations/${id}`
    const inCatalog = async () =>
      (await workspaceObject(env, workspace).catalog({ workspace }))?.destinations.find(
        (destination) => destination.id === id,
      )?.channel
    const reaching = await call<ApiDestination>('PUT', path, { ...HOOK, channel: 'sms' })
    expect(reaching.body.channel).toBe('sms')
    expect(await inCatalog()).toBe('sms')
    const reachingNobody = await call<ApiDestination>('PUT', path, { ...HOOK, channel: null })
    expect(reachingNobody.body.channel).toBeNull()
    expect(await inCatalog()).toBeUndefined()
  })

  test.each([
    ['no purpose', { purposes: [] }, 'purposes'],
    ['a purpose twice', { purposes: ['email', 'email'] }, 'purposes'],
    ['a channel nobody knows', { channel: 'pigeon' }, 'channel'],
    ['a private address', { url: 'http://10.0.0.1/' }, 'url'],
    ['a metadata service', { url: 'http://169.254.169.254/latest' }, 'url'],
    ['no address', { url: 'example' }, 'url'],
    ['another kind', { kind: 'carrier-pigeon' }, 'kind'],
    ['no name', { name: '  ' }, 'name'],
    ['an unknown key', { sercet: 'x' }, 'sercet'],
  ])('with %s are refused', async (_, change, path) => {
    const answer = await call('POST', '/api/destinations', { ...HOOK, ...change })
    expect(answer.status).toBe(400)
    expect(answer.body.errors?.map((error) => error.path)).toEqual([path])
    expect(answer.body.errors?.[0]?.reason).toMatch(/\w+ \w+/)
  })
})

const jwkText = async (key: CryptoKey) => JSON.stringify(await crypto.subtle.exportKey('jwk', key))

const sourceWith = (algorithm: string, key: string) =>
  call<ApiSource & Problem>('POST', '/api/sources', {
    name: 'Web',
    kind: 'browser',
    tokenKey: { algorithm, key },
  })

describe('sources and keys', () => {
  test('a browser source comes with a write key and asks for consent', async () => {
    const made = await call<ApiSource>('POST', '/api/sources', { name: 'Web', kind: 'browser' })
    expect(made.body).toMatchObject({
      consent: 'opt-in',
      tokenAlgorithms: [],
      counts: { accepted: 0, duplicate: 0, rejected: 0, failed: 0 },
      firstEventAt: null,
    })
    expect(made.body.writeKey).toMatch(/^pk_[\w-]{43}$/)
    expect((await call('DELETE', `/api/sources/${made.body.id}`)).status).toBe(204)
  })

  test('the secret of user tokens is kept sealed, and survives a change that does not name it', async () => {
    const secret = 'a-shared-secret-of-at-least-32-bytes'
    const body = { name: 'Web', kind: 'browser', tokenKey: { algorithm: 'HS256', key: secret } }
    const made = await call<ApiSource>('POST', '/api/sources', body)
    expect(made.body.tokenAlgorithms).toEqual(['HS256'])
    const row = await env.DB.prepare('select tokenKeys from source where id = ?')
      .bind(made.body.id)
      .first<{ tokenKeys: string }>()
    expect(row?.tokenKeys).not.toContain(secret)
    const path = `/api/sources/${made.body.id}`
    const kept = await call<ApiSource>('PUT', path, { name: 'Site', kind: 'browser' })
    expect(kept.body.tokenAlgorithms).toEqual(['HS256'])
    const removed = await call<ApiSource>('PUT', path, {
      name: 'Site',
      kind: 'browser',
      tokenKey: null,
    })
    expect(removed.body.tokenAlgorithms).toEqual([])
  })

  test('only the public half of a key pair is taken', async () => {
    const { privateKey, publicKey } = (await crypto.subtle.generateKey(
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair
    expect((await sourceWith('ES256', await jwkText(publicKey))).body.tokenAlgorithms).toEqual([
      'ES256',
    ])
    for (const [algorithm, key] of [
      ['ES256', await jwkText(privateKey)],
      ['RS256', await jwkText(publicKey)],
      ['ES256', '{}'],
      ['ES256', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}'],
      ['HS256', 'too short'],
    ] as const) {
      const answer = await sourceWith(algorithm, key)
      expect(answer.status).toBe(400)
      expect(answer.body.errors?.[0]?.path).toBe('tokenKey.key')
    }
  })

  test('the source of secret keys has no write key and cannot be deleted', async () => {
    const { body } = await call<Page<ApiSource>>('GET', '/api/sources')
    const own = body.items.find(({ writeKey }) => writeKey === undefined)
    expect(own?.kind).toBe('server')
    expect((await call('DELETE', `/api/sources/${own?.id}`)).status).toBe(409)
  })

  test('a secret key opens the administration until it is revoked', async () => {
    const made = await call<ApiSecretKey>('POST', '/api/keys', { name: 'Import' })
    const { id, key = '', hint } = made.body
    expect(key).toMatch(/^sk_[\w-]{43}$/)
    expect(key.endsWith(hint)).toBe(true)
    const headers = { authorization: `Bearer ${key}` }
    const listed = await call<Page<ApiSecretKey>>('GET', '/api/keys', undefined, headers)
    expect(listed.status).toBe(200)
    expect(JSON.stringify(listed.body)).not.toContain(key)
    const { results } = await env.DB.prepare('select * from key').all()
    expect(JSON.stringify(results)).not.toContain(key)
    expect((await call('DELETE', `/api/keys/${id}`)).status).toBe(204)
    expect((await call('GET', '/api/keys', undefined, headers)).status).toBe(401)
  })
})

test('experiences are refused with the place of each mistake', async () => {
  const answer = await call('POST', '/api/experiences', {
    name: 'Hero',
    placement: 'home hero',
    segment: 'seg_missing',
    variations: [
      { key: 'a', weight: 0, content: {} },
      { key: 'a', weight: 1, content: 'text', colour: 1 },
    ],
    control: 2,
  })
  expect(answer.status).toBe(400)
  expect(answer.body.errors?.map(({ path }) => path).sort()).toEqual([
    'control',
    'placement',
    'variations.0.weight',
    'variations.1.colour',
    'variations.1.content',
  ])
})

test('every change is told in the audit log, newest first; what was refused is not', async () => {
  const { id } = await newSegment()
  await call('DELETE', '/api/segments/seg_missing')
  await call('DELETE', `/api/segments/${id}`)
  const { body } = await call<Page<ApiAuditEntry>>('GET', '/api/audit?limit=2')
  expect(body.items).toMatchObject([
    { actor: 'First key', action: 'segment.deleted', subject: id },
    { actor: 'First key', action: 'segment.created', subject: id },
  ])
})

test.each([
  ['malformed JSON', '{"name": ', 400],
  ['a list', '[]', 400],
  ['nothing', '', 400],
  ['a body without end', `"${'x'.repeat(600 * 1_024)}"`, 413],
])('%s is refused by a problem document', async (_, body, status) => {
  const answer = await call('POST', '/api/segments', body)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatchObject({ type: 'about:blank', status })
})

test('the interface documents itself', async () => {
  const document = await call<{
    paths: Record<string, unknown>
    webhooks: Record<string, unknown>
  }>('GET', '/openapi.json', undefined, {})
  expect(document.status).toBe(200)
  expect(Object.keys(document.body.paths)).toEqual(
    expect.arrayContaining([
      '/api/segments',
      '/api/segments/{id}',
      '/api/setup',
      '/api/audit',
      '/v1/batch',
      '/api/segments/{id}/report',
      '/matomo.php',
    ]),
  )
  expect(Object.keys(document.body.webhooks)).toEqual([
    'segment.entered',
    'segment.exited',
    'profile.erased',
  ])
  const page = await exports.default.fetch(`${ORIGIN}/docs`)
  expect(page.headers.get('content-type')).toContain('text/html')
  const text = await page.text()
  expect(text).toContain('/api/destinations/{id}')
  expect(text).toContain('POST segment.exited')
  expect(text).not.toMatch(/<script|<link|<img|src=|href="http/)
})
