import { expect } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { at } from './stage.ts'

/** Asks the edge as the owner of the demo workspace; whatever is refused fails the test with the reason. */
export async function api<T>(
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
): Promise<T> {
  const response = await fetch(`${at.edge}${path}`, {
    headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
    method,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.ok, text).toBe(true)
  return (text === '' ? undefined : JSON.parse(text)) as T
}
