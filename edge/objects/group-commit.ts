type Job = { readonly run: () => unknown; readonly settle: (outcome: Outcome) => void }
type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

/** What jobs note outside the database, to be taken back with a job that is rolled back. */
export interface Ledger {
  /** Answers how to go back to the present state. */
  mark(): () => void
}

/**
 * Jobs that arrive while a commit is on its way to disk share the next transaction, each in a nested one of its own,
 * so that a job that throws rolls back only itself. No timer: the disk's own pace is the beat.
 */
export class GroupCommit {
  readonly #storage: DurableObjectStorage
  readonly #ledger: Ledger
  #waiting: Job[] = []
  #draining = false

  constructor(storage: DurableObjectStorage, ledger: Ledger) {
    this.#storage = storage
    this.#ledger = ledger
  }

  /** Runs a job in a transaction. Resolves when it is durable; rejects, with nothing kept, when the job threw. */
  run<T>(run: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        run,
        settle: (outcome) => (outcome.ok ? resolve(outcome.value as T) : reject(outcome.error)),
      })
      if (!this.#draining) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#draining = true
    try {
      while (this.#waiting.length > 0) {
        const jobs = this.#waiting
        this.#waiting = []
        let outcomes = this.#transact(jobs)
        try {
          await this.#storage.sync()
        } catch (error) {
          outcomes = jobs.map(() => ({ ok: false, error }))
        }
        jobs.forEach((job, index) => {
          job.settle(outcomes[index] ?? { ok: false, error: new Error('The job was not run') })
        })
      }
    } finally {
      this.#draining = false
    }
  }

  #transact(jobs: readonly Job[]): Outcome[] {
    const undo = this.#ledger.mark()
    try {
      return this.#storage.transactionSync(() => jobs.map((job) => this.#attempt(job)))
    } catch (error) {
      undo()
      return jobs.map(() => ({ ok: false, error }))
    }
  }

  #attempt({ run }: Job): Outcome {
    const undo = this.#ledger.mark()
    try {
      return { ok: true, value: this.#storage.transactionSync(run) }
    } catch (error) {
      undo()
      return { ok: false, error }
    }
  }
}
