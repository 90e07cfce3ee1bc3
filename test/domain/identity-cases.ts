import { readFileSync } from 'node:fs'
import { dataFile } from '../data.ts'
import type { Case } from './identity-case.ts'

/** The worked cases; none if they are not on this machine. */
export function identityCases(): readonly Case[] {
  const file = dataFile('identity/cases.json')
  return file === null ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Case[])
}
