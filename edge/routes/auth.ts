import { betterAuth } from 'better-auth'
import { organization } from 'better-auth/plugins/organization'
import { Hono } from 'hono'
import type { Env } from '../objects/env.ts'
import { MINUTE, SECOND } from '../protocol/time.ts'
import { Refusal } from './problem.ts'

/** Ways of better-auth that are open. Accounts are made by set-up alone; everything else of the library stays shut. */
const OPEN_PATHS: readonly string[] = [
  'POST /api/auth/sign-in/email',
  'POST /api/auth/sign-out',
  'POST /api/auth/change-password',
  'POST /api/auth/organization/set-active',
  'GET /api/auth/organization/list',
  'GET /api/auth/get-session',
]

/** Sign-ins from one address in one minute. */
const SIGN_INS = { window: MINUTE / SECOND, max: 10 }

export const MIN_PASSWORD_LENGTH = 10
export const MAX_PASSWORD_LENGTH = 128

const build = (env: Env, secret: string) =>
  betterAuth({
    appName: 'Prisme',
    // The dashboard's proxy hands `/api/*` on: browsers see one origin, the dashboard's.
    baseURL: env.DASHBOARD_ORIGIN,
    basePath: '/api/auth',
    trustedOrigins: [env.DASHBOARD_ORIGIN],
    secret,
    database: env.DB,
    telemetry: { enabled: false },
    logger: { disabled: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
    },
    plugins: [organization({ allowUserToCreateOrganization: false })],
    rateLimit: {
      enabled: true,
      storage: 'database',
      customRules: { '/sign-in/email': SIGN_INS, '/change-password': SIGN_INS },
    },
    advanced: {
      // Named apart from the visitor's device cookie, `prisme_id`.
      cookiePrefix: 'prisme-auth',
      // The only header that Cloudflare sets itself, whatever the client sends.
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
    },
  })

type Auth = ReturnType<typeof build>

let cached: { readonly env: Env; readonly auth: Auth } | undefined

/** Built once in an isolate. Kept only when it is ready: a promise of one request must not be awaited by another. */
async function authOf(env: Env): Promise<Auth> {
  if (cached?.env.DB === env.DB && cached.env.PRISME_SECRET === env.PRISME_SECRET)
    return cached.auth
  const auth = build(env, await authSecret(env.PRISME_SECRET))
  await auth.$context
  cached = { env, auth }
  return auth
}

/** Signs sessions, and nothing else: derived from the deployment's secret by HKDF-SHA-256. */
async function authSecret(secret: string): Promise<string> {
  const text = new TextEncoder()
  const root = await crypto.subtle.importKey('raw', text.encode(secret), 'HKDF', false, [
    'deriveBits',
  ])
  const bits = await crypto.subtle.deriveBits(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: text.encode('prisme sessions 1'),
    },
    root,
    256,
  )
  return btoa(String.fromCharCode(...new Uint8Array(bits)))
}

export interface Session {
  readonly userId: string
  readonly email: string
  readonly name: string
  /** The workspace last chosen; null: none was. */
  readonly workspace: string | null
}

export async function sessionOf(env: Env, headers: Headers): Promise<Session | null> {
  // Spares the library, and D1, every request without a cookie.
  if (!headers.has('cookie')) return null
  const auth = await authOf(env)
  const found = await auth.api.getSession({ headers })
  if (found === null) return null
  const { user, session } = found
  return {
    userId: user.id,
    email: user.email,
    name: user.name,
    workspace: session.activeOrganizationId ?? null,
  }
}

/** Sign-in and sign-out, by better-auth. */
export const auth = new Hono<{ Bindings: Env }>().all('/api/auth/*', async (c) => {
  const path = new URL(c.req.url).pathname
  if (!OPEN_PATHS.includes(`${c.req.method} ${path}`)) {
    throw new Refusal(404, 'There is nothing at this address.')
  }
  const library = await authOf(c.env)
  const response = await library.handler(c.req.raw)
  const answer = new Response(response.body, response)
  answer.headers.set('cache-control', 'private, no-store')
  return answer
})
