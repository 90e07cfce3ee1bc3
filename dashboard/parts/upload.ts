import type { ApiImport } from '../../edge/protocol/import.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { ProblemError } from './problem.ts'
import { query } from './request.ts'

/**
 * Sends a file as the body of a new import. `fetch` tells nothing of how much was sent, so this is the older way.
 * `onProgress`: share sent, 0 to 1.
 */
export function uploadImport(
  name: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ApiImport> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (problem: Problem) => reject(new ProblemError(problem))
    request.open('POST', `/api/imports${query({ name })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total))
    request.addEventListener('error', () =>
      fail({ type: 'about:blank', title: 'No answer', status: 0 }),
    )
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    request.addEventListener('load', () => {
      try {
        const body: unknown = JSON.parse(request.responseText)
        if (request.status === 201) resolve(body as ApiImport)
        else fail(body as Problem)
      } catch {
        fail({ type: 'about:blank', title: `HTTP ${request.status}`, status: request.status })
      }
    })
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
