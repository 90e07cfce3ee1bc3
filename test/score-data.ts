import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { dataFile } from './data.ts'

/** Orders of real customers as CSV files to be imported, for tests that can read none. Null: not on this machine. */
export interface ScoreData {
  readonly rfm: string | null
  readonly cdnow: string | null
}

export function scoreData(): ScoreData {
  const rfm = dataFile('rfm/orders.csv.gz')
  const cdnow = dataFile('cdnow/sample.txt')
  return {
    rfm: rfm && toFile(linesOf(gunzipSync(readFileSync(rfm)).toString()).slice(1)),
    cdnow: cdnow && toFile(linesOf(readFileSync(cdnow, 'utf8')).map(cdnowOrder)),
  }
}

const linesOf = (text: string): string[] => text.trim().split('\n')

/** Of lines of customer, date and revenue; the number of the order is that of its line. */
const toFile = (lines: readonly string[]): string =>
  ['order,customer,date,revenue', ...lines.map((line, place) => `${place + 1},${line}`), ''].join(
    '\n',
  )

/** Fields: master id, sample id, date, CDs, dollars. */
function cdnowOrder(line: string): string {
  const [, customer = '', date = '', , dollars = ''] = line.trim().split(/\s+/)
  return `${customer},${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)},${dollars}`
}
