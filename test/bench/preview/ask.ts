import { DEMO } from '../../demo/account.ts'

const HEADERS = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }

class Refused extends Error {}

/** Whether the API found fault with what was asked. */
export const isRefused = (error: unknown): boolean => error instanceof Refused

/** One request of the administration of the demo workspace. */
export async function ask<T>(
  origin: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const reply = await fetch(`${origin}${path}`, {
    method,
    headers: HEADERS,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  if (reply.status === 400) throw new Refused(`${path}: ${text.slice(0, 500)}`)
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as T
}
