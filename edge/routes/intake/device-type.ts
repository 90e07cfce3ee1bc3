import UAParser from 'ua-parser-js'
import type { DeviceType, EventContext } from '../../protocol/event.ts'

/** What a user agent and its client hints say. */
export interface Agent {
  readonly userAgent?: string
  /** `Sec-CH-UA-Mobile` or `userAgentData.mobile`. */
  readonly mobile?: boolean
  /** `Sec-CH-UA-Platform` or `userAgentData.platform`, unquoted. */
  readonly platform?: string
}

type Device = Pick<EventContext, 'device' | 'os' | 'browser' | 'bot'>

/**
 * Programs that read pages, by the words they use for themselves. Browsers give no address to write to, and those that
 * once said "compatible" said with what.
 */
const CRAWLER =
  /bot\b|bot[/;_ -]|crawl|spider|slurp|https?:|www\.|\w@\w|\(compatible; (?!MSIE|Konqueror|Mozilla|Yahoo! Searchmonkey)|facebookexternalhit|preview|fetch|monitor|lighthouse|pingdom|archiver|scrap|search(?!app)|checker|validator|scanner|analyz|download|google-|googleother|mediapartners|httrack|findlinks|ips-agent|curl\/|wget\/|python|perl\/|ruby\/|php\/|^java\/|go-http|okhttp|axios|node-fetch|libwww|http-?client/i
/** Phones whose maker's name ends like a crawler's. */
const CUBOT = /\bcubot\b/gi
/** A real browser that a program drives. */
const DRIVEN = /headless|phantomjs|puppeteer|playwright|selenium/i

const TYPES: ReadonlyMap<string, DeviceType> = new Map([
  ['mobile', 'mobile'],
  ['tablet', 'tablet'],
  ['smarttv', 'tv'],
  ['wearable', 'wearable'],
  ['console', 'console'],
])

/** Longer ones are attacks on whoever parses them; ua-parser-js cuts at 500 itself. */
const MAX_LENGTH = 500

/** Reading one takes a fifth of a millisecond, and the events of a page all have the same. */
const known = new Map<string, Device>()
const CACHE_SIZE = 1_000

/** Device, system and browser. Every field is absent rather than guessed. */
export function deviceOf(agent: Agent): Device {
  const name = `${agent.mobile} ${agent.platform} ${agent.userAgent?.slice(0, MAX_LENGTH)}`
  const before = known.get(name)
  if (before !== undefined) return before
  const device = readAgent(agent)
  if (known.size >= CACHE_SIZE) known.clear()
  known.set(name, device)
  return device
}

function readAgent({ userAgent, mobile, platform }: Agent): Device {
  const text = userAgent?.slice(0, MAX_LENGTH) ?? ''
  if (CRAWLER.test(text.replace(CUBOT, ''))) return { device: 'bot', bot: true }
  const { device, os, browser } = new UAParser(text).getResult()
  // Chromium freezes the user agent; the hint is the truth where there is one.
  const system = platform !== undefined && platform !== '' ? platform : os.name
  const said = TYPES.get(device.type ?? '')
  // The parser names only what is not a desktop.
  const type = said ?? (mobile === true ? 'mobile' : system === undefined ? undefined : 'desktop')
  return {
    ...(type !== undefined && { device: type }),
    ...(system !== undefined && { os: system }),
    ...(browser.name !== undefined && { browser: browser.name }),
    ...(DRIVEN.test(text) && { bot: true }),
  }
}
