import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { SetupInput } from '../../edge/protocol/api.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { admin } from '../../edge/routes/admin.ts'

const TOKEN = 'a-set-up-token-of-this-test'
const deployment = { ...env, SETUP_TOKEN: TOKEN }
const wanted: SetupInput = {
  token: TOKEN,
  email: 'Owner@example.com',
  password: 'correct-horse-battery',
  workspace: 'Mine',
}

const post = (body: Partial<SetupInput>, bindings: object = deployment) =>
  admin.request(
    '/api/setup',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...wanted, ...body }),
    },
    bindings,
  )

const state = async (bindings: object = deployment) =>
  (await admin.request('/api/setup', {}, bindings)).json()

const people = () => env.DB.prepare('select count(*) as count from "user"').first('count')

// One story: an account that is made stays made.
test('first-run set-up makes one owner, once, for who holds the token', async () => {
  const { SETUP_TOKEN: _, ...closed } = deployment
  expect(await state(closed)).toEqual({ open: false })
  expect(await state({ ...deployment, SETUP_TOKEN: 'guessable' })).toEqual({ open: false })
  expect((await post({}, closed)).status).toBe(409)
  expect(await state()).toEqual({ open: true })

  expect((await post({ token: `${TOKEN}x` })).status).toBe(403)
  expect((await post({ token: '' })).status).toBe(403)
  const invalid = await post({ email: 'nobody', password: 'short', workspace: '' })
  expect(invalid.status).toBe(400)
  const { errors } = await invalid.json<Problem>()
  expect(errors?.map(({ path }) => path).sort()).toEqual(['email', 'password', 'workspace'])
  expect(await people()).toBe(0)

  // Two at once: whoever comes second finds it closed, and leaves nothing behind.
  const both = await Promise.all([post({}), post({ email: 'second@example.com' })])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  expect(await people()).toBe(1)
  for (const table of ['organization', 'workspace', 'member', 'account']) {
    expect(await env.DB.prepare(`select count(*) as count from ${table}`).first('count')).toBe(1)
  }
  expect(await state()).toEqual({ open: false })
  expect((await post({ email: 'third@example.com' })).status).toBe(409)

  const owner = await env.DB.prepare('select email from "user"').first<string>('email')
  const origin = env.DASHBOARD_ORIGIN
  const signedIn = await admin.request(
    '/api/auth/sign-in/email',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email: owner, password: wanted.password }),
    },
    deployment,
  )
  expect(signedIn.status).toBe(200)
  const cookies = signedIn.headers.getSetCookie()
  expect(cookies.join()).toMatch(/HttpOnly/i)
  expect(cookies.join()).toMatch(/SameSite=Lax/i)
  const cookie = cookies.map((text) => text.split(';')[0]).join('; ')
  const segment = { name: 'All', condition: { type: 'all', conditions: [] } }
  const made = await admin.request(
    '/api/segments',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, origin },
      body: JSON.stringify(segment),
    },
    deployment,
  )
  expect(made.status).toBe(201)
})
