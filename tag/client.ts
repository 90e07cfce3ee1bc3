import type { CollectRequest } from '../edge/protocol/collect.ts'
import { type Entry, MAX_ENTRIES } from './bounds.ts'
import type { Message } from './calls.ts'
import { permits, readAnswers, withBrowserSignal } from './consent.ts'
import { LIBRARY, contextNow } from './context.ts'
import { recall, remember } from './memory.ts'
import { clearOutbox, deviceKey, keepDevice, outbox } from './outbox.ts'
import { guard } from './guard.ts'
import { load } from './part.ts'
import { forget, placements, receive } from './personalization.ts'
import { randomId, timeKey } from './random-id.ts'
import { outcomeOf } from './retry.ts'
import { createSender } from './sender.ts'
import { STORAGE_NAME, settings } from './settings.ts'
import { type Reply, abortAll, post } from './transport.ts'

/** The wire this tag speaks; a constant of its own, because the tag imports types alone. */
const WIRE_VERSION: CollectRequest['v'] = 1

/** Segment's name for a changed answer. */
const CONSENT_EVENT = 'Segment Consent Preference Updated'

/** Counts of this page, for whoever looks: events that were given up. */
export const counts = { lost: 0 }

/** The address the visitor came from, on this site or the one before; empty if unknown. */
let referrer = document.referrer
/** Events that wait for an answer to consent, or for the device key. */
let held: (readonly [message: Message, context: ReturnType<typeof contextNow>])[] = []
/** Judges the held events in the page itself, if the page wants that. */
let judge: (() => void) | undefined
let minting = false
let parsed = false
let requests = 0
let answered = 0

const answers = () =>
  withBrowserSignal(
    recall().answers,
    (navigator as { readonly globalPrivacyControl?: unknown }).globalPrivacyControl,
  )
const permitted = (purpose: 'analytics' | 'personalization' = 'analytics') =>
  permits(settings.consent, answers(), purpose)
const toDecide = (extra?: unknown) => (permitted('personalization') ? placements(extra) : [])
const onLost = (events: number): void => {
  counts.lost += events
}

/** Sends to the edge as the present device and takes the answer, unless to a younger request one is here already. */
async function ask(path: string, body: string, asked: readonly string[]): Promise<Reply> {
  const request = (requests += 1)
  const reply = await post(settings.origin + path, body, true)
  if (outcomeOf(reply.status) === 'sent' && request > answered && permitted()) {
    answered = request
    guard(receive)(reply.body, asked) // whatever it does to the page, the events have arrived
  }
  return reply
}

/** The body of a collect request around events that are text already. */
const frame = (deviceKey: string, events: string, rest: Partial<CollectRequest>): string =>
  JSON.stringify({
    v: WIRE_VERSION,
    writeKey: settings.writeKey,
    deviceKey,
    sentAt: new Date(),
    ...rest,
  }).slice(0, -1) + `,"batch":[${events}]}`

const sender = createSender({
  outbox,
  permitted: () => !!permitted(),
  onLost,
  alone: async (work) => {
    try {
      return await navigator.locks.request(STORAGE_NAME, { ifAvailable: true }, (lock) =>
        lock ? work() : undefined,
      )
    } catch {
      return work() // no such API, or not for this page: the edge knows messages it has had
    }
  },
  send: async (batch) => {
    const { device, renew } = recall()
    const from = (batch[0] as Entry).device
    const events = batch.map(({ json }) => json).join()
    // What was collected before a reset goes by its own key alone: the cookie is of the device after it.
    if (from !== device)
      return post(`${settings.origin}/v1/collect`, frame(from, events, {}), false)
    const decide = toDecide()
    const reply = await ask(
      '/v1/collect',
      frame(from, events, { ...(decide.length > 0 && { decide }), ...(renew && { reset: true }) }),
      decide,
    )
    if (renew && outcomeOf(reply.status) === 'sent') remember({ renew: undefined })
    return reply
  },
})
export const { flush, retry } = sender

/** A message with all it was collected under. */
const jsonOf = ({ userToken, ...message }: Message, context: object): string => {
  const given = answers()
  const consent =
    Object.keys(given).length > 0
      ? { categoryPreferences: given, ...(recall().raw as object) }
      : undefined
  return JSON.stringify({ ...message, context: { ...context, userToken, consent } })
}

