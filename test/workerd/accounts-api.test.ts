import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiAccount, ApiAccountDetail, ApiProfile, Page } from '../../edge/protocol/api.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { basic, batch, openShop, send, type Shop } from './intake-fixture.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})

async function ask<T>(method: string, path: string, body?: Json): Promise<T & Problem> {
  const response = await send(path, body, {
    method,
    headers: {
      authorization: `Bearer ${shop.secretKey}`,
      'content-type': 'application/json',
    },
  })
  return response.json()
}
const get = <T>(path: string) => ask<T>('GET', path)

const group = (userId: string, groupId: Json, traits: Json = {}): Json => ({
  type: 'group',
  userId,
  groupId,
  traits,
})
const profileOf = (userId: string) =>
  get<ApiProfile>(`/api/profiles?kind=userId&value=${encodeURIComponent(userId)}`)

describe('accounts', () => {
  test('are listed in the order of their ids, page by page', async () => {
    const ids = ['zèbre', 'acme', 'b/c d?', '😀', '\uff5e', 'acme-2']
    await batch(
      shop,
      ids.map((id, at) => group(`list-${at}`, id, { name: `N ${id}` })),
    )
    const found: string[] = []
    let cursor: string | undefined
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${cursor}`
      const page: Page<ApiAccount> = await get(`/api/accounts?limit=4${query}`)
      found.push(...page.items.map(({ id }) => id))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(found).toEqual(['acme', 'acme-2', 'b/c d?', 'zèbre', '\uff5e', '😀'])
    const one = await get<ApiAccountDetail>(`/api/accounts/${encodeURIComponent('b/c d?')}`)
    expect(one).toMatchObject({ id: 'b/c d?', traits: { name: 'N b/c d?' } })
  })

  test('are shown with where each trait came from, and all their members', async () => {
    const users = Array.from({ length: 7 }, (_, at) => `staff-${at}`)
    await batch(shop, [
      ...users.map((user) => group(user, 'firm')),
      group('staff-0', 'firm', { plan: 'gold', gone: 1 }),
      group('staff-1', 'firm', { gone: null, email: 'office@firm.example' }),
    ])
    const first = await get<ApiAccountDetail>('/api/accounts/firm?limit=4')
    expect(first.traits['plan']).toBe('gold')
    expect(first.traits).not.toHaveProperty('gone')
    expect(first.traits['email']).toBe('office@firm.example')
    const { groups, ...staff } = await profileOf('staff-2')
    expect(groups).toMatchObject([{ id: 'firm', traits: { email: 'office@firm.example' } }])
    expect(JSON.stringify(staff)).not.toContain('office@firm.example')
    const { events } = await profileOf('staff-1')
    expect(JSON.stringify(events)).not.toContain('office@firm.example')
    expect(first.provenance['plan']).toMatchObject({ proven: true })
    expect(first.members.count).toBe(7)
    const rest = await get<ApiAccountDetail>(
      `/api/accounts/firm?limit=4&cursor=${first.members.cursor}`,
    )
    expect(rest.members.cursor).toBeUndefined()
    const shown = [...first.members.items, ...rest.members.items].map(({ profile }) => profile)
    const expected = await Promise.all(users.map(async (user) => (await profileOf(user)).id))
    expect(shown.sort()).toEqual(expected.sort())
  })

  test.each([
    ['/api/accounts/nobody-told-of-it', 404],
    ['/api/accounts?cursor=%25', 400],
    ['/api/accounts/firm?cursor=nonsense', 400],
    ['/api/accounts?limit=0', 400],
  ])('GET %s answers %i', async (path, status) => {
    expect((await get(path)).status).toBe(status)
  })

  test('are closed to a write key', async () => {
    const response = await send('/api/accounts', undefined, {
      method: 'GET',
      headers: basic(shop.writeKey),
    })
    expect(response.status).toBe(401)
  })
})

describe("a person's groups", () => {
  test('are on the profile with their traits; ids that mean nobody are none', async () => {
    await batch(shop, [
      { ...(group('pat', 'one', { plan: 'gold' }) as object), timestamp: '2026-01-02T00:00:00Z' },
      { ...(group('pat', 7) as object), properties: { groupId: 'other' } },
      group('pat', 'undefined', { plan: 'free' }),
      group('pat', ' null '),
    ] as Json[])
    const { groups } = await profileOf('pat')
    expect(groups.map(({ id, traits }) => [id, traits])).toEqual([
      ['one', { plan: 'gold' }],
      ['7', {}],
    ])
    expect(groups[0]).toMatchObject({
      firstSeen: '2026-01-02T00:00:00.000Z',
      lastSeen: '2026-01-02T00:00:00.000Z',
    })
  })

  test('are what conditions ask for', async () => {
    await batch(shop, [group('quinn', 'big', { employees: 500, address: { city: 'Lyon' } })])
    const sizeOf = async (condition: Json) =>
      (await ask<{ exact: number }>('POST', '/api/segments/preview', { condition })).exact
    const test = (trait: string, operator: string, value: Json) => ({
      type: 'account',
      trait,
      operator,
      value,
    })
    expect(await sizeOf(test('employees', 'gt', 100))).toBe(1)
    expect(await sizeOf(test('address.city', 'equals', 'Lyon'))).toBe(1)
    expect(await sizeOf(test('id', 'equals', 'big'))).toBe(1)
    expect(await sizeOf(test('id', 'equals', 'small'))).toBe(0)

    const made = await ask<ApiSegment>('POST', '/api/segments?wait=live', {
      name: 'Big firms',
      condition: test('employees', 'gt', 100),
    })
    expect((await profileOf('quinn')).segments.map(({ id }) => id)).toEqual([made.id])
  })

  test('asked for wrongly are refused with path and reason', async () => {
    const refused = await ask('POST', '/api/segments/preview', {
      condition: { type: 'account', trait: '', operator: 'equals', value: 'x', group: 'acme' },
    })
    expect(refused.errors?.map(({ path }) => path).sort()).toEqual([
      'condition.group',
      'condition.trait',
    ])
  })
})
