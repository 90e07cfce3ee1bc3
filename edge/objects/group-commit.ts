type Job = { readonly run: () => unknown; readonly settle: (outcome: Outcome) => void }
type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

/**
 * Jobs that arrive while a commit is on its way to disk share the next transaction, each in a nested one of its own,
 * so that a job that throws rolls back only itself. No timer: the disk's own pace is the beat.
 */
export class GroupCommit {
  readonly #storage: DurableObjectStorage
  #waiting: Job[] = []
  #draining = false

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
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
        await this.#storage.sync().catch((error: unknown) => {
          outcomes = jobs.map(() => ({ ok: false, error }))
        })
        jobs.forEach((job, index) => {
          job.settle(outcomes[index] ?? { ok: false, error: new Error('The job was not run') })
        })
      }
    } finally {
      this.#draining = false
    }
  }

  #transact(jobs: readonly Job[]): Outcome[] {
    try {
      return this.#storage.transactionSync(() => jobs.map((job) => this.#attempt(job)))
    } catch (error) {
      return jobs.map(() => ({ ok: false, error }))
    }
  }

  #attempt({ run }: Job): Outcome {
    try {
      return { ok: true, value: this.#storage.transactionSync(run) }
    } catch (error) {
      return { ok: false, error }
    }
  }
}
