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

/** Below those that systems give to whoever asks for any: nobody is given one of them meanwhile. */
const [FIRST_PORT, CHOICE] = [20_000, 10_000]
const TRIES = 100

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (let turn = 0; turn < TRIES; turn++) {
    const port = FIRST_PORT + Math.floor(Math.random() * CHOICE)
    if (await isFree(port)) return port
  }
  throw new Error(`No port from ${FIRST_PORT} to ${FIRST_PORT + CHOICE} is free`)
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
