import { DurableObject } from 'cloudflare:workers'
import { withFaults } from '../domain/import-faults.ts'
import type { ImportCounts, ImportMapping, ImportRowError } from '../protocol/import.ts'
import { DAY, MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import {
  ImportStore,
  NO_COUNTS,
  type ImportCursor,
  type ImportFile,
  type ImportRecord,
  type ImportUpload,
  type ReceivedPart,
} from '../storage/import-store.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { UploadInParts, type NewUpload } from './import-upload.ts'

/** What reading one slice of the file came to. */
export type SliceResult =
  | {
      readonly type: 'read'
      readonly cursor: ImportCursor
      /** Of this slice alone. */
      readonly counts: ImportCounts
      readonly errors: readonly ImportRowError[]
      /** The bad rows as they stand in the file, sealed; absent: none. */
      readonly sealed?: string
      readonly isEnd: boolean
    }
  /** Nothing of the slice counts: it is read again later. */
  | { readonly type: 'busy' }
  /** It will not go better later. */
  | { readonly type: 'failed'; readonly reason: string }

/** Slices in one run of the alarm: should the object be killed, the next run begins after the last one that counts. */
const SLICES = 16
/** Should a run be killed, the next begins after that. */
const WATCHDOG: Millis = MINUTE
const FIRST_RETRY: Millis = SECOND
const LONGEST_RETRY: Millis = MINUTE
/** Failures in a row after which somebody must look at it. */
const MAX_FAILURES = 30
/** How long files and bad rows are kept after the last that happened. */
const KEPT: Millis = 7 * DAY
const MAX_ERRORS = 20
const PACE = 8

/**
 * One import: reads its file slice by slice and remembers how far it is. Cursor and counts of a slice are stored in
 * one transaction, after all of it was taken in. A slice that was cut short is sent again: message ids make that safe,
 * its rows then count as duplicates.
 */
export abstract class ImportJobObject extends DurableObject<Env> {
  readonly #store = new ImportStore(this.ctx.storage.sql)
  readonly #upload = new UploadInParts(this.env, this.#store)

  /** Reads, checks and (unless it is a dry run) sends one slice of the file. */
  protected abstract slice(record: ImportRecord): Promise<SliceResult>

  /** Before the upload: whatever becomes of it, the file does not lie there for ever. */
  async reserve(key: string): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.#store.reserve(key)
      this.#setAlarm(clock.now() + KEPT)
    })
  }

  /** Begins an upload in parts. */
  async open(upload: NewUpload): Promise<ImportUpload> {
    return this.ctx.storage.transactionSync(() => {
      const begun = this.#upload.begin(upload)
      this.#setAlarm(begun.expiresAt)
      return begun
    })
  }

  /** The bucket has a part. Null: nothing is uploaded here any more. */
  async receive(part: ReceivedPart): Promise<ImportUpload | null> {
    return this.ctx.storage.transactionSync(() => {
      const upload = this.#upload.receive(part)
      if (upload !== undefined) this.#setAlarm(upload.expiresAt)
      return upload ?? null
    })
  }

  /** All of the file is there. */
  async create(file: ImportFile): Promise<ImportRecord> {
    const record = newRecord(file)
    this.ctx.storage.transactionSync(() => {
      this.#store.saveUpload(undefined)
      this.#store.save(record)
      this.#setAlarm(clock.now() + KEPT)
    })
    return record
  }

  async status(): Promise<ImportRecord | ImportUpload | null> {
    return this.#store.upload() ?? this.#store.record() ?? null
  }

  /** The file goes at once, a run under way counts no further; what was taken in stays. */
  async remove(): Promise<void> {
    const key = this.#store.reserved()
    const [upload, record] = [this.#store.upload(), this.#store.record()]
    if (record !== undefined) {
      const next = { ...record, run: record.run + 1, state: 'cancelled' as const }
      this.ctx.storage.transactionSync(() => this.#store.save(next))
    }
    if (upload !== undefined) await this.#upload.abort(upload)
    else if (key !== undefined) await this.env.LAKE.delete(key)
    this.ctx.storage.transactionSync(() => {
      this.#store.clear()
      void this.ctx.storage.deleteAlarm()
    })
  }

  /** The file is written otherwise than was thought: whatever was read of it is read anew. */
  async rewrite(
    read: Pick<ImportFile, 'format' | 'columns' | 'start'>,
  ): Promise<ImportRecord | 'busy' | 'gone'> {
    return this.ctx.storage.transactionSync(() => {
      const record = this.#store.record()
      if (record === undefined || record.isGone === true) return 'gone'
      if (isActive(record)) return 'busy'
      const { workspace, id, name, source, key, size, createdAt, run } = record
      const file = { workspace, id, name, source, key, size, createdAt, ...read }
      const next = { ...newRecord(file), run: run + 1 }
      this.#store.dropFaults()
      this.#store.save(next)
      this.#setAlarm(clock.now() + KEPT)
      return next
    })
  }

  /** Starts a run. A real one that was cancelled or failed goes on where it stopped if its mapping is the same. */
  async begin({
    mapping,
    dryRun,
  }: {
    readonly mapping: ImportMapping
    readonly dryRun: boolean
  }): Promise<ImportRecord | 'busy' | 'gone'> {
    return this.ctx.storage.transactionSync(() => {
      const record = this.#store.record()
      if (record === undefined || record.isGone === true) return 'gone'
      if (isActive(record)) return 'busy'
      const { trouble: _trouble, finishedAt: _finished, ...kept } = record
      const resumes =
        !dryRun &&
        !record.dryRun &&
        record.state !== 'done' &&
        JSON.stringify(record.mapping) === JSON.stringify(mapping)
      const now = clock.now()
      const anew = {
        cursor: record.start,
        counts: NO_COUNTS,
        errors: [],
        errorsOmitted: 0,
        faults: [],
        startedAt: now,
      }
      if (!resumes) this.#store.dropFaults()
      const next: ImportRecord = {
        ...kept,
        ...(!resumes && anew),
        mapping,
        dryRun,
        state: dryRun ? 'checking' : 'running',
        run: record.run + 1,
        pace: [],
        failures: 0,
      }
      this.#store.save(next)
      this.#setAlarm(now)
      return next
    })
  }

  /** Takes effect at once: what the slice under way still brings is not counted, and no other begins. */
  async cancel(): Promise<ImportRecord | null> {
    return this.ctx.storage.transactionSync(() => {
      const record = this.#store.record()
      if (record === undefined) return null
      if (!isActive(record)) return record
      const now = clock.now()
      const next = { ...record, state: 'cancelled' as const, run: record.run + 1, finishedAt: now }
      this.#store.save(next)
      this.#setAlarm(now + KEPT)
      return next
    })
  }

  /**
   * Somebody is erased who may be named in it: the file of an import that is over goes at once. False: it is not over,
   * or was gone.
   */
  async forget(): Promise<boolean> {
    const record = this.#store.record()
    if (record === undefined || record.isGone === true) return false
    if (record.finishedAt === undefined || record.dryRun || isActive(record)) return false
    await this.#cleanUp(record)
    return true
  }

  async faults(after: number): Promise<{ readonly seq: number; readonly sealed: string } | null> {
    return this.#store.faults(after) ?? null
  }

  /** Never throws: an alarm that keeps failing is dropped by the platform after six tries. */
  override async alarm(): Promise<void> {
    try {
      const upload = this.#store.upload()
      if (upload !== undefined) return await this.#expire(upload)
      const record = this.#store.record()
      if (record === undefined || !isActive(record)) await this.#cleanUp(record)
      else await this.#work(record.run)
    } catch {
      // The record says what is left to do.
      this.#setAlarm(clock.now() + LONGEST_RETRY)
    }
  }

  async #work(run: number): Promise<void> {
    this.ctx.storage.transactionSync(() => this.#setAlarm(clock.now() + WATCHDOG))
    for (let slice = 0; slice < SLICES; slice++) {
      const record = this.#store.record()
      if (record === undefined || record.run !== run || !isActive(record)) return
      let result: SliceResult
      try {
        result = await this.slice(record)
      } catch {
        // An object, bucket or database that does not answer is asked again.
        result = { type: 'busy' }
      }
      const goesOn = this.ctx.storage.transactionSync(() => this.#settle(run, result))
      if (!goesOn) return
    }
    this.ctx.storage.transactionSync(() => {
      if (this.#store.record()?.run === run) this.#setAlarm(clock.now())
    })
  }

  /** Stores what a slice came to. True: the next may follow at once. */
  #settle(run: number, result: SliceResult): boolean {
    const record = this.#store.record()
    // Cancelled, or started anew, while the slice was under way.
    if (record === undefined || record.run !== run) return false
    const now = clock.now()
    if (result.type === 'failed') {
      this.#finish(record, { state: 'failed', trouble: result.reason })
      return false
    }
    if (result.type === 'busy') {
      const failures = record.failures + 1
      if (failures >= MAX_FAILURES) {
        this.#finish(record, { state: 'failed', trouble: 'busy' })
        return false
      }
      const state = record.dryRun ? record.state : ('paused' as const)
      this.#store.save({ ...record, failures, state, trouble: 'busy', pace: [] })
      this.#setAlarm(now + Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY))
      return false
    }
    const { trouble: _trouble, ...untroubled } = record
    const counts = sum(record.counts, result.counts)
    const isKept =
      result.sealed === undefined || this.#store.addFaults(result.sealed, result.errors.length)
    const next: ImportRecord = {
      ...untroubled,
      state: record.dryRun ? 'checking' : 'running',
      cursor: result.cursor,
      counts,
      errors: [...record.errors, ...result.errors].slice(0, MAX_ERRORS),
      errorsOmitted: record.errorsOmitted + (isKept ? 0 : result.errors.length),
      faults: withFaults(record.faults, result.errors),
      pace: [...record.pace, [now, counts.read] as const].slice(-PACE),
      failures: 0,
    }
    if (!result.isEnd) {
      this.#store.save(next)
      this.#setAlarm(now + WATCHDOG)
      return true
    }
    this.#finish(next, { state: record.dryRun ? 'ready' : 'done' })
    return false
  }

  #finish(record: ImportRecord, outcome: Pick<ImportRecord, 'state' | 'trouble'>): void {
    const now = clock.now()
    this.#store.save({ ...record, ...outcome, finishedAt: now })
    this.#setAlarm(now + KEPT)
  }

  async #expire(upload: ImportUpload): Promise<void> {
    if (clock.now() < upload.expiresAt) return this.#setAlarm(upload.expiresAt)
    await this.#upload.expire(upload)
    this.ctx.storage.transactionSync(() => {
      // A part that came meanwhile came too late: what it belonged to is gone.
      this.#store.clear()
    })
  }

  /** The file holds readable addresses: it goes when nobody has asked for it in a while. */
  async #cleanUp(record: ImportRecord | undefined): Promise<void> {
    const key = this.#store.reserved()
    if (key === undefined || record?.isGone === true) return
    const run = record?.run
    await this.env.LAKE.delete(key)
    this.ctx.storage.transactionSync(() => {
      const present = this.#store.record()
      if (present === undefined || present.run !== run) return
      this.#store.dropFaults()
      this.#store.save({ ...present, isGone: true })
    })
  }

  #setAlarm(at: Millis): void {
    void this.ctx.storage.setAlarm(clock.toWall(at))
  }
}

const newRecord = (file: ImportFile): ImportRecord => ({
  ...file,
  state: 'uploaded',
  dryRun: true,
  cursor: file.start,
  counts: NO_COUNTS,
  run: 0,
  errors: [],
  errorsOmitted: 0,
  faults: [],
  pace: [],
  failures: 0,
})

/** What other objects and routes may ask of an import. */
export const isActive = ({ state }: Pick<ImportRecord, 'state'>): boolean =>
  state === 'checking' || state === 'running' || state === 'paused'

const sum = (one: ImportCounts, other: ImportCounts): ImportCounts => ({
  read: one.read + other.read,
  accepted: one.accepted + other.accepted,
  duplicate: one.duplicate + other.duplicate,
  rejected: one.rejected + other.rejected,
  failed: one.failed + other.failed,
})
