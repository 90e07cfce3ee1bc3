import { randomBytes } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { getCookie, setCookie } from 'hono/cookie'
import type { Basket } from './basket.ts'
import type { Call } from './calls.ts'
import type { Customer } from './customers.ts'
import type { Order } from './order.ts'

/** What the shop's server remembers of one visitor, in memory. */
export interface Session {
  id: string
  cart: string
  basket: Basket
  customer: Customer | undefined
  /** When the page last told Prisme who it is; 0: it has to. */
  identifiedAt: number
  orders: readonly Order[]
  /** Shown and done by the next page, once. */
  notice: string | undefined
  calls: readonly Call[]
}

export interface SessionVariables {
  session: Session
}

const COOKIE = 'rivage_session'
/** More visitors at once than a demo has; the oldest are forgotten. */
const MAX_SESSIONS = 5_000

export const newId = (prefix: string): string => `${prefix}${randomBytes(16).toString('base64url')}`
export const newCart = (): string => newId('cart_')

function emptySession(): Session {
  return {
    id: newId(''),
    cart: newCart(),
    basket: new Map(),
    customer: undefined,
    identifiedAt: 0,
    orders: [],
    notice: undefined,
    calls: [],
  }
}

const isWorthKeeping = ({ basket, customer, orders, notice, calls }: Session): boolean =>
  basket.size > 0 ||
  customer !== undefined ||
  orders.length > 0 ||
  notice !== undefined ||
  calls.length > 0

/** Gives each request its session. The HttpOnly cookie is set once there is something to remember. */
export function sessions() {
  const kept = new Map<string, Session>()
  return createMiddleware<{ Variables: SessionVariables }>(async (c, next) => {
    const sent = getCookie(c, COOKIE)
    const session = kept.get(sent ?? '') ?? emptySession()
    c.set('session', session)
    await next()
    if (!kept.has(session.id) && !isWorthKeeping(session)) return
    // Signing in gives the session a new id: one that was planted before leads nowhere.
    if (sent !== undefined && sent !== session.id) kept.delete(sent)
    kept.delete(session.id)
    kept.set(session.id, session)
    const [oldest] = kept.keys()
    if (kept.size > MAX_SESSIONS && oldest !== undefined) kept.delete(oldest)
    if (sent !== session.id)
      setCookie(c, COOKIE, session.id, { httpOnly: true, sameSite: 'Lax', path: '/' })
  })
}
