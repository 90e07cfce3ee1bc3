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
