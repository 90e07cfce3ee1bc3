/** Calls that one remote call carries at most. */
const MAX_CALLS = 1_000

type Waiting<Request, Answer> = {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Makes one remote call of many that are made at the same time to the same object: a batch about 2,500 people costs
 * as many calls as there are shards, not as there are people. Calls wait for the end of the present turn of the event
 * loop, no longer.
 */
export class CallBatch<Request, Answer> {
  readonly #send: (requests: readonly Request[]) => Promise<readonly Answer[]>
  #waiting: Waiting<Request, Answer>[] = []

  /** `send` answers one for each request, in their order. */
  constructor(send: (requests: readonly Request[]) => Promise<readonly Answer[]>) {
    this.#send = send
  }

  call(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      if (this.#waiting.length === 1) setTimeout(() => void this.#flush(), 0)
    })
  }

  async #flush(): Promise<void> {
    const calls = this.#waiting.splice(0, MAX_CALLS)
    if (this.#waiting.length > 0) setTimeout(() => void this.#flush(), 0)
    try {
      const answers = await this.#send(calls.map(({ request }) => request))
      calls.forEach(({ resolve, reject }, index) => {
        const answer = answers[index]
        if (answer === undefined) reject(new Error('A call without an answer'))
        else resolve(answer)
      })
    } catch (error) {
      for (const { reject } of calls) reject(error)
    }
  }
}
