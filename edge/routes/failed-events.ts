import { OpenAPIHono, type z } from '@hono/zod-openapi'
import { profileShard, workspaceObject } from '../objects/address.ts'
import { clock } from '../objects/clock.ts'
import type { FailedEventFilter } from '../protocol/failed-event.ts'
import type { SourceId } from '../protocol/id.ts'
import type { RefusalReason } from '../protocol/verdict.ts'
import { noted } from '../storage/import-list.ts'
import type { AccessEnv } from './access.ts'
import { askShards, decodePlaces, mergePages, placeName } from './all-shards.ts'
import { changeOf } from './changing.ts'
import { replayEvent } from './failed-events/replay-event.ts'
import { replaySlice, type ReplayPlace } from './failed-events/replay-slice.ts'
import {
  type filter,
  listRoute,
  replayManyRoute,
  replayRoute,
  totalsRoute,
} from './failed-events/routes.ts'
import { notFoundHere, refuseField, refuseInvalid, Refusal } from './problem.ts'

/** Refused events: the list, and taking them in again after a fix. */
export const failedEvents = new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid })
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit, ...wanted } = c.req.valid('query')
    const places = decodePlaces(cursor)
    const answers = await askShards(c.env, workspace, async (shard, address) => {
      const before = places.get(placeName(address))
      return shard.failedEvents({
        workspace,
        filter: filterOf(wanted),
        limit: limit + 1,
        ...(before !== undefined && { before }),
      })
    })
    return c.json(
      mergePages(answers, places, limit, ({ receivedAt }) => receivedAt),
      200,
    )
  })
  .openapi(totalsRoute, async (c) => {
    const { workspace } = c.get('access')
    const answers = await askShards(c.env, workspace, (shard) =>
      shard.failedEventTotals({ workspace }),
    )
    const sources = new Map<string, { reasons: Map<string, number>; dropped: number }>()
    for (const [source, { reasons, dropped }] of answers.flatMap((one) =>
      Object.entries(one.answer),
    )) {
      const sum = sources.get(source) ?? { reasons: new Map<string, number>(), dropped: 0 }
      sources.set(source, sum)
      sum.dropped += dropped
      for (const [reason, count] of Object.entries(reasons)) {
        sum.reasons.set(reason, (sum.reasons.get(reason) ?? 0) + count)
      }
    }
    return c.json(
      {
        sources: Object.fromEntries(
          [...sources].map(([source, { reasons, dropped }]) => [
            source,
            { reasons: Object.fromEntries(reasons), dropped },
          ]),
        ),
      },
      200,
    )
  })
  .openapi(replayManyRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit, ...wanted } = c.req.valid('json')
    const from = cursor === undefined ? undefined : placeOf(cursor)
    if (cursor !== undefined && from === undefined) {
      throw refuseField('cursor', 'is not a cursor of this replay')
    }
    if (from === undefined) {
      const subject = [wanted.source, wanted.reason].filter(Boolean).join(' ') || 'all'
      await noted(c.env.DB, changeOf(c, 'failed-events.replayed', subject))
    }
    const { isBusy, next, ...counts } = await replaySlice(
      c.env,
      workspace,
      filterOf(wanted),
      from,
      limit,
      clock.now(),
    )
    return c.json(
      { ...counts, busy: isBusy, ...(next !== undefined && { cursor: cursorOf(next) }) },
      200,
    )
  })
  .openapi(replayRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = c.req.valid('param')
    const correction = c.req.valid('json')?.event
    const place = ID.exec(id)?.slice(1).map(Number)
    const [region, shard, seq = 0] = place ?? []
    // Asked first: a shard comes into being by being called.
    const born = await workspaceObject(c.env, workspace).shards()
    const home = born.find((address) => address.region === region && address.shard === shard)
    if (home === undefined) throw notFoundHere('failed event')
    const stub = profileShard(c.env, workspace, home)
    const range = { after: seq - 1, until: seq, limit: 1 }
    const [kept] = (await stub.keptEvents({ workspace, filter: {}, ...range })).items
    if (kept === undefined) throw notFoundHere('failed event')

    const answer = await replayEvent(c.env, workspace, kept, clock.now(), correction)
    if (answer === 'nothing-kept') {
      throw new Refusal(409, 'Nothing is kept of this event: send in "event" what it should say.')
    }
    if (answer === 'source-gone') throw new Refusal(409, 'The source of this event was deleted.')
    if ('reason' in answer && answer.reason === 'busy') {
      throw new Refusal(503, 'A part of this workspace does not answer now: try again.')
    }
    const outcome = { seq, verdict: answer, isCorrected: correction !== undefined }
    await profileShard(c.env, workspace, home).settleReplays({ workspace, outcomes: [outcome] })
    await noted(c.env.DB, changeOf(c, 'failed-event.replayed', id))
    return c.json({ verdict: answer }, 200)
  })

const ID = /^(\d{1,3})\.(\d{1,5})\.([1-9]\d{0,14})$/

/** A reason or source that there is none of means no event. */
const filterOf = ({ source, reason }: z.infer<typeof filter>): FailedEventFilter => ({
  ...(source !== undefined && { source: source as SourceId }),
  ...(reason !== undefined && { reason: reason as RefusalReason }),
})

const cursorOf = ({ address: { region, shard }, after, until }: ReplayPlace): string =>
  [region, shard, after, ...(until === undefined ? [] : [until])].join('.')

function placeOf(cursor: string): ReplayPlace | undefined {
  const match = /^(\d{1,3})\.(\d{1,5})\.(\d{1,15})(?:\.(\d{1,15}))?$/.exec(cursor)
  if (match === null) return undefined
  const [region = 0, shard = 0, after = 0] = match.slice(1, 4).map(Number)
  const until = match[4]
  return {
    address: { region, shard },
    after,
    ...(until !== undefined && { until: Number(until) }),
  }
}
