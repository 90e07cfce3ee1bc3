import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { SegmentId, SourceId, WorkspaceId } from '../../edge/protocol/id.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import { DAY, type Millis } from '../../edge/protocol/time.ts'

let serial = 0

/** A track call as it is stored, at an instant. */
export const track = (
  name: string,
  at: Millis,
  properties: JsonObject = {},
  more: Partial<EventRecord> = {},
): EventRecord => ({
  messageId: `m${serial++}`,
  type: 'track',
  name,
  timestamp: at,
  receivedAt: at,
  source: 'src_test' as SourceId,
  identifiers: [],
  properties,
  context: {},
  ...more,
})

/** A catalog with one segment a condition: `seg_0`, `seg_1`, … */
export const catalogOf = (...conditions: readonly Condition[]): Catalog => ({
  workspace: 'ws_test' as WorkspaceId,
  version: 1,
  publishedAt: 0,
  sources: [],
  segments: conditions.map((condition, index) => ({
    id: `seg_${index}` as SegmentId,
    key: `s${index}`,
    name: `S${index}`,
    condition,
    public: true,
  })),
  experiences: [],
  activations: [],
  destinations: [],
  kinds: DEFAULT_KINDS,
  shards: 4,
  retention: 750 * DAY,
  timezone: 'UTC',
})
