import type { ImportMapping } from '../../edge/protocol/import.ts'

/** What a mapping lacks to be used. */
export type MappingGap =
  | 'identifier'
  | 'order'
  | 'time'
  | 'reaction'
  | 'answer'
  | 'twice-order'
  | 'twice-time'
  | 'twice-reaction'

/** Uses of which a mapping has at most one column. */
const ONCE = ['order', 'time', 'reaction'] as const

/** What somebody still has to say before the file can be read; the edge asks for the same, in other words. */
export function gapsOf({ kind, columns, reaction, denies = [] }: ImportMapping): MappingGap[] {
  const count = (use: string) => columns.filter((column) => column.use === use).length
  const needs: readonly (readonly [MappingGap, boolean])[] = [
    ['identifier', count('identifier') === 0],
    ['order', kind === 'orders' && count('order') === 0],
    ['time', (kind === 'orders' || kind === 'campaigns') && count('time') === 0],
    ['reaction', kind === 'campaigns' && count('reaction') === 0 && reaction === undefined],
    ['answer', kind === 'consents' && count('consent') === 0 && denies.length === 0],
    ...ONCE.map((use) => [`twice-${use}`, count(use) > 1] as const),
  ]
  return needs.flatMap(([gap, isOpen]) => (isOpen ? [gap] : []))
}
