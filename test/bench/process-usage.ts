import { readdirSync, readFileSync } from 'node:fs'

export interface Usage {
  /** Of all threads, since each began. */
  readonly cpuSeconds: number
  /** Megabytes that are resident. */
  readonly memory: number
}

/** Ticks a second that Linux counts processor time in, for programs. */
const TICKS = 100

/** What the workerd processes that this one began have used, as Linux tells it. */
export function usageOf(): Usage {
  let [cpuSeconds, memory] = [0, 0]
  for (const id of childrenOf(process.pid)) {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    if (!stat.includes('(workerd)')) continue
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]
    memory += Math.round(Number(resident ?? 0) / 1024)
  }
  return { cpuSeconds, memory }
}

const childrenOf = (id: number): readonly string[] =>
  readdirSync(`/proc/${id}/task`).flatMap((thread) =>
    readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  )
