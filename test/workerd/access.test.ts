import { beforeAll, describe, expect, test } from 'vitest'
import type {
  ApiActivation,
  ApiExperience,
  ApiSecretKey,
  ApiSession,
  ApiSource,
  Page,
} from '../../edge/protocol/api.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import {
  birth,
  call,
  GOLD,
  HOOK,
  newDestination,
  newSegment,
  ORIGIN,
  PASSWORD,
  signIn,
  visitor,
} from './admin-fixture.ts'

let workspace: WorkspaceId

beforeAll(async () => {
  workspace = await birth('a')
  await birth('b')
})

describe('who may do what', () => {
  const ROUTES = [
    ['GET', '/api/session'],
    ['GET', '/api/segments'],
    ['POST', '/api/segments'],
    ['GET', '/api/segments/{segment}'],
    ['PUT', '/api/segments/{segment}'],
    ['DELETE', '/api/segments/{segment}'],
    ['GET', '/api/experiences'],
    ['POST', '/api/experiences'],
    ['GET', '/api/experiences/{experience}'],
    ['PUT', '/api/experiences/{experience}'],
    ['DELETE', '/api/experiences/{experience}'],
    ['GET', '/api/destinations'],
    ['POST', '/api/destinations'],
    ['GET', '/api/destinations/{destination}'],
    ['PUT', '/api/destinations/{destination}'],
    ['DELETE', '/api/destinations/{destination}'],
    ['GET', '/api/activations'],
    ['POST', '/api/activations'],
    ['GET', '/api/activations/{activation}'],
    ['PUT', '/api/activations/{activation}'],
    ['DELETE', '/api/activations/{activation}'],
    ['GET', '/api/sources'],
    ['POST', '/api/sources'],
    ['GET', '/api/sources/{source}'],
    ['PUT', '/api/sources/{source}'],
    ['DELETE', '/api/sources/{source}'],
    ['GET', '/api/keys'],
    ['POST', '/api/keys'],
    ['DELETE', '/api/keys/{key}'],
    ['GET', '/api/audit'],
    ['GET', '/api/not-a-route'],
  ] as const

  /** Valid bodies, so that what is refused is refused for who asks. */
  const BODIES: { readonly [resource: string]: unknown } = {
    segments: { name: 'Mine', condition: GOLD },
    experiences: {
      name: 'Mine',
      placement: 'hero',
      variations: [{ key: 'a', weight: 1, content: {} }],
    },
    destinations: HOOK,
    activations: {
      name: 'Mine',
      segment: '{segment}',
      destinations: ['{destination}'],
      on: ['entered'],
    },
    sources: { name: 'Mine', kind: 'browser' },
    keys: { name: 'Mine' },
  }

  let ids: { readonly [name: string]: string }
  beforeAll(async () => {
    const segment = await newSegment()
    const destination = await newDestination()
    const activation = await call<ApiActivation>('POST', '/api/activations', {
      name: 'Tell',
      segment: segment.id,
      destinations: [destination.id],
      on: ['entered'],
    })
    const experience = await call<ApiExperience>('POST', '/api/experiences', BODIES['experiences'])
    const source = await call<ApiSource>('POST', '/api/sources', BODIES['sources'])
    const key = await call<ApiSecretKey>('POST', '/api/keys', BODIES['keys'])
    ids = {
      segment: segment.id,
      destination: destination.id,
      activation: activation.body.id,
      experience: experience.body.id,
      source: source.body.id,
      key: key.body.id,
    }
    expect(Object.values(ids).every((id) => typeof id === 'string')).toBe(true)
  })

  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')
  const ask = (method: string, path: string, headers: Record<string, string>) => {
    const body = BODIES[path.split('/')[2] ?? '']
    const sent = method === 'POST' || method === 'PUT' ? fill(JSON.stringify(body)) : undefined
    return call<Problem>(method, fill(path), sent, headers)
  }

  test.each(ROUTES)(
    '%s %s is closed without a credential, and to keys that are none',
    async (method, path) => {
      for (const headers of [
        {},
        { authorization: 'Bearer write-a' },
        { authorization: 'Bearer nothing' },
        { authorization: `Basic ${btoa('secret-a:')}` },
        { cookie: 'prisme-auth.session_token=forged.forged' },
      ]) {
        const answer = await ask(method, path, headers as Record<string, string>)
        expect(answer.status).toBe(401)
        expect(answer.headers.get('content-type')).toBe('application/problem+json')
      }
    },
  )

  test('every documented route of the administration is closed without a credential', async () => {
    const { body } = await call<{ paths: Record<string, Record<string, unknown>> }>(
      'GET',
      '/openapi.json',
    )
    const routes = Object.entries(body.paths)
      .filter(([path]) => path.startsWith('/api/') && path !== '/api/setup')
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => [method, path] as const))
    expect(routes.length).toBeGreaterThanOrEqual(ROUTES.length)
    for (const [method, path] of routes) {
      for (const headers of [{}, { authorization: 'Bearer write-a' }]) {
        const answer = await call(method.toUpperCase(), path, undefined, headers as never)
        expect([method, path, answer.status]).toEqual([method, path, 401])
      }
    }
  })

  test.each(ROUTES.filter(([, path]) => path.includes('{')))(
    '%s %s answers another workspace as if the id did not exist',
    async (method, path) => {
      const foreign = { authorization: 'Bearer secret-b' }
      const answer = await ask(method, path, foreign)
      const missing = await call(
        method,
        path.replace(/\{\w+\}/, 'seg_aaaaaaaaaaaaaaaa'),
        method === 'PUT' ? fill(JSON.stringify(BODIES[path.split('/')[2] ?? ''])) : undefined,
        foreign,
      )
      expect(answer.status).toBe(404)
      expect(answer.body).toEqual(missing.body)
      expect(missing.status).toBe(404)
    },
  )

  test('a body that names rows of another workspace is refused as if they did not exist', async () => {
    const foreign = { authorization: 'Bearer secret-b' }
    const answer = await ask('POST', '/api/activations', foreign)
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([
      { path: 'segment', reason: 'is not a segment of this workspace' },
    ])
  })

  test('lists show nothing of another workspace', async () => {
    for (const path of [
      'segments',
      'experiences',
      'destinations',
      'activations',
      'audit',
      'keys',
    ]) {
      const { body } = await call<Page<{ id: string }>>('GET', `/api/${path}`, undefined, {
        authorization: 'Bearer secret-b',
      })
      const seen = JSON.stringify(body)
      for (const id of Object.values(ids)) expect(seen).not.toContain(id)
    }
  })
})

