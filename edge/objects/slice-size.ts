/** Profiles of a transaction that are brought to the present as a whole. */
const WHOLE = 100
/** However little each of them asks for, there are no more of them, and however much, no fewer. */
const [FEWEST, MOST] = [20, 400]
/** What each costs that is only looked at, as a part of one that is brought to the present as a whole. */
const LOOK = 0.15
/** Characters of histories that cost as much as one that is brought to the present as a whole. */
const CHARACTERS = 60_000

/**
 * How many profiles the next slice looks at: as many as cost as much as a slice may, if they are like the last ones. By
 * count, because production clocks stand still without I/O.
 */
export class SliceSize {
  #size = WHOLE

  get next(): number {
    return this.#size
  }

  /** `people` were looked at, of whom `whole` were brought to the present as a whole; so many characters were read. */
  learn({
    people,
    whole,
    characters,
  }: {
    people: number
    whole: number
    characters: number
  }): void {
    if (people === 0) return
    const cost = people * LOOK + whole + characters / CHARACTERS
    const size = Math.floor((people * WHOLE) / cost)
    this.#size = Math.min(Math.max(size, FEWEST), MOST)
  }
}
