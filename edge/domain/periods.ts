import type { CalendarUnit } from '../protocol/condition.ts'
import { DAY, type Millis } from '../protocol/time.ts'
import { periodStart } from './calendar.ts'

/** At least so long is a period of each unit. */
const SHORTEST: { readonly [U in CalendarUnit]: Millis } = {
  day: DAY / 2,
  week: 6 * DAY,
  month: 27 * DAY,
  year: 364 * DAY,
}
/** Periods further away than that from those that are known are not connected with them. */
const MAX_DISTANCE = 100
const MAX_KNOWN = 2_000

/**
 * Where the periods of a calendar begin, in one time zone. Those that were asked for are known from then on: asking the
 * calendar itself is a hundred times as dear, and verdicts look many periods ahead.
 */
class Periods {
  readonly #unit: CalendarUnit
  readonly #zone: string
  /** Of periods one after the other. */
  #starts: Millis[] = []

  constructor(unit: CalendarUnit, zone: string) {
    this.#unit = unit
    this.#zone = zone
  }

  /** The start of the period that an instant lies in, or of the one so many periods later. */
  start(at: Millis, offset: number): Millis {
    this.#reach(at)
    let [low, high] = [0, this.#starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#known(middle) > at) high = middle
      else low = middle + 1
    }
    // Its place; it may have to be made.
    let place = low - 1 + offset
    for (; place < 0; place++) this.#starts.unshift(this.#next(this.#known(0), -1))
    while (place >= this.#starts.length) this.#append()
    return this.#known(place)
  }

  /** Makes known the period that an instant lies in. */
  #reach(at: Millis): void {
    const most = MAX_DISTANCE * SHORTEST[this.#unit]
    const isFar = at < this.#known(0) - most || at > (this.#starts.at(-1) ?? 0) + most
    if (this.#starts.length === 0 || isFar || this.#starts.length > MAX_KNOWN) {
      this.#starts = [this.#next(at, 0)]
    }
    while (at < this.#known(0)) this.#starts.unshift(this.#next(this.#known(0), -1))
    while (at >= (this.#starts.at(-1) ?? 0)) this.#append()
  }

  #append(): void {
    this.#starts.push(this.#next(this.#starts.at(-1) ?? 0, 1))
  }

  #known(place: number): Millis {
    return this.#starts[place] ?? 0
  }

  #next(at: Millis, offset: number): Millis {
    return periodStart(at, this.#unit, this.#zone, offset)
  }
}

const CALENDARS = new Map<string, Periods>()
/** Nobody has so many time zones: a catalog has one. */
const MAX_CALENDARS = 50

/** `periodStart`, from what is known of the calendar by now. */
export function startOfPeriod(
  at: Millis,
  unit: CalendarUnit,
  zone: string,
  offset: number,
): Millis {
  const name = `${unit} ${zone}`
  let periods = CALENDARS.get(name)
  if (periods === undefined) {
    if (CALENDARS.size >= MAX_CALENDARS) CALENDARS.clear()
    CALENDARS.set(name, (periods = new Periods(unit, zone)))
  }
  return periods.start(at, offset)
}
