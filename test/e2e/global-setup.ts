import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { DEMO } from '../demo/account.ts'
import { portsFrom } from '../demo/ports.ts'
import { addressesOf, startAll, type Running } from '../demo/start.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where `product()` asks for the running product. */
    readonly productStarter: string
  }
}

/**
 * One running product for all browser tests, with a state of its own, started when the first test asks for it: tests
 * that need none of it do not wait for it. `PRISME_RUNNING=1` takes the one that `PRISME_TEST=1 npm start` runs, at the
 * ports of the environment.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = mkdtempSync(join(tmpdir(), 'prisme-e2e-'))
  let running: Promise<Running> | undefined
  const start = () =>
    (running ??= startAll({ stateDir, ports: 'free', test: true, say: () => undefined }))

  let signedIn: Promise<readonly string[]> | undefined
  const starter = createServer((request, response) => {
    const addresses =
      process.env['PRISME_RUNNING'] === '1'
        ? Promise.resolve(addressesOf(portsFrom(process.env)))
        : start().then((product) => product.addresses)
    const answer =
      request.url === '/session'
        ? addresses.then(({ dashboard }) => (signedIn ??= signInTo(dashboard)))
        : addresses
    answer.then(
      (told) => response.end(JSON.stringify(told)),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  await new Promise<void>((resolve) => starter.listen(0, '127.0.0.1', resolve))
  const { port } = starter.address() as AddressInfo
  project.provide('productStarter', `http://127.0.0.1:${port}`)

  return async () => {
    starter.close()
    await running?.then(
      (product) => product.stop(),
      () => undefined, // it never started: the tests that asked for it have said why
    )
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** What the browser is told to keep. One session for all tests: sign-ins are counted, by address. */
async function signInTo(dashboard: string): Promise<readonly string[]> {
  const response = await fetch(`${dashboard}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: dashboard },
    body: JSON.stringify({ email: DEMO.email, password: DEMO.password }),
  })
  if (!response.ok) throw new Error(`signing in was answered ${response.status}`)
  return response.headers.getSetCookie()
}
