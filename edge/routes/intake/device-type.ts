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

/** Programs that read pages, by the words they use for themselves. */
const CRAWLER =
  /bot\b|bot[/;_ -]|crawl|spider|slurp|facebookexternalhit|whatsapp\/|preview|fetcher|monitor|lighthouse|pingdom|archiver|scrap|curl\/|wget\/|python|go-http|okhttp|java\/|axios|node-fetch|libwww|httpclient/i
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

/** Device, system and browser. Every field is absent rather than guessed. */
export function deviceOf({ userAgent, mobile, platform }: Agent): Device {
  const text = userAgent?.slice(0, MAX_LENGTH) ?? ''
  if (CRAWLER.test(text)) return { device: 'bot', bot: true }
  const { device, os, browser } = new UAParser(text).getResult()
  // Chromium freezes the user agent; the hint is the truth where there is one.
  const system = platform !== undefined && platform !== '' ? platform : os.name
  const known = TYPES.get(device.type ?? '')
  // The parser names only what is not a desktop.
  const type = known ?? (mobile === true ? 'mobile' : system === undefined ? undefined : 'desktop')
  return {
    ...(type !== undefined && { device: type }),
    ...(system !== undefined && { os: system }),
    ...(browser.name !== undefined && { browser: browser.name }),
    ...(DRIVEN.test(text) && { bot: true }),
  }
}
