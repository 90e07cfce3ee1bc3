import { DAY, HOUR, MINUTE, SECOND, type Millis } from './time.ts'

const PATTERN =
  /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/

/**
 * An ISO 8601 duration of weeks, days, hours, minutes and seconds (`P30D`, `PT1H30M`, `PT1S`). Undefined for
 * anything else: months and years have no fixed length, and zero is no window.
 */
export function parseDuration(text: string): Millis | undefined {
  const match = PATTERN.exec(text)
  if (match === null) return undefined
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  const total =
    Number(weeks) * 7 * DAY +
    Number(days) * DAY +
    Number(hours) * HOUR +
    Number(minutes) * MINUTE +
    Number(seconds) * SECOND
  return total > 0 ? total : undefined
}

/** The duration as days, hours, minutes and seconds. */
export function formatDuration(span: Millis): string {
  const days = Math.floor(span / DAY)
  const parts = [
    ['H', Math.floor((span % DAY) / HOUR)],
    ['M', Math.floor((span % HOUR) / MINUTE)],
    ['S', Math.floor((span % MINUTE) / SECOND)],
  ] as const
  const time = parts.map(([unit, count]) => (count > 0 ? `${count}${unit}` : '')).join('')
  return `P${days > 0 || time === '' ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`
}
