import { Agent, request } from 'node:http'
import { percentile } from './statistics.ts'

export interface Call {
  readonly path: string
  readonly body: string
  readonly headers?: { readonly [name: string]: string }
}

export interface Reply {
  readonly status: number
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly body: string
}

export interface Round {
  readonly requests: number
  /** Requests a second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

export interface Load {
  readonly origin: string
  /** Callers, each of which sends its next request when it has the answer to the last. */
  readonly concurrency: number
  /** Milliseconds, or whether it is over; at least one request is sent. */
  readonly duration: number | (() => boolean)
  readonly next: () => Call
  /** Why a reply is wrong; undefined: it is right. A fast error is no result. */
  readonly fault: (reply: Reply) => string | undefined
}

/** Calls for a while over kept-alive connections. Throws at the first wrong reply. */
export async function load({ origin, concurrency, duration, next, fault }: Load): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const times: number[] = []
  const start = performance.now()
  const isOver =
    typeof duration === 'number' ? () => performance.now() >= start + duration : duration
  try {
    const caller = async () => {
      do {
        const begun = performance.now()
        const reply = await post(origin, next(), agent)
        times.push(performance.now() - begun)
        const wrong = fault(reply)
        if (wrong) throw new Error(`${wrong}: ${reply.status} ${reply.body.slice(0, 500)}`)
      } while (!isOver())
    }
    await Promise.all(Array.from({ length: concurrency }, caller))
  } finally {
    agent.destroy()
  }
  const seconds = (performance.now() - start) / 1_000
  return {
    requests: times.length,
    rate: times.length / seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  }
}

/** One POST. */
export function post(origin: string, { path, body, headers }: Call, agent?: Agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${origin}${path}`,
      {
        method: 'POST',
        ...(agent && { agent }),
        headers: { 'content-length': Buffer.byteLength(body), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
