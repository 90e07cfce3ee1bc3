import type { ClauseVerdict } from '../domain/clause.ts'
import { NEVER } from '../protocol/time.ts'

/** A part of the condition that has no parts itself, and the latest events it looked at. */
export interface Evidence {
  readonly path: string
  readonly holds: boolean
  readonly until: string | null
  readonly events: readonly string[]
}

export function evidenceOf(clause: ClauseVerdict): readonly Evidence[] {
  if (clause.parts.length > 0) return clause.parts.flatMap(evidenceOf)
  const { path, holds, until, events } = clause
  return [{ path, holds, until: until === NEVER ? null : new Date(until).toISOString(), events }]
}

const WIDTHS = [24, 5, 24] as const

const row = (...cells: readonly string[]): string =>
  cells.map((cell, place) => cell.padEnd(WIDTHS[place] ?? 0)).join('  ')

export const TABLE_HEAD = row('person', 'holds', 'until', 'evidence')

export const tableRow = (
  person: string,
  holds: boolean,
  until: string | null,
  evidence: readonly Evidence[],
): string =>
  row(
    person,
    holds ? 'yes' : 'no',
    until ?? 'an event',
    evidence
      .map((one) => `${one.path}: ${one.holds ? 'yes' : 'no'} ${one.events.join(' ')}`.trim())
      .join('; '),
  )
