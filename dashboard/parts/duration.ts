import { parseDuration } from '../../edge/protocol/duration.ts'
import { DAY, HOUR, MINUTE, SECOND, type Millis } from '../../edge/protocol/time.ts'

export type DurationUnit = 'second' | 'minute' | 'hour' | 'day'

/** Largest first: a duration is shown in the largest unit that divides it. */
export const DURATION_UNITS: readonly { readonly unit: DurationUnit; readonly length: Millis }[] = [
  { unit: 'day', length: DAY },
  { unit: 'hour', length: HOUR },
  { unit: 'minute', length: MINUTE },
  { unit: 'second', length: SECOND },
]

export interface Amount {
  readonly amount: number
  readonly unit: DurationUnit
}

/** `P7D` → 7 days, `PT90M` → 90 minutes. Null: not a duration in weeks, days, hours, minutes, seconds. */
export function readDuration(text: string): Amount | null {
  const total = parseDuration(text)
  if (total === undefined) return null
  for (const { unit, length } of DURATION_UNITS) {
    if (total % length === 0) return { amount: total / length, unit }
  }
  return null
}

/** The inverse of `readDuration`. */
export function formatIso({ amount, unit }: Amount): string {
  switch (unit) {
    case 'day':
      return `P${amount}D`
    case 'hour':
      return `PT${amount}H`
    case 'minute':
      return `PT${amount}M`
    case 'second':
      return `PT${amount}S`
  }
}

/** The two largest units of a span: 3 d 4 h, 12 min 5 s. Nothing is left out of a span under a second: 0 s. */
export function largestUnits(span: Millis): readonly Amount[] {
  const parts: Amount[] = []
  let rest = Math.max(0, Math.floor(span / SECOND) * SECOND)
  for (const { unit, length } of DURATION_UNITS) {
    const amount = Math.floor(rest / length)
    rest -= amount * length
    if (amount > 0) parts.push({ amount, unit })
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.length > 0 ? parts : [{ amount: 0, unit: 'second' }]
}
