import { SECOND, type Millis } from '../protocol/time.ts'

/** After somebody asked, so long it is likely that somebody asks again. */
const BUSY: Millis = SECOND

/** Whether anybody waits for answers of an object: then what has no hurry gives way. */
export class Traffic {
  #latest: Millis = Number.NEGATIVE_INFINITY

  /** Somebody asks. */
  note(): void {
    this.#latest = Date.now()
  }

  /** A clock that was set back is no traffic. */
  get isBusy(): boolean {
    return Math.abs(Date.now() - this.#latest) < BUSY
  }
}
