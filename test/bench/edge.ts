import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { build } from '../build.ts'
import { seed } from '../demo/seed.ts'
import { startInbox } from '../demo/inbox/server.ts'
import { load, type Round } from './load.ts'
import { prepare } from './scenarios.ts'
import { startEdge, startReference } from './server.ts'
import { median } from './statistics.ts'

const CONCURRENCIES = [1, 64]

export interface EdgeOptions {
  readonly rounds: number
  /** Milliseconds a round takes. */
  readonly duration: number
  readonly say: (line: string) => void
}

/** Medians over the rounds; `ratio` compares the edge with the reference: rates by division, times too. */
export interface EdgeResult {
  readonly scenario: string
  readonly concurrency: number
  readonly edge: Omit<Round, 'requests'>
  readonly reference: Omit<Round, 'requests'>
  readonly ratio: Omit<Round, 'requests'>
}

/**
 * Collect and decide against a reference Worker that makes one object call with one row of the size of the request.
 * Rounds of the two alternate, so that what else the machine does falls on both.
 */
export async function benchEdge({ rounds, duration, say }: EdgeOptions): Promise<EdgeResult[]> {
  await build('tag', say)
  const folder = mkdtempSync(join(tmpdir(), 'prisme-bench-'))
  const stops: (() => Promise<void>)[] = [
    async () => rmSync(folder, { recursive: true, force: true }),
  ]
  try {
    const inbox = await startInbox({ port: 0 })
    stops.unshift(() => inbox.close())
    const edge = await startEdge(join(folder, 'edge'))
    stops.unshift(edge.stop)
    const reference = await startReference(join(folder, 'reference'))
    stops.unshift(reference.stop)
    await seed({
      edge: edge.origin,
      inbox: inbox.origin,
      secrets: { worker: secret(), shop: secret() },
      remember: () => undefined,
    })

    const results: EdgeResult[] = []
    const scenarios = await prepare(edge.origin, reference.origin)
    for (const concurrency of CONCURRENCIES) {
      for (const scenario of scenarios) {
        const measured: { edge: Round[]; reference: Round[] } = { edge: [], reference: [] }
        // The first round warms up and counts for nothing.
        for (let round = 0; round <= rounds; round += 1) {
          for (const side of ['reference', 'edge'] as const) {
            const { origin } = { edge, reference }[side]
            const result = await load({ ...scenario[side], origin, concurrency, duration })
            if (round > 0) measured[side].push(result)
          }
        }
        const middle = { edge: medians(measured.edge), reference: medians(measured.reference) }
        results.push({ scenario: scenario.name, concurrency, ...middle, ratio: ratio(middle) })
        say(`${scenario.name}, concurrency ${concurrency}: done`)
      }
    }
    return results
  } finally {
    for (const stop of stops) await stop()
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function medians(rounds: readonly Round[]) {
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]))
  return { rate: of('rate'), p50: of('p50'), p99: of('p99') }
}

function ratio({ edge, reference }: Pick<EdgeResult, 'edge' | 'reference'>) {
  return {
    rate: edge.rate / reference.rate,
    p50: edge.p50 / reference.p50,
    p99: edge.p99 / reference.p99,
  }
}
