import { benchRivals, type Comparison } from './engine/comparison.ts'
import { benchHostile, type HostileFigure } from './engine/hostile.ts'
import { benchScaling, type ScalingFigure } from './engine/scaling.ts'

export interface EngineFigures {
  readonly scaling: readonly ScalingFigure[]
  readonly rivals: Comparison
  readonly hostile: readonly HostileFigure[]
}

/** What deciding costs, in the domain code alone: the same code runs in workerd. */
export async function benchEngine(
  rounds: number,
  say: (line: string) => void,
): Promise<EngineFigures> {
  say('the same 1,000 segments decided by others')
  const rivals = await benchRivals(rounds)
  say('one event that touches the same ten conditions, at 10 to 10,000 segments')
  const scaling = benchScaling(rounds)
  say('one event of histories that were made to be dear, under 500 segments')
  const hostile = benchHostile(rounds)
  return { scaling, rivals, hostile }
}
