import { PART_SIZE, type ApiImport } from '../../edge/protocol/import.ts'
import { api } from './api.ts'
import { query } from './request.ts'
import { sendBytes } from './send-bytes.ts'
import { uploadInParts, type PartsWay } from './upload-in-parts.ts'

/** What a browser tells of a file, without reading it: the same file chosen again says the same. */
export const fingerprintOf = ({ name, size, lastModified }: File): string =>
  `${name.slice(0, 200)} ${size} ${lastModified}`

/** An upload of this very file that was broken off. */
export const unfinishedOf = (file: File, imports: readonly ApiImport[]): ApiImport | undefined =>
  imports.find(
    ({ state, size, upload }) =>
      state === 'uploading' && size === file.size && upload?.fingerprint === fingerprintOf(file),
  )

/** Small files in one request; so are packed ones, of which a part alone cannot be read. */
export const isSentInParts = (file: File): boolean =>
  file.size > PART_SIZE && !file.name.toLowerCase().endsWith('.gz')

export interface Upload {
  readonly file: File
  readonly name: string
  /** An upload to go on with. */
  readonly unfinished?: ApiImport | undefined
  /** Told as soon as an upload in parts has begun. */
  readonly onBegun: (begun: ApiImport) => void
  /** Bytes. */
  readonly onProgress: (sent: number) => void
  readonly signal: AbortSignal
}

/** Sends a file, in one request or in parts. */
export async function uploadFile({
  file,
  name,
  unfinished,
  onBegun,
  onProgress,
  signal,
}: Upload): Promise<ApiImport> {
  if (unfinished === undefined && !isSentInParts(file)) {
    return sendBytes('POST', `/api/imports${query({ name })}`, file, onProgress, signal)
  }
  const begun =
    unfinished === undefined
      ? await api.imports.beginUpload({ name, size: file.size, fingerprint: fingerprintOf(file) })
      : await api.imports.get(unfinished.id)
  onBegun(begun)
  const path = `/api/imports/${encodeURIComponent(begun.id)}`
  const way: PartsWay = {
    put: (part, bytes, onSent, until) =>
      sendBytes('PUT', `${path}/parts/${part}`, bytes, onSent, until),
    complete: () => api.imports.complete(begun.id),
    wait,
  }
  // All was there, and only the answer was lost.
  if (begun.state !== 'uploading') return begun
  return uploadInParts(file, begun, way, onProgress, signal)
}

/** Ends early when the browser is online again, or nobody waits any more. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    addEventListener('online', done)
    signal.addEventListener('abort', done)
    function done() {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
