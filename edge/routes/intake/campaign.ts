import type { EventContext } from '../../protocol/event.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { objectAt, textAt } from './read.ts'

type Campaign = Pick<
  EventContext,
  'source' | 'medium' | 'campaign' | 'content' | 'term' | 'clickId'
>

/** Parameters that ad platforms add to the links they sell. */
const CLICK_IDS = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'fbclid',
  'msclkid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'igshid',
  'yclid',
  'epik',
  'ScCid',
  'rdt_cid',
  'irclickid',
]

/** `utm_*` of the page's address, else what the sender put into `context.campaign`. */
export function campaignOf(context: JsonObject, query: URLSearchParams | undefined): Campaign {
  const said = objectAt(context, 'campaign')
  // Most events say nothing of it.
  if (said === undefined && (query?.size ?? 0) === 0) return {}
  return campaignIn(said ?? {}, query ?? new URLSearchParams())
}

function campaignIn(said: JsonObject, query: URLSearchParams): Campaign {
  const pick = (utm: string, key: string): string | undefined =>
    query.get(utm)?.trim().slice(0, 200) || textAt(said, key, 200)
  const source = pick('utm_source', 'source')
  const medium = pick('utm_medium', 'medium')
  const campaign = pick('utm_campaign', 'name')
  const content = pick('utm_content', 'content')
  const term = pick('utm_term', 'term')
  const clickId = CLICK_IDS.find((name) => query.has(name))
  return {
    ...(source !== undefined && { source }),
    ...(medium !== undefined && { medium }),
    ...(campaign !== undefined && { campaign }),
    ...(content !== undefined && { content }),
    ...(term !== undefined && { term }),
    ...(clickId !== undefined && { clickId }),
  }
}
