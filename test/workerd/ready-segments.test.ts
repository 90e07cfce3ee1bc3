import { beforeAll, expect, test } from 'vitest'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ApiReadySegment } from '../../edge/protocol/ready-segment.ts'
import { birth, call } from './admin-fixture.ts'

beforeAll(async () => {
  await birth('a')
})

type Library = { readonly items: readonly ApiReadySegment[] }

const post = ({ key, name, condition, examples }: ApiReadySegment) =>
  call<ApiSegment>('POST', '/api/segments', { key, name, condition, examples })

test('a ready segment is posted as it stands, once the one it is made of is there', async () => {
  const { items } = (await call<Library>('GET', '/api/segment-library?trade=shop&language=fr')).body
  const named = (key: string) => items.find((one) => one.key === key) as ApiReadySegment
  const quiet = named('loyal-going-quiet')
  expect(quiet.name).toBe('Clients fidèles qui se taisent')
  expect(quiet.needs).toMatchObject({ events: ['Order Completed'], segments: ['loyal-customers'] })

  const early = await post(quiet)
  expect(early.status).toBe(400)
  expect(early.body).toMatchObject({ errors: [{ path: 'condition.conditions.0.segment' }] })
  const [loyal, made] = [await post(named('loyal-customers')), await post(quiet)]
  expect([loyal.status, made.status]).toEqual([201, 201])
  expect(made.body.condition).toMatchObject({ conditions: [{ segment: loyal.body.id }, {}] })
  expect(made.body.examples).toHaveLength(quiet.examples.length)
})

test('an adapted one is refused while it is wrong about its people', async () => {
  const { items } = (await call<Library>('GET', '/api/segment-library')).body
  expect(new Set(items.map(({ trade }) => trade)).size).toBe(4)
  const spenders = items.find(({ key }) => key === 'big-spenders') as ApiReadySegment
  const refused = await post({
    ...spenders,
    condition: { ...spenders.condition, value: 5_000 } as ApiReadySegment['condition'],
  })
  expect(refused.status).toBe(422)
  expect((await call('GET', '/api/segment-library?trade=bank')).status).toBe(400)
})
