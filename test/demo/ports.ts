import { createServer } from 'node:net'

/** Where each part listens: the variable that moves it and its default. */
export const PORTS = {
  edge: { variable: 'PORT', default: 8787 },
  dashboard: { variable: 'DASHBOARD_PORT', default: 8788 },
  shop: { variable: 'SHOP_PORT', default: 8789 },
  inbox: { variable: 'INBOX_PORT', default: 8790 },
} as const

export type Part = keyof typeof PORTS
export type Ports = { readonly [P in Part]: number }

const PARTS = Object.keys(PORTS) as readonly Part[]

/** The ports the environment asks for. Throws naming the variable that holds no port. */
export function portsFrom(environment: NodeJS.ProcessEnv): Ports {
  return forEachPart((part) => {
    const { variable, default: usual } = PORTS[part]
    const text = environment[variable] || String(usual)
    const port = Number(text)
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
      throw new Error(`${variable}=${text} is not a port (1 to 65535).`)
    }
    return port
  })
}

/** Throws, naming port and variable, if two parts want one port or somebody else has it. */
export async function requireFree(ports: Ports): Promise<void> {
  for (const part of PARTS) {
    const port = ports[part]
    const { variable } = PORTS[part]
    const rival = PARTS.find((other) => other !== part && ports[other] === port)
    if (rival) {
      throw new Error(
        `${variable} and ${PORTS[rival].variable} are both ${port}: change one of them.`,
      )
    }
    if (!(await isFree(port))) {
      throw new Error(
        `Port ${port} (${part}) is taken by another program. Stop it, or choose another: ${variable}=${port + 100} npm start`,
      )
    }
  }
}

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}

/** One free port for each part. */
export async function freePorts(): Promise<Ports> {
  const found = new Set<number>()
  while (found.size < PARTS.length) found.add(await freePort())
  const ports = [...found]
  return forEachPart((_, index) => ports[index] as number)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function forEachPart(choose: (part: Part, index: number) => number): Ports {
  const entries = PARTS.map((part, index) => [part, choose(part, index)] as const)
  return Object.fromEntries(entries) as Ports
}
