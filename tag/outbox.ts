import { type UseStore, createStore, promisifyRequest } from 'idb-keyval'
import type { Entry } from './bounds.ts'
import { guard, within } from './guard.ts'
import { isRandomId } from './random-id.ts'
import { STORAGE_NAME } from './settings.ts'

/** Longer than this, and storage counts as blocked: some browsers open a database for ever. */
const STORAGE_WAIT = 2_000

/** Where the device key stands among the entries; sorts after every `timeKey`. */
const DEVICE = '~'

/** The queue in IndexedDB, one row an event, so that tabs add and remove without reading each other's. */
export interface Outbox {
  /** False once storage has failed: the queue then lives in the page alone. */
  readonly durable: () => boolean
  /** `free`: any tab may send these at once, for their own tab's try has failed. */
  readonly put: (batch: readonly Entry[], free: boolean) => void
  readonly remove: (batch: readonly Entry[]) => void
  /** Everything that any tab of this origin has left, oldest first. Rejects where storage is blocked. */
  readonly list: () => Promise<readonly StoredEntry[]>
}
export interface StoredEntry extends Entry {
  readonly free: boolean
}

let blocked = false
let opened: UseStore | undefined

/** One transaction; its failure is the last that is tried. Opened at first use, which is after consent. */
async function transact<T>(
  mode: IDBTransactionMode,
  work: (rows: IDBObjectStore) => T | PromiseLike<T>,
): Promise<T> {
  if (blocked) throw blocked
  try {
    opened ??= createStore(STORAGE_NAME, 'queue')
    return await within(STORAGE_WAIT, opened(mode, work))
  } catch (error) {
    blocked = true
    throw error
  }
}

const change = guard((work: (rows: IDBObjectStore) => void) =>
  transact('readwrite', (rows) => {
    work(rows)
    const done = promisifyRequest(rows.transaction)
    rows.transaction.commit?.() // without waiting for this page, which may be closing
    return done
  }),
)

export const outbox: Outbox = {
  durable: () => !blocked,
  put: (batch, free) => {
    change((rows) => batch.forEach((entry) => rows.put({ ...entry, free }, entry.key)))
  },
  remove: (batch) => {
    change((rows) => batch.forEach(({ key }) => rows.delete(key)))
  },
  list: async () => {
    const rows = await transact('readonly', (all) => promisifyRequest(all.getAll()))
    return rows.filter(({ json }: StoredEntry) => json)
  },
}

export const clearOutbox = (): void => {
  change((rows) => rows.clear())
}

export const keepDevice = (device: string): void => {
  change((rows) => rows.put(device, DEVICE))
}

/** The origin's one device key: `candidate` if there was none. Two tabs get the same. */
export const deviceKey = (candidate: string): Promise<string> =>
  transact('readwrite', async (rows) => {
    const device = await promisifyRequest<unknown>(rows.get(DEVICE))
    if (isRandomId(device)) return device
    await promisifyRequest(rows.put(candidate, DEVICE))
    return candidate
  }).catch(() => candidate)
