import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'

const ISO =
  /^(\d{4})-(\d\d)(?:-(\d\d))?(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:\s?(Z|[+-]\d\d:?\d\d))?)?$/i

/** Smaller numbers are seconds, or no instant at all: milliseconds have passed this one since 1973. */
const LEAST_MILLIS = 100_000_000_000

/**
 * An instant as clients write it: ISO 8601 text (UTC if it names no zone) or milliseconds since 1970. Undefined for
 * anything else: seconds and free forms are refused rather than guessed.
 */
export function parseInstant(value: Json | undefined): Millis | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) && value >= LEAST_MILLIS && value <= 8.64e15
      ? Math.trunc(value)
      : undefined
  }
  if (typeof value !== 'string') return undefined
  const match = ISO.exec(value.trim())
  if (match === null) return undefined
  const [, year, month, day = '01', hour = '00', minute = '00', second = '00', part = '', zone] =
    match
  // Leap seconds count as the second before: `Date` knows none.
  const at = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second === '60' ? '59' : second}.${part.slice(0, 3).padEnd(3, '0')}Z`,
  )
  if (!Number.isFinite(at)) return undefined
  return at - offsetOf(zone)
}

function offsetOf(zone: string | undefined): Millis {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '')
  if (match === null) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return (match[1] === '-' ? -1 : 1) * minutes * 60_000
}

/**
 * When it happened by the receiver's clock: `receivedAt − (sentAt − originalTimestamp)`, never later than
 * `receivedAt`. Without `sentAt` the sender's clock is believed.
 */
export function correctInstant(
  original: Millis | undefined,
  sentAt: Millis | undefined,
  receivedAt: Millis,
): Millis {
  if (original === undefined) return receivedAt
  const corrected = sentAt === undefined ? original : receivedAt - (sentAt - original)
  return Math.min(corrected, receivedAt)
}
