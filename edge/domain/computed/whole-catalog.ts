import type { Catalog } from '../../protocol/catalog.ts'
import type { AccountLookup } from '../account.ts'
import { compileCatalog, type CompiledCatalog } from '../compiled-catalog.ts'
import type { RetiredSegment } from '../retired.ts'
import { edgeScores } from '../score/edge-scores.ts'
import { computedBy } from './condition.ts'

/** A catalog with the traits that it computes, and with what only the edge keeps: no browser does either. */
export const compileWhole = (
  catalog: Catalog,
  accounts?: AccountLookup,
  retired?: readonly RetiredSegment[],
): CompiledCatalog =>
  compileCatalog(
    catalog,
    accounts,
    retired,
    computedBy(catalog.computedTraits),
    edgeScores(catalog.caps),
  )
