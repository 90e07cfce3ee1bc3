import type { EventRecord } from '../protocol/event.ts'
import type { ErasedDay } from '../protocol/erasure.ts'
import { dayOf } from './lake-part.ts'
import { messageHash } from './message-hash.ts'

type Message = Pick<EventRecord, 'source' | 'messageId'> & { readonly device?: string | undefined }

/** The same message id of another browser is another message. */
const hashOf = ({ source, device, messageId }: Message): readonly [number, number] =>
  messageHash(source, `${device ?? ''} ${messageId}`)

/** Which messages a person's events were, by day of receipt. */
export function erasedDays(events: Iterable<EventRecord>): ErasedDay[] {
  const days = new Map<string, number[]>()
  for (const event of events) {
    const day = dayOf(event.receivedAt)
    const hashes = days.get(day) ?? []
    hashes.push(...hashOf(event))
    days.set(day, hashes)
  }
  return [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, hashes]) => ({ day, hashes: Uint32Array.from(hashes).buffer }))
}

/** Tells the rows of erased people from others': by the id they were written under, or by the message they were. */
export class ErasedRows {
  readonly #ids: ReadonlySet<string>
  readonly #messages = new Set<string>()

  constructor(ids: Iterable<string>, days: Iterable<ErasedDay>) {
    this.#ids = new Set(ids)
    for (const { hashes } of days) {
      const words = new Uint32Array(hashes)
      for (let at = 0; at + 1 < words.length; at += 2) {
        this.#messages.add(`${words[at]}.${words[at + 1]}`)
      }
    }
  }

  has(profile: string, message: Message): boolean {
    return this.#ids.has(profile) || this.#messages.has(hashOf(message).join('.'))
  }
}
