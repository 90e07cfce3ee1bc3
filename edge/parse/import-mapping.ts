import type { IdentifierKind } from '../protocol/identifier.ts'
import type { ColumnMapping, ImportMapping } from '../protocol/import.ts'
import type { FieldError } from '../protocol/problem.ts'
import { compileCell } from './import-cell.ts'
import { compileDate } from './import-date.ts'

type Use = ColumnMapping['use']

/** What a column of each kind of file may become. */
const USES: { readonly [K in ImportMapping['kind']]: readonly Use[] } = {
  customers: ['ignore', 'identifier', 'trait', 'time', 'consent'],
  orders: ['ignore', 'identifier', 'property', 'item', 'time', 'order'],
  campaigns: ['ignore', 'identifier', 'property', 'time', 'reaction'],
  consents: ['ignore', 'identifier', 'property', 'time', 'consent'],
}

/** Uses of which a mapping has at most one. */
const ONCE: readonly Use[] = ['time', 'order', 'reaction']

/**
 * What is wrong with a mapping beyond its form: columns that the file does not have, uses that its kind does not know,
 * nothing that names a person. Empty: it can be compiled.
 */
export function checkMapping(
  mapping: ImportMapping,
  columns: readonly string[],
  kinds: readonly IdentifierKind[],
): readonly FieldError[] {
  const errors: FieldError[] = []
  const refuse = (path: string, reason: string) => errors.push({ path, reason })
  const taken = new Set<string>()
  mapping.columns.forEach((column, index) => {
    const path = `mapping.columns.${index}`
    if (!columns.includes(column.column)) refuse(`${path}.column`, 'is not a column of the file')
    if (taken.has(column.column)) refuse(`${path}.column`, 'is mapped twice')
    taken.add(column.column)
    if (!USES[mapping.kind].includes(column.use)) {
      refuse(`${path}.use`, `means nothing in a file of ${mapping.kind}`)
    }
    if (column.use === 'identifier' && !kinds.some(({ kind }) => kind === column.kind)) {
      refuse(`${path}.kind`, 'is not a kind of identifier of this workspace')
    }
    if (!isCompilable(column, mapping.zone)) {
      refuse(`${path}.as`, 'has a date format or time zone that does not exist')
    }
  })
  for (const use of ONCE) {
    if (mapping.columns.filter((column) => column.use === use).length > 1) {
      refuse('mapping.columns', `has more than one column of use "${use}"`)
    }
  }
  const uses = new Set(mapping.columns.map(({ use }) => use))
  if (!uses.has('identifier'))
    refuse('mapping.columns', 'has no identifier: nobody can be found by it')
  if (mapping.kind === 'orders' && !uses.has('order')) {
    refuse('mapping.columns', 'has no order number: lines cannot be put together without one')
  }
  if (mapping.kind === 'campaigns' && !uses.has('reaction') && mapping.reaction === undefined) {
    refuse('mapping.reaction', 'say what the rows tell, or map the column that does')
  }
  if (mapping.kind === 'consents' && !uses.has('consent') && (mapping.denies ?? []).length === 0) {
    refuse('mapping.denies', 'say which purposes are denied, or map the columns that answer')
  }
  if ((mapping.kind === 'orders' || mapping.kind === 'campaigns') && !uses.has('time')) {
    refuse('mapping.columns', 'has no time: history needs to know when it happened')
  }
  return errors
}

function isCompilable(column: ColumnMapping, zone: string | undefined): boolean {
  if (column.use === 'time') {
    return (
      compileDate({ ...(zone !== undefined && { zone }), type: 'date', ...column.as }) !== undefined
    )
  }
  const type = 'as' in column ? column.as : undefined
  return type === undefined || compileCell(type, zone) !== undefined
}