/** Lets held events go, once they may and there is a device to speak for. */
const release = guard(async (): Promise<void> => {
  if (!permitted() || held.length === 0 || minting) return
  if (!recall().device) {
    minting = true
    const device = await deviceKey(randomId())
    minting = false
    if (!permitted()) return
    if (!recall().device) remember({ device })
    releaseNow()
    if (parsed) flush()
  } else releaseNow()
})

function releaseNow(): void {
  const { device } = recall()
  for (const [message, context] of held.splice(0)) {
    sender.add({
      key: timeKey(Date.now()),
      device: device as string,
      json: jsonOf(message, context),
    })
  }
}

/** Takes an event of the page: sends it soon, or holds it until there is an answer to consent. */
export function take(message: Message): void {
  if (permitted() === false) return
  const identity = { messageId: randomId(), timestamp: new Date().toISOString() }
  held.push([{ ...message, ...identity }, contextNow(referrer)])
  onLost(held.splice(0, held.length - MAX_ENTRIES).length)
  release()
  judge?.()
}

/**
 * Tells the public segments that the page's own events make, before there is an answer to consent. After a yes the
 * edge's answer takes their place. `keys`: which of them; absent: all that are judged on the device.
 */
export const onDevice = guard(async (keys?: unknown) => {
  if (permitted() !== undefined) return
  judge = await (
    await load('onDevice')
  ).start(
    settings,
    keys,
    () => (permitted() === undefined ? held : undefined),
    (segments: readonly string[]) => receive({ segments }, []),
  )
})

/** A page within the page: `previous` is the address it was reached from. */
export function turnPage(previous: string): void {
  referrer = previous
}

/** Does what the answers of this tab or another one now say. */
export function settle(): void {
  if (permitted() === false) {
    held = []
    abortAll()
    sender.drop()
    forget()
  } else release()
}

/** Tells the edge of a withdrawal, and nothing besides; on every page until it has heard. */
const withdraw = guard(async (): Promise<void> => {
  const { withdrawn } = recall()
  if (!withdrawn) return
  const message = {
    type: 'track',
    messageId: randomId(),
    event: CONSENT_EVENT,
    timestamp: new Date(),
  } as const
  const event = jsonOf(message, { library: LIBRARY })
  const { status } = await post(`${settings.origin}/v1/collect`, frame(withdrawn, event, {}), true)
  if (outcomeOf(status) !== 'retry') remember({ withdrawn: undefined })
})

/**
 * The visitor's answers, e.g. `{ analytics: true }`; purposes that are not named keep theirs. `raw`: the strings they
 * were read from, for the edge to read.
 */
export function consent(given: unknown, raw = recall().raw): void {
  const before = JSON.stringify(answers())
  const { answers: earlier, at, device } = recall()
  const now = { ...earlier, ...readAnswers(given) }
  const withdrawn = now['analytics'] === false && device
  // One write: another tab must not see the answer without what follows from it.
  remember({
    answers: now,
    at: JSON.stringify(now) === JSON.stringify(earlier) ? at : Date.now(),
    raw,
    ...(withdrawn && { device: undefined, renew: undefined, withdrawn }),
  })
  settle()
  if (withdrawn) {
    clearOutbox()
    withdraw()
  }
  if (!permitted('personalization')) forget()
  if (permitted() && recall().device && before !== JSON.stringify(answers())) {
    take({ type: 'track', event: CONSENT_EVENT })
    flush()
  }
}

/** Signed out: what follows is of a new device. What came before is sent as the old one. */
export function reset(): void {
  flush()
  forget()
  answered = requests
  if (!recall().device) return
  const device = randomId()
  remember({ device, renew: true })
  keepDevice(device)
}

/** Asks for decisions alone; `names` are placements that no element stands for. */
export function decide(names?: unknown): void {
  const { device, renew } = recall()
  const asked = toDecide(names)
  if (!permitted() || !device || renew || asked.length === 0) return
  const body = { writeKey: settings.writeKey, deviceKey: device, placements: asked }
  ask('/v1/decide', JSON.stringify(body), asked)
}

/** The page is parsed: sends the first events together with the placements of the whole page. */
export function begin(): void {
  const early = requests
  parsed = true
  withdraw()
  flush()
  sender.rescue()
  if (early) decide() // a request that went before the page was whole has asked for too little
}

/** The page may be about to end. */
export function leave(): void {
  if (permitted() && held.length > 0) {
    if (!recall().device) remember({ device: randomId() })
    releaseNow()
  }
  sender.leave()
}
