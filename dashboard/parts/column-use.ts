import type {
  CellType,
  ColumnMapping,
  ColumnUse,
  DateType,
  ImportKind,
} from '../../edge/protocol/import.ts'

export type Use = ColumnUse['use']

/** What columns of a kind of file may become. */
export const USES: { readonly [K in ImportKind]: readonly Use[] } = {
  customers: ['identifier', 'trait', 'time', 'consent', 'ignore'],
  orders: ['order', 'identifier', 'time', 'item', 'property', 'ignore'],
  campaigns: ['identifier', 'time', 'reaction', 'property', 'ignore'],
  consents: ['identifier', 'consent', 'time', 'property', 'ignore'],
}

/** Types as one choice: the sign of decimals is part of it. */
export const TYPES = ['text', 'point', 'comma', 'boolean', 'date'] as const
export type TypeChoice = (typeof TYPES)[number]

export function typeChoice(as: CellType | undefined): TypeChoice {
  if (as?.type === 'number') return as.decimal === ',' ? 'comma' : 'point'
  return as?.type ?? 'text'
}

export function typeOf(choice: TypeChoice): CellType {
  if (choice === 'point') return { type: 'number', decimal: '.' }
  return choice === 'comma' ? { type: 'number', decimal: ',' } : { type: choice }
}

/** A column put to another use, with what it already says kept where it still means something. */
export function withUse(column: ColumnMapping, use: Use): ColumnMapping {
  const name = 'name' in column ? column.name : column.column
  const as = 'as' in column ? column.as : undefined
  switch (use) {
    case 'identifier':
      return { column: column.column, use, kind: 'userId' }
    case 'consent':
      return { column: column.column, use, purpose: 'email' }
    case 'time':
      return { column: column.column, use, as: as?.type === 'date' ? as : { type: 'date' } }
    case 'trait':
    case 'property':
    case 'item':
      return { column: column.column, use, name, ...(as !== undefined && { as }) }
    default:
      return { column: column.column, use }
  }
}

/** The type of a column that has one, changed. */
export function withType(column: ColumnMapping, as: CellType): ColumnMapping {
  if (column.use === 'time') return as.type === 'date' ? { ...column, as } : column
  return 'name' in column ? { ...column, as } : column
}

export const dateOf = (column: ColumnMapping): DateType | undefined => {
  const as = 'as' in column ? column.as : undefined
  return column.use === 'time'
    ? (column.as ?? { type: 'date' })
    : as?.type === 'date'
      ? as
      : undefined
}
