import type { ApiImport } from '../../edge/protocol/import.ts'
import { problemOf } from './problem.ts'

/** Parts on their way at the same time: one alone waits for each answer. */
const WIDTH = 3
/** Tries of one part, a minute and a half in all: most breaks are shorter. */
const TRIES = 8
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 30_000

/** What an upload needs of the world. */
export interface PartsWay {
  readonly put: (
    part: number,
    bytes: Blob,
    onProgress: (sent: number) => void,
    signal: AbortSignal,
  ) => Promise<unknown>
  readonly complete: (signal: AbortSignal) => Promise<ApiImport>
  /** Ends early when the signal says so. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Sends the parts of a file that have not arrived yet, then says that all are there. What a break or a busy server
 * costs is tried again; what is refused ends it. `onProgress`: bytes that have arrived or are on their way.
 */
export async function uploadInParts(
  file: Blob,
  { upload, size }: Pick<ApiImport, 'upload' | 'size'>,
  way: PartsWay,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<ApiImport> {
  const { partSize = size, received = [] } = upload ?? {}
  const sizeOf = (part: number) => Math.min(partSize, size - (part - 1) * partSize)
  const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, at) => at + 1)
  const missing = numbers.filter((part) => !received.includes(part))
  const sent = new Map(received.map((part) => [part, sizeOf(part)]))
  const tell = (part: number, bytes: number) => {
    sent.set(part, Math.min(bytes, sizeOf(part)))
    onProgress([...sent.values()].reduce((sum, each) => sum + each, 0))
  }
  // A part that is refused ends the others too.
  const ended = new AbortController()
  const either = AbortSignal.any([signal, ended.signal])
  const worker = async (): Promise<void> => {
    for (let part = missing.shift(); part !== undefined; part = missing.shift()) {
      const number = part
      const bytes = file.slice((number - 1) * partSize, (number - 1) * partSize + sizeOf(number))
      await stubbornly(
        way,
        () => way.put(number, bytes, (loaded) => tell(number, loaded), either),
        either,
        () => tell(number, 0),
      )
      tell(number, sizeOf(number))
    }
  }
  try {
    await Promise.all(Array.from({ length: WIDTH }, worker))
  } finally {
    ended.abort()
  }
  return stubbornly(way, () => way.complete(signal), signal)
}

async function stubbornly<T>(
  { wait }: PartsWay,
  act: () => Promise<T>,
  signal: AbortSignal,
  onFailure: () => void = () => undefined,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      signal.throwIfAborted()
      return await act()
    } catch (error) {
      if (signal.aborted || failures >= TRIES || !isPassing(error)) throw error
      onFailure()
      await wait(Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT), signal)
    }
  }
}

/** No answer, or a server that says it is busy: it may go better later. */
const isPassing = (error: unknown): boolean => {
  const { status } = problemOf(error)
  return status === 0 || status === 429 || status >= 500
}
