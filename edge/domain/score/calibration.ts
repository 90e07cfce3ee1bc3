import type { Calibration, Prior, ReactionCells } from '../../protocol/appetence.ts'
import { maximise } from './maximise.ts'

/** Where the line is bent: closer where most people are. Straight in between, so that it is turned round exactly. */
const BENDS = [0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
/** How much it takes to leave what is said as it is, as the precision of a normal prior of each parameter at 1, 1 and 0. */
const RESERVE = 30
/** Nobody is told of who received less than this. */
const LEAST = 0.5
const NEXT_TO_NOTHING = 1e-9

interface Said {
  /** What the other messages of the same people say. */
  readonly probability: number
  readonly reacted: number
  readonly ignored: number
}

/**
 * How often people really react of whom a prior and their own messages say something. Each message is foretold by the
 * others of the same person (leave-one-out), and what became of it is fitted by logit p' = c + a·ln p − b·ln(1 − p) with
 * a and b above 0 (beta calibration, Kull, Silva Filho and Flach 2017), drawn towards leaving all as it is. Where rates
 * have a heavier tail than any beta distribution, whoever reacts most is else said to react less than they do.
 */
export function fitCalibration(cells: ReactionCells, prior: Prior): Calibration {
  const all = cells.flatMap((cell) => foretold(cell, prior))
  const messages = all.reduce((sum, { reacted, ignored }) => sum + reacted + ignored, 0)
  const { parameters } = maximise((one) => likelihood(all, one), [1, 1, 1], messages)
  const [a = 1, b = 1, odds = 1] = parameters
  if (!parameters.every(Number.isFinite)) return []
  const line = BENDS.map((said) => [said, share(said, a, b, odds)] as const)
  return [[0, 0], ...line, [1, 1]]
}

/** The messages of those in a cell that were reacted to, and the others: by what is left without one of them. */
function foretold([, people, all, some]: ReactionCells[number], prior: Prior): readonly Said[] {
  const [messages, reacted] = [all / people, some / people]
  if (messages < LEAST) return []
  const others = Math.max(messages - 1, 0)
  const weight = prior.reacted + prior.ignored + others
  const of = (left: number) => Math.max((prior.reacted + left) / weight, NEXT_TO_NOTHING)
  return [
    { probability: of(Math.max(reacted - 1, 0)), reacted: some, ignored: 0 },
    { probability: of(Math.min(reacted, others)), reacted: 0, ignored: all - some },
  ].filter(({ probability }) => probability < 1)
}

/** By the odds of a reaction; `odds` is the exponential of c. */
function share(said: number, a: number, b: number, odds: number): number {
  const ratio = (odds * said ** a) / (1 - said) ** b
  return ratio / (1 + ratio)
}

function likelihood(all: readonly Said[], parameters: readonly number[]) {
  const [a = 1, b = 1, odds = 1] = parameters
  const shift = Math.log(odds)
  let value = (-RESERVE / 2) * ((a - 1) ** 2 + (b - 1) ** 2 + shift ** 2)
  let [byA, byB, byShift] = [RESERVE * (1 - a), RESERVE * (1 - b), -RESERVE * shift]
  for (const { probability, reacted, ignored } of all) {
    const [gain, loss] = [Math.log(probability), -Math.log1p(-probability)]
    const logit = shift + a * gain + b * loss
    const chance = 1 / (1 + Math.exp(-logit))
    value += reacted * logOf(logit) + ignored * logOf(-logit)
    const off = reacted * (1 - chance) - ignored * chance
    byA += off * gain
    byB += off * loss
    byShift += off
  }
  return { value, gradient: [byA, byB, byShift / odds] }
}

/** Logarithm of the logistic function, that neither overflows nor cancels. */
const logOf = (logit: number): number =>
  logit > 0 ? -Math.log1p(Math.exp(-logit)) : logit - Math.log1p(Math.exp(logit))

/** What is said, as it is meant. Without a line it is meant as it is said. */
export const calibrated = (line: Calibration, said: number): number => along(line, said, 0, 1)

/** What has to be said for so much to be meant. */
export const uncalibrated = (line: Calibration, meant: number): number => along(line, meant, 1, 0)

/** Beyond the ends of a line there is nothing: neither is a probability. */
function along(line: Calibration, value: number, from: 0 | 1, to: 0 | 1): number {
  const place = line.findIndex((point) => point[from] >= value)
  const [before, after] = [line[place - 1], line[place]]
  if (after === undefined || after[from] === value) return after?.[to] ?? value
  if (before === undefined) return value
  const part = (value - before[from]) / (after[from] - before[from])
  return before[to] + part * (after[to] - before[to])
}
