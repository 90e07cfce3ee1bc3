import type { Problem } from '../../edge/protocol/problem.ts'
import { ProblemError } from './problem.ts'
import { translated } from './request.ts'

/**
 * Sends bytes as the body of a request. `fetch` tells nothing of how much was sent, so this is the older way.
 * `onProgress`: bytes sent. Throws `ProblemError`, or `AbortError` once the signal says so.
 */
export function sendBytes<T>(
  method: 'POST' | 'PUT',
  path: string,
  body: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    const fail = async (problem: Problem) => reject(new ProblemError(await translated(problem)))
    const abort = () => request.abort()
    request.open(method, path)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('error', () =>
      fail({ type: 'about:blank', title: 'No answer', status: 0 }),
    )
    request.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
    request.addEventListener('load', () => {
      try {
        const answer: unknown = JSON.parse(request.responseText)
        if (request.status >= 200 && request.status < 300) resolve(answer as T)
        else fail(answer as Problem)
      } catch {
        fail({ type: 'about:blank', title: `HTTP ${request.status}`, status: request.status })
      }
    })
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    signal.addEventListener('abort', abort)
    request.send(body)
  })
}
