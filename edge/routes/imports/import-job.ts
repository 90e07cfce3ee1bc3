import { ImportJobObject, type SliceResult } from '../../objects/import-job.ts'
import type { ImportRecord } from '../../storage/import-store.ts'
import { importSlice } from './import-slice.ts'

/** The import's object, with the intake as its way in: objects themselves know no routes. */
export class ImportJob extends ImportJobObject {
  protected override slice(record: ImportRecord): Promise<SliceResult> {
    return importSlice(this.env, record)
  }
}
