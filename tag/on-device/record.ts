import { inspect } from '../../edge/parse/inspect.ts'
import type { TagContext, TagEvent } from '../../edge/protocol/collect.ts'
import {
  EVENT_NAMES,
  LIMITS,
  type EventContext,
  type EventRecord,
} from '../../edge/protocol/event.ts'
import type { SourceId } from '../../edge/protocol/id.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'

/** An event as the tag holds it: what the page said, and the page itself. */
export type Held = readonly [message: object, context: object]

type Heard = Partial<Omit<TagEvent, 'context'>> & { readonly context: TagContext }

/** Parameters of the page's address, by the field of the context they become. */
const CAMPAIGN = {
  source: 'utm_source',
  medium: 'utm_medium',
  campaign: 'utm_campaign',
  content: 'utm_content',
  term: 'utm_term',
} as const
const CAMPAIGN_LENGTH = 200
const LANGUAGE_LENGTH = 35

/** What the edge would make of a held event, as far as a browser knows it; nothing of one that it would refuse. */
export function recordOf([message, context]: Held, position: number): readonly EventRecord[] {
  // As it travels: what JSON does not say is not there.
  const event = JSON.parse(JSON.stringify({ ...message, context })) as Heard
  const { type, messageId = '', timestamp = '', properties = {}, groupId, traits } = event
  const name = type === undefined || type === 'track' ? event.event : EVENT_NAMES[type]
  if (type === undefined || !isName(name) || inspect(event as unknown as JsonObject)) return []
  if (typeof properties !== 'object' || Array.isArray(properties)) return []
  if (Object.keys(properties).length > LIMITS.properties) return []
  const at = Date.parse(timestamp)
  return [
    {
      messageId,
      type,
      name: name.normalize('NFC'),
      timestamp: at,
      receivedAt: at,
      position,
      source: 'src_' as SourceId,
      identifiers: [],
      properties: { ...titlesOf(event), ...properties },
      ...(groupId !== undefined && { group: groupId }),
      ...(traits !== undefined && { traits }),
      context: contextOf(event.context),
    },
  ]
}

const isName = (name: unknown): name is string =>
  typeof name === 'string' &&
  name !== '' &&
  name.length <= LIMITS.eventNameLength &&
  !name.includes('\0')

/** What is said outside the properties, and kept among them. */
function titlesOf({ type, name, category, groupId }: Heard): JsonObject {
  return {
    ...(type === 'page' && name !== undefined && { name }),
    ...(type === 'page' && category !== undefined && { category }),
    ...(type === 'group' && groupId !== undefined && { groupId }),
  }
}

function contextOf({ page, locale }: TagContext): EventContext {
  const query = new URL(page.url).searchParams
  const campaign = Object.entries(CAMPAIGN).flatMap(([field, parameter]) => {
    const value = query.get(parameter)?.trim().slice(0, CAMPAIGN_LENGTH)
    return value ? [[field, value] as const] : []
  })
  const language = locale.trim().slice(0, LANGUAGE_LENGTH)
  return { ...Object.fromEntries(campaign), ...(language !== '' && { language }) }
}
