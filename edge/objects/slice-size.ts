/** Profiles of a transaction that are brought to the present as a whole. */
const WHOLE = 100
/** However little each of them asks for, there are no more of them, and however much, no fewer. */
const [FEWEST, MOST] = [20, 400]
/** What each costs that is only looked at, and of whom something may be new, as a part of one of those. */
const [LOOK, NEWS] = [0.1, 0.25]
/** Where somebody waits, a slice is so much smaller. */
const BRIEF = 20
/** Characters of histories that cost as much as one of those. */
const CHARACTERS = 60_000

/** What a slice was: of all people, of whom something may have been new, and who were brought to the present as a whole. */
export interface Slice {
  readonly people: number
  readonly concerned: number
  readonly whole: number
  /** Of histories that were read for it. */
  readonly characters: number
}

/**
 * How many profiles the next slice looks at: as many as cost as much as a slice may, if they are like the last ones. By
 * count, because production clocks stand still without I/O.
 */
export class SliceSize {
  #size = WHOLE

  /** `isBusy`: somebody waits for answers of the same object. */
  next(isBusy: boolean): number {
    return isBusy ? Math.max(Math.floor(this.#size / BRIEF), 1) : this.#size
  }

  learn({ people, concerned, whole, characters }: Slice): void {
    if (people === 0) return
    const added = Math.max(concerned - whole, 0)
    const cost = people * LOOK + added * NEWS + whole + characters / CHARACTERS
    const size = Math.floor((people * WHOLE) / cost)
    this.#size = Math.min(Math.max(size, FEWEST), MOST)
  }
}
