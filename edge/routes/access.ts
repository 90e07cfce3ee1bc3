import { createMiddleware } from 'hono/factory'
import { keyHash } from '../crypto/key-hash.ts'
import type { Env } from '../objects/env.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { memberOf } from '../storage/account-store.ts'
import { findSecretKey } from '../storage/key-store.ts'
import { sessionOf } from './auth.ts'
import { Refusal } from './problem.ts'

/** Who asks, proven, and for which workspace. Everything a route does is done in this workspace. */
export interface Access {
  readonly workspace: WorkspaceId
  /** For the audit log: the person's e-mail, or the name of the secret key. */
  readonly actor: string
  /** Absent with a secret key. */
  readonly user?: { readonly email: string; readonly name: string }
}

export interface AccessEnv {
  Bindings: Env
  Variables: { access: Access }
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Opens `/api/*`: a secret key as Bearer, or the dashboard's session. A key in the header is the only thing looked at,
 * so a wrong one is never made up for by a cookie. Write keys open nothing here.
 */
export const access = createMiddleware<AccessEnv>(async (c, next) => {
  // Mounted twice, it asks once.
  if (c.get('access') === undefined) {
    const authorization = c.req.header('authorization')
    c.set(
      'access',
      authorization === undefined
        ? await bySession(c.env, c.req.raw)
        : await bySecretKey(c.env.DB, authorization),
    )
  }
  await next()
  // An answer with a WebSocket passes untouched.
  if (c.res.status !== 101) c.header('cache-control', 'private, no-store')
})

async function bySecretKey(db: D1Database, authorization: string): Promise<Access> {
  const key = /^Bearer +([!-~]{1,256}) *$/i.exec(authorization)?.[1]
  const found = key === undefined ? null : await findSecretKey(db, await keyHash(key))
  if (found === null) throw new Refusal(401, 'This is not a secret key of any workspace.')
  return { workspace: found.workspace, actor: found.name }
}

async function bySession(env: Env, request: Request): Promise<Access> {
  const session = await sessionOf(env, request.headers)
  if (session === null) throw new Refusal(401, 'Sign in, or send a secret key as Bearer.')
  // A browser sends the cookie with whatever another site makes it ask: only the dashboard's own pages may change
  // things or open a WebSocket (which is read by the page that opened it, whatever its origin).
  const reads = READING.has(request.method) && request.headers.get('upgrade') === null
  if (!reads && request.headers.get('origin') !== env.DASHBOARD_ORIGIN) {
    throw new Refusal(403, 'With a session, changes are accepted from the dashboard alone.')
  }
  const member = await memberOf(env.DB, session.userId, session.workspace)
  if (member === null) throw new Refusal(401, 'This person is not a member of any workspace.')
  const { email, name } = session
  return { workspace: member, actor: email, user: { email, name } }
}
