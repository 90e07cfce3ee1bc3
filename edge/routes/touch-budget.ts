import type { ApiPressure } from '../protocol/api-touch.ts'
import type { SourceDefinition } from '../protocol/catalog.ts'
import type { IngestResult } from '../protocol/shard.ts'
import type { CapBudget } from '../protocol/touch.ts'
import { iso } from './shapes.ts'

export const showBudget = ({
  cap,
  name,
  most,
  pressure,
  remaining,
  freeAt,
}: CapBudget): ApiPressure => ({
  cap,
  name,
  most,
  pressure,
  remaining,
  ...(freeAt !== undefined && { freeAt: freeAt === null ? null : iso(freeAt) }),
})

/** What a request for decisions asks for beside them, if its source is told it. */
export const asksPressure = ({ pressure }: SourceDefinition): { readonly pressure?: true } =>
  pressure === true ? { pressure } : {}

/** What may still be sent, as it is told to the source. */
export const toldPressure = ({
  pressure,
}: Extract<IngestResult, { readonly type: 'done' }>): {
  readonly pressure?: readonly ApiPressure[]
} => (pressure === undefined ? {} : { pressure: pressure.map(showBudget) })
