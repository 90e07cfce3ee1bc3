import type { LiveMessage } from '../../edge/protocol/live.ts'

export type LiveStatus = 'connecting' | 'live' | 'reconnecting'

/** Waits between tries, milliseconds; the last one repeats. Each is jittered so that viewers do not return at once. */
const BACKOFF = [500, 1_000, 2_000, 5_000, 10_000, 30_000] as const

/**
 * Keeps one WebSocket to `/api/live` open until the returned function is called. A connection counts as live with
 * its first message, because a proxy may accept a socket that the edge then refuses.
 */
export function connectLive(handlers: {
  readonly onMessage: (message: LiveMessage) => void
  readonly onStatus: (status: LiveStatus) => void
}): () => void {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let closed = false

  const open = () => {
    const address = new URL('/api/live', location.href)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    socket = new WebSocket(address)
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (typeof event.data !== 'string') return
      const message = parseMessage(event.data)
      if (message === null) return
      if (message.type === 'state') {
        failures = 0
        handlers.onStatus('live')
      }
      handlers.onMessage(message)
    })
    socket.addEventListener('close', retry)
  }

  const retry = () => {
    if (closed) return
    handlers.onStatus('reconnecting')
    const wait = BACKOFF[Math.min(failures, BACKOFF.length - 1)] ?? 30_000
    failures += 1
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2))
  }

  // Coming back online or to the tab is worth a try at once.
  const hurry = () => {
    if (closed || document.visibilityState === 'hidden') return
    if (socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING) return
    clearTimeout(timer)
    open()
  }

  handlers.onStatus('connecting')
  open()
  window.addEventListener('online', hurry)
  document.addEventListener('visibilitychange', hurry)
  return () => {
    closed = true
    clearTimeout(timer)
    window.removeEventListener('online', hurry)
    document.removeEventListener('visibilitychange', hurry)
    socket?.close()
  }
}

function parseMessage(text: string): LiveMessage | null {
  try {
    return JSON.parse(text) as LiveMessage
  } catch {
    // Half a message says nothing; the next one is whole.
    return null
  }
}
