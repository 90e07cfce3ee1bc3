import type { ReferrerClass } from '../../protocol/event.ts'
import {
  AI_HOSTS,
  MAIL_HOSTS,
  SEARCH_BRANDS,
  SEARCH_HOSTS,
  SOCIAL_HOSTS,
} from './referrer-hosts.ts'

const classes = new Map<string, ReferrerClass>([
  ...SEARCH_HOSTS.map((host) => [host, 'search'] as const),
  ...SOCIAL_HOSTS.map((host) => [host, 'social'] as const),
  ...AI_HOSTS.map((host) => [host, 'ai'] as const),
  ...MAIL_HOSTS.map((host) => [host, 'email'] as const),
])
const brands = new Set(SEARCH_BRANDS)

/** Values of `utm_medium` as they are written in the wild; Google Analytics' channel groups read them the same way. */
const AD_MEDIUM = /^(?:.*cp.*|ppc|retargeting|paid.*|display|banner|expandable|interstitial|ads?)$/
const MAIL_MEDIUM = /^(?:e[-_ ]?mail|newsletter)$/
const SOCIAL_MEDIUM = /^(?:social(?:[-_ ](?:network|media))?|sm)$/

export interface Arrival {
  /** Host of the page that was visited. */
  readonly page?: string
  /** Host of the page before; absent if there was none. */
  readonly referrer?: string
  readonly source?: string
  readonly medium?: string
  readonly clickId?: string
}

/** What brought a visitor to a page: the campaign's own word first, then the referring site. */
export function referrerClass({ page, referrer, source, medium, clickId }: Arrival): ReferrerClass {
  const word = medium?.trim().toLowerCase() ?? ''
  // `cpc`, `cpm`, `cpv`; but a long word with "cp" in it is somebody's own.
  if (word.length <= 20 && AD_MEDIUM.test(word)) return 'ad'
  if (MAIL_MEDIUM.test(word) || source?.toLowerCase() === 'newsletter') return 'email'
  if (SOCIAL_MEDIUM.test(word)) return 'social'
  if (word === 'organic') return 'search'
  if (clickId !== undefined) return 'ad'
  if (referrer === undefined) return 'direct'
  if (referrer === page) return 'internal'
  return classOfHost(referrer)
}

/** The class of the longest known ending of a host name. */
function classOfHost(host: string): ReferrerClass {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.')
  for (let from = 0; from < labels.length - 1; from++) {
    const known = classes.get(labels.slice(from).join('.'))
    if (known !== undefined) return known
  }
  const ending = /([^.]+)\.(?:com?\.)?[a-z]{2,3}$/.exec(labels.join('.'))
  return ending?.[1] !== undefined && brands.has(ending[1]) ? 'search' : 'referral'
}
