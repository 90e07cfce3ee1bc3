import { setTimeout as wait } from 'node:timers/promises'
import type { Child } from './child.ts'

/** A cold start compiles the Worker and may share its machine with other programs. */
const START_LIMIT = 120_000

/** Waits until an address answers with a good status. Throws if the program ends first, or does not answer in time. */
export async function answering(name: string, url: string, child: Child): Promise<void> {
  const deadline = Date.now() + START_LIMIT
  let last = 'no connection'
  while (Date.now() < deadline) {
    try {
      const answer = fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'manual' })
      const response = await Promise.race([answer, child.ended])
      await response.body?.cancel()
      if (response.status < 400) return
      last = `status ${response.status}`
    } catch (error) {
      await Promise.race([child.ended, Promise.resolve()])
      last = error instanceof Error ? error.message : String(error)
    }
    await Promise.race([wait(150), child.ended])
  }
  throw new Error(`${name} did not answer at ${url} within ${START_LIMIT / 1_000} s: ${last}`)
}
