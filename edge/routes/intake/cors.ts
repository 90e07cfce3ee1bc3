import { cors } from 'hono/cors'

/**
 * Pages of any origin may send: the key says whose events these are, the origin proves nothing. Nor do headers: those
 * asked for are allowed, since every client has its own, and what is refused to a retry is lost without a word. Without
 * `Retry-After` exposed they retry blindly.
 */
export const openToPages = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ['GET', 'POST', 'OPTIONS'],
  exposeHeaders: ['Retry-After', 'ETag'],
  maxAge: 86_400,
})
