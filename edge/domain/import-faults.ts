import type { ImportFaultGroup, ImportRowError } from '../protocol/import.ts'

/** Rows that stand for a group. */
const FIRST = 5
/** Groups that are told apart: a file has few columns, and a column few ways to be bad. */
const MAX_GROUPS = 200

/** Adds bad rows to those that are bad in the same way; the largest group comes first. */
export function withFaults(
  groups: readonly ImportFaultGroup[],
  errors: readonly ImportRowError[],
): readonly ImportFaultGroup[] {
  if (errors.length === 0) return groups
  const nameOf = ({ column, reason }: Pick<ImportRowError, 'column' | 'reason'>) =>
    `${reason} ${column ?? ''}`
  const byName = new Map(groups.map((group) => [nameOf(group), group]))
  for (const { row, column, reason } of errors) {
    const name = nameOf({ reason, ...(column !== undefined && { column }) })
    const known = byName.get(name)
    if (known === undefined && byName.size >= MAX_GROUPS) continue
    byName.set(name, {
      ...(column !== undefined && { column }),
      reason,
      rows: (known?.rows ?? 0) + 1,
      first: [...(known?.first ?? []), row].slice(0, FIRST),
    })
  }
  return [...byName.values()].sort((one, other) => other.rows - one.rows)
}