describe('sessions', () => {
  test('a person signs in, sees who they are, and signs out', async () => {
    const cookie = await signIn('a')
    expect(cookie).toMatch(/^prisme-auth\./)
    const { body } = await call<ApiSession>('GET', '/api/session', undefined, { cookie })
    expect(body).toMatchObject({
      user: { email: 'owner-a@example.com' },
      workspace: { id: workspace, name: 'Workspace a' },
    })
    const out = await call('POST', '/api/auth/sign-out', {}, { cookie, origin: ORIGIN })
    expect(out.status).toBe(200)
    expect((await call('GET', '/api/session', undefined, { cookie })).status).toBe(401)
  })

  test('another site can neither change anything nor watch with a visitor’s session', async () => {
    const cookie = await signIn('a')
    const body = { name: 'Forged', condition: GOLD }
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`, undefined]) {
      const headers = { cookie, ...(origin !== undefined && { origin }) }
      expect((await call('POST', '/api/segments', body, headers)).status).toBe(403)
      const upgrade = { ...headers, upgrade: 'websocket' }
      expect((await call('GET', '/api/live', undefined, upgrade)).status).toBe(403)
    }
    const own = { cookie, origin: ORIGIN }
    expect((await call('POST', '/api/segments', body, own)).status).toBe(201)
  })

  test('nobody can sign up, and the rest of the sign-in library is shut', async () => {
    const person = { email: 'new@example.com', password: PASSWORD, name: 'New' }
    for (const [method, path] of [
      ['POST', '/api/auth/sign-up/email'],
      ['POST', '/api/auth/organization/create'],
      ['POST', '/api/auth/organization/invite-member'],
      ['POST', '/api/auth/update-user'],
      ['GET', '/api/auth/organization/get-full-organization'],
    ] as const) {
      const body = method === 'POST' ? person : undefined
      expect((await call(method, path, body, { origin: ORIGIN })).status).toBe(404)
    }
  })

  test('guessing a password is slowed down', async () => {
    const headers = { origin: ORIGIN, 'cf-connecting-ip': visitor() }
    const wrong = { email: 'owner-a@example.com', password: 'wrong-password' }
    const statuses: number[] = []
    for (let guess = 0; guess < 12; guess++) {
      statuses.push((await call('POST', '/api/auth/sign-in/email', wrong, headers)).status)
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401))
    expect(statuses.slice(10)).toEqual([429, 429])
  })
})
