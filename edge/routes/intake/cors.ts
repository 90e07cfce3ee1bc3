import { cors } from 'hono/cors'

/**
 * Pages of any origin may send: the key says whose events these are, the origin proves nothing. The headers are those
 * that the browser clients of Segment, RudderStack and Jitsu ask for; without `Retry-After` exposed they retry blindly.
 */
export const openToPages = cors({
  origin: (origin) => origin,
  credentials: true,
  allowMethods: ['GET', 'POST', 'OPTIONS'],
  allowHeaders: [
    'authorization',
    'content-type',
    'content-encoding',
    'x-write-key',
    'anonymousid',
    'sentat',
    'x-retry-count',
    'if-none-match',
    'x-enable-debug',
    'x-ip-policy',
  ],
  exposeHeaders: ['Retry-After', 'ETag'],
  maxAge: 86_400,
})
