import { env, exports } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { ApiDestination } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { createWorkspace } from '../../edge/routes/workspace-birth.ts'

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import('../../edge/index.ts')
    }
  }
}

export const ORIGIN = 'http://127.0.0.1:8788'
export const PASSWORD = 'correct-horse-battery'

let addresses = 0

/** Sign-ins are counted by address: each test visitor has one of their own. */
export const visitor = () => `198.51.100.${++addresses}`

/** A workspace with keys `write-{name}` and `secret-{name}`, and an owner who may sign in. */
export async function birth(name: string): Promise<WorkspaceId> {
  const made = await createWorkspace(env, {
    name: `Workspace ${name}`,
    owner: { email: `owner-${name}@example.com`, password: PASSWORD },
    writeKey: `write-${name}`,
    secretKey: `secret-${name}`,
  })
  if (!made.ok) throw new Error(made.reason)
  return made.id
}

export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly headers: Headers
}

/** One request to the whole Worker, by default with the secret key of workspace `a`. */
export async function call<T = Problem>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: 'Bearer secret-a' },
): Promise<Answer<T>> {
  const response = await exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: (text === '' ? undefined : JSON.parse(text)) as T,
    headers: response.headers,
  }
}

/** The cookies of the workspace's owner. */
export async function signIn(name: string): Promise<string> {
  const answer = await call(
    'POST',
    '/api/auth/sign-in/email',
    { email: `owner-${name}@example.com`, password: PASSWORD },
    { origin: ORIGIN, 'cf-connecting-ip': visitor() },
  )
  expect(answer.status).toBe(200)
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

export const GOLD = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' } as const
export const HOOK = {
  name: 'Hook',
  kind: 'webhook',
  url: 'https://example.com/hook',
  purposes: ['analytics'],
} as const

let serial = 0
export const newSegment = async (): Promise<ApiSegment> =>
  (await call<ApiSegment>('POST', '/api/segments', { name: `Gold ${++serial}`, condition: GOLD }))
    .body
export const newDestination = async (): Promise<ApiDestination> =>
  (await call<ApiDestination>('POST', '/api/destinations', HOOK)).body
