import { createAdaptorServer } from '@hono/node-server'

/** A server that answers. `close` ends open connections too, live streams among them. */
export interface Listening {
  /** e.g. `http://127.0.0.1:8789`, with the port that was really taken. */
  readonly origin: string
  close(): Promise<void>
}

export interface ListenOptions {
  readonly name: string
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** 0 takes any free port. */
  readonly port: number
}

/** Serves on loopback only. Rejects with a sentence for people when the port is taken. */
export function listen({ name, fetch, port }: ListenOptions): Promise<Listening> {
  const server = createAdaptorServer({ fetch, hostname: '127.0.0.1' })
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(taken ? new Error(`${name}: port ${port} is taken by another program`) : error)
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const actual = typeof address === 'object' && address !== null ? address.port : port
      resolve({
        origin: `http://127.0.0.1:${actual}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            if ('closeAllConnections' in server) server.closeAllConnections()
          }),
      })
    })
  })
}
