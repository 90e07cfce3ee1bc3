import type { Context } from 'hono'
import type { LanguageVariables } from 'hono/language'
import type { SecureHeadersVariables } from 'hono/secure-headers'
import { readConsent } from './consent-cookie.ts'
import type { Answers } from './consent-cookie.ts'
import type { Call } from './calls.ts'
import type { Language } from './catalogue/product.ts'
import { TOKEN_RENEWAL, traitsOf, userToken } from './customers.ts'
import { layout } from './pages/layout.ts'
import type { Markup } from './pages/markup.ts'
import type { Session, SessionVariables } from './session.ts'
import { WORDS } from './words.ts'
import type { Words } from './words.ts'

/** What a shop's owner sets to use Prisme. */
export interface Settings {
  /** Where Prisme's edge answers, e.g. `http://127.0.0.1:8787`. */
  readonly edgeOrigin: string
  readonly writeKey: string
  /** Secret that signs user tokens (HS256), at least 32 bytes; the source in Prisme has it too. */
  readonly tokenKey: string
  /** `ws_…`: the audience of user tokens. */
  readonly workspace: string
}

export interface Env {
  readonly Variables: SessionVariables &
    LanguageVariables &
    SecureHeadersVariables & { settings: Settings }
}

/** Everything a page needs to know of the request. */
export interface Visit {
  readonly language: Language
  readonly words: Words
  readonly origin: string
  /** With its query, to come back to. */
  readonly path: string
  readonly session: Session
  readonly consent: Answers | undefined
  readonly settings: Settings
  readonly nonce: string
}

export interface Page {
  readonly title: string
  readonly content: Markup
  /** What this page tells Prisme, besides what came with the session. */
  readonly calls?: readonly Call[]
  readonly status?: 200 | 404 | 422
}

export function visitOf(c: Context<Env>): Visit {
  const { origin, pathname, search } = new URL(c.req.url)
  const language = c.get('language') === 'fr' ? 'fr' : 'en'
  return {
    language,
    words: WORDS[language],
    origin,
    path: c.req.method === 'GET' ? pathname + search : '/',
    session: c.get('session'),
    consent: readConsent(c),
    settings: c.get('settings'),
    nonce: c.get('secureHeadersNonce') ?? '',
  }
}

/** Answers with a page. What the session wanted to say once is said by it. */
export async function show(c: Context<Env>, visit: Visit, page: Page): Promise<Response> {
  const { session } = visit
  const calls = [...(await openingCalls(visit)), ...(page.calls ?? [])]
  const notice = session.notice
  session.notice = undefined
  session.calls = []
  c.header('Cache-Control', 'private, no-store')
  return c.html(layout(visit, page, notice, calls), page.status ?? 200)
}

/** Consent first, then what happened since the last page, then who it is. */
async function openingCalls({
  session,
  consent,
  settings,
  language,
}: Visit): Promise<readonly Call[]> {
  const calls: Call[] = []
  if (consent !== undefined) calls.push(['consent', consent])
  calls.push(...session.calls)
  const { customer, identifiedAt } = session
  if (customer !== undefined && Date.now() - identifiedAt > TOKEN_RENEWAL) {
    session.identifiedAt = Date.now()
    const token = await userToken(customer, settings)
    calls.push(['identify', customer.id, traitsOf(customer, language), { userToken: token }])
  }
  return calls
}

/** An address within the shop, else the home page: never somebody else's site. */
export function localPath(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(path) ? path : '/'
}
