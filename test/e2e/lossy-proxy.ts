import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as it passed. */
export interface Passed {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** What the edge answered. */
  readonly status: number
  /** The sender never heard of it. */
  readonly isLost: boolean
}

export interface LossyProxy {
  readonly origin: string
  readonly passed: readonly Passed[]
  close(): Promise<void>
}

/**
 * Stands between a client and the edge, and loses answers: the edge has taken the request in, and the client's
 * connection breaks. `loses` says of which requests; they are asked about in order, preflights left out.
 */
export async function lossyProxy(
  edge: string,
  loses: (request: { readonly method: string; readonly path: string }, sent: number) => boolean,
): Promise<LossyProxy> {
  const { hostname, port } = new URL(edge)
  const passed: Passed[] = []
  let sent = 0
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      const isLost = method !== 'OPTIONS' && loses({ method, path }, sent++)
      const onward = request({ hostname, port, method, path, headers }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const status = answer.statusCode ?? 0
          passed.push({ method, path, headers, body, status, isLost })
          if (isLost) return outgoing.destroy()
          const { connection: _, 'keep-alive': __, ...rest } = answer.headers
          // A browser repeats by itself what it lost on a connection in its second use: here it has none.
          outgoing.writeHead(status, { ...rest, connection: 'close' }).end(Buffer.concat(parts))
        })
      })
      onward.on('error', () => outgoing.destroy())
      onward.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${own}`,
    passed,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
