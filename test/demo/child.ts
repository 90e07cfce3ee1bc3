import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { ENVIRONMENT } from '../command.ts'

/** How long a program may take to end by itself before it is killed. */
const PATIENCE = 5_000

/** A long-running program in a process group of its own, so that nothing it started outlives it. */
export interface Child {
  /** Rejects when the program has ended: with the end of its log if nobody stopped it. Never resolves. */
  readonly ended: Promise<never>
  /** Id of the program, which is its group's too. */
  readonly pid: number
  stop(): Promise<void>
}

/** Starts a program. Its output goes to the file `log`. */
export function startChild(
  name: string,
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly log: string; readonly env?: NodeJS.ProcessEnv },
): Child {
  const { cwd, log, env = {} } = options
  const output = openSync(log, 'a')
  // Detached: Ctrl-C in the terminal reaches us alone, and we stop the parts in order.
  const child = spawn(command, args, {
    cwd,
    env: { ...ENVIRONMENT, ...env },
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const { pid } = child
  if (pid === undefined) throw new Error(`${name}: ${command} could not be started`)

  let isStopping = false
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ended = exited.then((): Promise<never> => {
    if (isStopping) throw new Error(`${name} was stopped`)
    throw new Error(`${name} ended by itself. The end of ${log}:\n${lastLines(log)}`)
  })
  // Whoever waits for readiness races against it; later ends are the caller's to watch.
  ended.catch(() => undefined)

  return {
    ended,
    pid,
    async stop() {
      isStopping = true
      signal(pid, 'SIGTERM')
      await Promise.race([exited, wait(PATIENCE, undefined, { ref: false })])
      // The leader may be gone while a grandchild still listens.
      signal(pid, 'SIGKILL')
      await exited
    },
  }
}

/** Signals a whole process group; one that is gone already is no error. */
function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function lastLines(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-20).join('\n')
}
