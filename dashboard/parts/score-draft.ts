import { cellOf } from '../../edge/domain/score/rfm.ts'
import type { ApiScoreSettings, ScoreSettingsInput } from '../../edge/protocol/api-score.ts'
import { parseDuration } from '../../edge/protocol/duration.ts'
import type { RfmAxis, RfmCell } from '../../edge/protocol/score.ts'
import { DAY } from '../../edge/protocol/time.ts'

/** Score settings as they are typed. */
export interface ScoreDraft {
  readonly completed: readonly string[]
  readonly refunded: readonly string[]
  readonly cancelled: readonly string[]
  readonly amount: readonly string[]
  readonly currency: string
  /** One a line: `USD = 0.92`. */
  readonly rates: string
  /** Days; empty: as long as any event counts. */
  readonly window: number | string
  readonly bins: number | string
  /** Undefined: the quantiles of all customers. Of each axis numbers with spaces between them. */
  readonly cutPoints: { readonly [A in RfmAxis]: string } | undefined
  readonly cells: readonly RfmCell[]
  /** One a line: `Product Viewed = 2`. */
  readonly weights: string
  /** Days. */
  readonly halfLife: number | string
  readonly appetence: AppetenceDraft
}

export interface AppetenceDraft extends Omit<
  ApiScoreSettings['appetence'],
  'halfLife' | 'exploration'
> {
  /** Days; empty: messages never lose their worth. */
  readonly halfLife: number | string
  /** Of a hundred. */
  readonly exploration: number | string
}

const days = (duration: string): number => Math.round((parseDuration(duration) ?? 0) / DAY)
const linesOf = (figures: { readonly [name: string]: number }): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n')

export function draftOf({ orders, rfm, engagement, appetence }: ApiScoreSettings): ScoreDraft {
  const { cutPoints } = rfm
  return {
    completed: orders.completed,
    refunded: orders.refunded,
    cancelled: orders.cancelled,
    amount: orders.amount,
    currency: orders.currency,
    rates: linesOf(orders.rates),
    window: rfm.window === null ? '' : days(rfm.window),
    bins: rfm.bins,
    cutPoints:
      cutPoints === null
        ? undefined
        : {
            recency: cutPoints.recency.join(' '),
            frequency: cutPoints.frequency.join(' '),
            monetary: cutPoints.monetary.join(' '),
          },
    cells: rfm.cells,
    weights: linesOf(engagement.weights),
    halfLife: days(engagement.halfLife),
    appetence: {
      ...appetence,
      halfLife: appetence.halfLife === null ? '' : days(appetence.halfLife),
      exploration: Math.round(appetence.exploration * 1e4) / 100,
    },
  }
}

/** What is no number is sent as it was typed: the edge says what is wrong with it. */
const figure = (text: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'))
  return Number.isFinite(value) ? value : (text as unknown as number)
}

/** The last equals sign parts a name from its figure. */
function figuresOf(lines: string): { readonly [name: string]: number } {
  const parts = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line): [string, number] => {
      const place = line.lastIndexOf('=')
      return place < 0
        ? [line.trim(), figure('')]
        : [line.slice(0, place).trim(), figure(line.slice(place + 1))]
    })
  return Object.fromEntries(parts)
}

const numbersOf = (text: string): readonly number[] =>
  text
    .split(/[\s;]+/)
    .filter((part) => part !== '')
    .map(figure)

export function inputOf(draft: ScoreDraft): ScoreSettingsInput {
  const { completed, refunded, cancelled, amount, currency, cutPoints, cells } = draft
  return {
    orders: { completed, refunded, cancelled, amount, currency, rates: figuresOf(draft.rates) },
    rfm: {
      window: draft.window === '' ? null : `P${draft.window}D`,
      bins: Number(draft.bins),
      cutPoints:
        cutPoints === undefined
          ? null
          : {
              recency: numbersOf(cutPoints.recency),
              frequency: numbersOf(cutPoints.frequency),
              monetary: numbersOf(cutPoints.monetary),
            },
      cells: cells.map(withoutBlanks),
    },
    engagement: { weights: figuresOf(draft.weights), halfLife: `P${draft.halfLife}D` },
    appetence: appetenceOf(draft.appetence),
  }
}

const appetenceOf = ({ halfLife, exploration, ...rest }: AppetenceDraft) => ({
  ...rest,
  halfLife: halfLife === '' ? null : `P${halfLife}D`,
  exploration: exploration === '' ? figure('') : Math.round(Number(exploration) * 100) / 1e4,
})

/** A text that was emptied is the built-in one again. */
function withoutBlanks({ name, meaning, action, ...cell }: RfmCell): RfmCell {
  const kept = (text: string | undefined) => text !== undefined && text.trim() !== ''
  return {
    ...cell,
    ...(name !== undefined && kept(name) && { name }),
    ...(meaning !== undefined && kept(meaning) && { meaning }),
    ...(action !== undefined && kept(action) && { action }),
  }
}

/** A cell that nobody named yet, under a key that no other has. */
export function newCell(cells: readonly RfmCell[], bins: number): RfmCell {
  const keys = new Set(cells.map(({ key }) => key))
  let number = cells.length + 1
  while (keys.has(`cell-${number}`)) number++
  const all = [1, Math.max(bins, 1)] as const
  return { key: `cell-${number}`, recency: all, frequency: all, monetary: all }
}

/** Cells in which nobody can be, because cells before them match whoever they match. */
export function coveredCells(cells: readonly RfmCell[], bins: number): ReadonlySet<string> {
  const scores = Array.from({ length: bins }, (_, place) => place + 1)
  const reached = new Set<string>()
  for (const recency of scores)
    for (const frequency of scores)
      for (const monetary of scores) reached.add(cellOf({ recency, frequency, monetary }, cells))
  return new Set(cells.map(({ key }) => key).filter((key) => !reached.has(key)))
}

/** The same cells with one moved up or down. */
export function moved(cells: readonly RfmCell[], place: number, by: -1 | 1): readonly RfmCell[] {
  const cell = cells[place]
  const to = place + by
  if (cell === undefined || to < 0 || to >= cells.length) return cells
  return cells.toSpliced(place, 1).toSpliced(to, 0, cell)
}
