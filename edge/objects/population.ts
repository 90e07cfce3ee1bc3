import { DurableObject } from 'cloudflare:workers'
import {
  factsOf,
  findingsOf,
  foundCutPoints,
  modelOf,
  reportOf,
  saysTheSame,
  TENTHS,
} from '../domain/score/population.ts'
import { joinMoves } from '../domain/score/population-moves.ts'
import { joinSpreads } from '../domain/score/population-spread.ts'
import { quantilesOf, sketchOf } from '../domain/score/quantile-sketch.ts'
import { joinStatistics } from '../domain/score/population-tally.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import {
  isShort,
  type Look,
  type MovementSide,
  type PopulationCalls,
  type PopulationReport,
  type RfmMovement,
  type SampledEngagement,
} from '../protocol/population.ts'
import type { RfmSettings, ScoreSettings } from '../protocol/score.ts'
import { DAY, MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import { addPopulation, findPopulation, renewPopulation } from '../storage/population-store.ts'
import { findScores } from '../storage/score-settings-store.ts'
import { profileShard, workspaceObject, type Remote } from './address.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import type { ProfileShard } from './profile-shard.ts'
import { withTimeLimit } from './time-limit.ts'

/** Shards asked at once. */
const AT_ONCE = 32
/** A shard looks through some ten thousand profiles a second. */
const CALL_LIMIT: Millis = 2 * MINUTE
const RETRY: Millis = 10 * MINUTE
const SOON: Millis = SECOND / 2
/** People whose engagement is looked at, over all shards. */
const SAMPLE = 2_000

type Result = Awaited<ReturnType<PopulationCalls['refresh']>>

/** Looks at a workspace's customers together, once a day and when it is asked to, and publishes what it finds. */
export class Population extends DurableObject<Env> implements PopulationCalls {
  #refreshing: Promise<Result> | undefined

  /** Calls that arrive while it looks share what is found. */
  refresh({
    workspace,
    actor,
  }: {
    readonly workspace: WorkspaceId
    readonly actor: string
  }): Promise<Result> {
    this.#refreshing ??= this.#refresh(workspace, actor).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  look({
    workspace,
    at,
  }: {
    readonly workspace: WorkspaceId
    readonly at: Millis
  }): Promise<PopulationReport> {
    return this.#look(workspace, { at, isPast: true })
  }

  async #look(workspace: WorkspaceId, look: Look): Promise<PopulationReport> {
    const { at } = look
    const { settings, catalogVersion } = await this.#rules(workspace)
    const now = clock.now()
    const parts = await this.#ask(workspace, (shard) =>
      shard.populationStatistics({ workspace, catalogVersion, look }),
    )
    const statistics = joinStatistics(parts)
    const findings = findingsOf(statistics, settings, at, now)
    const facts = { cutPoints: findings.cutPoints, value: modelOf(findings) }
    const spreads = await this.#ask(workspace, (shard) =>
      shard.populationSpread({
        workspace,
        catalogVersion,
        look,
        facts,
        appetence: findings.appetence,
      }),
    )
    const engagement = look.isPast ? undefined : await this.#engagement(workspace)
    return {
      ...reportOf(statistics, findings, joinSpreads(spreads), settings, at),
      ...(engagement !== undefined && { engagement }),
    }
  }

  /** How people are scored, and from which version of the catalog on: shards may not have heard of it yet. */
  async #rules(
    workspace: WorkspaceId,
  ): Promise<{ readonly settings: ScoreSettings; readonly catalogVersion: number }> {
    const settings = await findScores(this.env.DB, workspace)
    return {
      settings,
      catalogVersion: await workspaceObject(this.env, workspace).publish({ workspace }),
    }
  }

  /** Histories are read for it, so a sample must do. Undefined: there is nobody, or nobody is scored. */
  async #engagement(workspace: WorkspaceId): Promise<SampledEngagement | undefined> {
    const sizes = await this.#ask(workspace, (shard) => shard.population({ workspace }))
    const all = sizes.reduce((sum, size) => sum + size, 0)
    const share = Math.min(1, SAMPLE / Math.max(1, all))
    const parts = await this.#ask(workspace, (shard) =>
      shard.engagementSample({ workspace, share }),
    )
    const values = parts.flat()
    if (values.length === 0) return undefined
    return { sampled: values.length, tenths: quantilesOf(sketchOf(values), TENTHS) }
  }

  async movement({
    workspace,
    from,
    to,
  }: Parameters<PopulationCalls['movement']>[0]): Promise<RfmMovement> {
    const { settings, catalogVersion } = await this.#rules(workspace)
    const { rfm, orders } = settings
    const sides = [
      await this.#side(workspace, catalogVersion, from, rfm),
      await this.#side(workspace, catalogVersion, to, rfm),
    ]
    const [first, last] = sides as [MovementSide, MovementSide]
    const looks = sides.flatMap(({ at, cutPoints }) =>
      isShort(cutPoints) ? [] : [{ at, cutPoints }],
    )
    const [one, other] = looks
    const parts =
      one === undefined || other === undefined
        ? []
        : await this.#ask(workspace, (shard) =>
            shard.populationMoves({
              workspace,
              catalogVersion,
              looks: [one, other],
              cells: rfm.cells,
            }),
          )
    return {
      from: first,
      to: last,
      currency: orders.currency,
      cells: rfm.cells.map(({ key }) => key),
      moves: joinMoves(parts),
    }
  }

  /** All customers at an instant, and their cut points of then. */
  async #side(
    workspace: WorkspaceId,
    catalogVersion: number,
    at: Millis,
    rfm: RfmSettings,
  ): Promise<MovementSide> {
    const look = { at, isPast: true }
    const statistics = joinStatistics(
      await this.#ask(workspace, (shard) =>
        shard.populationStatistics({ workspace, catalogVersion, look }),
      ),
    )
    const { customers, revenue } = statistics
    return { at, customers, revenue, cutPoints: foundCutPoints(statistics, rfm) }
  }

  async wake({ workspace }: { readonly workspace: WorkspaceId }): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return
    this.ctx.storage.kv.put('workspace', workspace)
    await this.#arm(DAY)
  }

  async renew({ workspace }: { readonly workspace: WorkspaceId }): Promise<void> {
    this.ctx.storage.kv.put('workspace', workspace)
    await this.#arm(SOON)
  }

  /** Never throws: an alarm that keeps failing is dropped by the platform after six tries. */
  override async alarm(): Promise<void> {
    const workspace = this.ctx.storage.kv.get<WorkspaceId>('workspace')
    if (workspace === undefined) return
    try {
      // What is looked at already may be by other rules.
      await this.#refreshing?.catch(() => undefined)
      await this.refresh({ workspace, actor: 'schedule' })
    } catch {
      // A part that does not answer now does so later.
      await this.#arm(RETRY)
    }
  }

  async #refresh(workspace: WorkspaceId, actor: string): Promise<Result> {
    this.ctx.storage.kv.put('workspace', workspace)
    await this.#arm(DAY)
    const { DB } = this.env
    const [report, known] = await Promise.all([
      this.#look(workspace, { at: clock.now(), isPast: false }),
      findPopulation(DB, workspace),
    ])
    const facts = factsOf(report, (known?.facts.version ?? 0) + 1)
    if (known !== undefined && saysTheSame(known.facts, facts)) {
      await renewPopulation(DB, workspace, known.facts.version, report)
      return { facts: known.facts, report }
    }
    const action = 'scores.refreshed'
    const change = { workspace, actor, action, subject: workspace, at: Date.now() }
    await addPopulation(DB, change, facts, report)
    await this.#publish(workspace)
    return { facts, report }
  }

  /** Stored is stored: should the workspace not answer, the sweeper has it published. */
  async #publish(workspace: WorkspaceId): Promise<void> {
    await workspaceObject(this.env, workspace)
      .publish({ workspace })
      .catch(() => 0)
  }

  async #ask<T>(
    workspace: WorkspaceId,
    ask: (shard: Remote<ProfileShard>) => Promise<T>,
  ): Promise<readonly T[]> {
    const addresses = await workspaceObject(this.env, workspace).shards()
    const answers: T[] = []
    for (let from = 0; from < addresses.length; from += AT_ONCE) {
      const group = addresses.slice(from, from + AT_ONCE)
      answers.push(
        ...(await Promise.all(
          group.map((address) =>
            withTimeLimit(ask(profileShard(this.env, workspace, address)), CALL_LIMIT),
          ),
        )),
      )
    }
    return answers
  }

  #arm(wait: Millis): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + wait)
  }
}
