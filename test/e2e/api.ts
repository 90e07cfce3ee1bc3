import { expect } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
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

/** A segment's condition as it was saved last: beside the version in force where other tests left people who are in it. */
export async function conditionOf(id: string): Promise<Condition> {
  const { candidate, condition } = await api<ApiSegment>(`/api/segments/${id}`)
  return candidate
    ? (await api<Pick<ApiSegment, 'condition'>>(`/api/segments/${id}/candidate`)).condition
    : condition
}
