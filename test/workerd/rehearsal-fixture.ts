import { expect } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import type { RehearsalResult, RehearsalState } from '../../edge/protocol/rehearsal.ts'
import { send, type Shop } from './intake-fixture.ts'

const REHEARSALS = '/api/settings/identity/rehearsals'

export interface ApiRehearsal {
  readonly id: string
  readonly state: RehearsalState
  readonly progress: number
  readonly result?: RehearsalResult
  readonly reason?: string
}

export const admin = (shop: Shop, method: string, path: string, body?: Json): Promise<Response> =>
  send(path, body, {
    method,
    headers: { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' },
  })

export async function ok<T>(answer: Promise<Response>, status: number): Promise<T> {
  const response = await answer
  expect(response.status, await response.clone().text()).toBe(status)
  return await response.json<T>()
}

/** Waits until a rehearsal or a switch has come to its end; alarms ring by themselves. */
export async function ended(shop: Shop, id: string): Promise<ApiRehearsal> {
  for (let waited = 0; waited < 30_000; waited += 20) {
    const now = await ok<ApiRehearsal>(admin(shop, 'GET', `${REHEARSALS}/${id}`), 200)
    if (now.state !== 'rehearsing' && now.state !== 'switching') return now
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('It did not come to its end')
}

export async function rehearse(
  shop: Shop,
  settings: JsonObject,
  days = 30,
): Promise<{ readonly id: string; readonly result: RehearsalResult }> {
  const begun = await ok<ApiRehearsal>(admin(shop, 'POST', REHEARSALS, { settings, days }), 201)
  expect(begun.state).toBe('rehearsing')
  const { state, result, id, reason } = await ended(shop, begun.id)
  expect([state, reason]).toEqual(['rehearsed', undefined])
  if (result === undefined) throw new Error('A rehearsal without a result')
  return { id, result }
}

/** Applies what was rehearsed, to its end. */
export async function switchTo(shop: Shop, id: string): Promise<void> {
  const begun = await ok<ApiRehearsal>(admin(shop, 'POST', `${REHEARSALS}/${id}/switch`), 201)
  expect(begun.state).toBe('switching')
  expect((await ended(shop, id)).state).toBe('switched')
}

export async function newSegment(shop: Shop, name: string, condition: Json): Promise<ApiSegment> {
  return await ok<ApiSegment>(
    admin(shop, 'POST', '/api/segments?wait=live', { name, condition }),
    201,
  )
}

/** How many members a segment has, as its members are listed. */
export async function sizeOf(shop: Shop, segment: string): Promise<number> {
  const path = `/api/segments/${segment}/members?limit=500`
  return (await ok<{ items: unknown[] }>(admin(shop, 'GET', path), 200)).items.length
}
