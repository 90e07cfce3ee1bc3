import { inject } from 'vitest'
import type { Addresses } from '../demo/start.ts'

/** Where the whole product runs, with the test clock and the demo workspace; starts it for the first who asks. */
export async function product(): Promise<Addresses> {
  const response = await fetch(inject('productStarter'))
  if (!response.ok) throw new Error(`the product did not start: ${await response.text()}`)
  return (await response.json()) as Addresses
}
