import { AsyncLocalStorage } from 'node:async_hooks'
import { AccountShard } from '../../edge/objects/account-shard.ts'
import { GroupCommit } from '../../edge/objects/group-commit.ts'
import { IdentityShard } from '../../edge/objects/identity-shard.ts'
import { LiveMonitor } from '../../edge/objects/live-monitor.ts'
import { ProfileShard } from '../../edge/objects/profile-shard.ts'
import { Workspace } from '../../edge/objects/workspace.ts'
import { bindings } from './shard-fixture.ts'

/** A place in the product at which a step is taken that may fail. */
export interface FaultPoint {
  /** Class and method of the object that takes the step; `Worker` for a request's own code. */
  readonly actor: string
  /** Function that takes it, as stack traces name it. */
  readonly caller: string
  /** File of `edge/objects` or `edge/routes`. */
  readonly file: string
  /** Line and column in the file as it runs: other than in the source, but in the same order. */
  readonly position: string
  /** Method of an object, or a step of storage. */
  readonly callee: string
  readonly kinds: readonly FaultKind[]
}

/** `arrives late`: given up as if it had never been sent, and carried out later all the same. */
export type FaultKind =
  | 'throws'
  | 'loses its reply'
  | 'hangs'
  | 'arrives late'
  | 'aborts before'
  | 'aborts after'

const OF_CALL: readonly FaultKind[] = [
  'throws',
  'loses its reply',
  'hangs',
  'arrives late',
  'aborts before',
  'aborts after',
]
const OF_REQUEST: readonly FaultKind[] = ['throws', 'loses its reply', 'hangs', 'arrives late']
/** Storage does not come late: what hangs there takes its object along. */
const OF_STORAGE: readonly FaultKind[] = [
  'throws',
  'loses its reply',
  'hangs',
  'aborts before',
  'aborts after',
]
const OF_TRANSACTION: readonly FaultKind[] = ['throws', 'aborts before', 'aborts after']
const OF_ALARM: readonly FaultKind[] = ['aborts before', 'aborts after']

/** By this a point is found again in another run. */
export const nameOf = ({ actor, caller, file, position, callee }: FaultPoint): string =>
  `${actor}: ${caller} (${file}:${position}) → ${callee}`

interface Actor {
  readonly name: string
  readonly workspace: string
  readonly ctx?: DurableObjectState
}

/** Is asked at each step which fault it meets. `wait` may hold the step back before it is taken. */
export interface Watch {
  readonly workspace: string
  readonly reached: (point: FaultPoint) => FaultKind | undefined
  readonly wait?: (point: FaultPoint) => Promise<void> | undefined
}

const actors = new AsyncLocalStorage<Actor>()
const soundTimeout = globalThis.setTimeout.bind(globalThis)
/** When a late call arrives, and when an object whose storage hangs is given up. */
const LATE = 60
const STUCK = 250
let watch: Watch | undefined

/** From now on every step of that workspace's objects is told to `next`; undefined: nobody watches. */
export function watchSteps(next: Watch | undefined): void {
  watch = next
}

/** Runs a client's request, whose own calls are steps as well. */
export const asWorker = <T>(workspace: string, request: () => Promise<T>): Promise<T> =>
  actors.run({ name: 'Worker', workspace }, request)

type Async = (...args: unknown[]) => Promise<unknown>

/** Wraps objects and storage, once for each file of tests: all of the product runs in the tests' own isolate. */
export function wrapSteps(): void {
  const classes = { ProfileShard, IdentityShard, AccountShard, Workspace, LiveMonitor }
  for (const [name, type] of Object.entries(classes)) wrapEntries(name, type.prototype)
  wrapNamespaces()
  const commit = GroupCommit.prototype as unknown as { run: Async }
  const { run } = commit
  commit.run = function (job) {
    return step('commit.run', OF_STORAGE, () => run.call(this, job))
  }
  wrapStorage()
  wrapMethod(Reflect.getPrototypeOf(bindings.DELIVERIES), 'sendBatch', OF_CALL)
  wrapMethod(Reflect.getPrototypeOf(bindings.LAKE), 'put', OF_CALL)
}

/** Whatever an object's method does, now or later, is done by that object. */
function wrapEntries(name: string, prototype: object): void {
  for (const method of Object.getOwnPropertyNames(prototype)) {
    const sound = Reflect.get(prototype, method) as Async
    if (method === 'constructor' || typeof sound !== 'function') continue
    Reflect.set(
      prototype,
      method,
      function (this: { ctx: DurableObjectState }, ...args: unknown[]) {
        const { ctx } = this
        const workspace = ctx.id.name?.split('/')[0] ?? ''
        return actors.run({ name: `${name}.${method}`, workspace, ctx }, () =>
          sound.apply(this, args),
        )
      },
    )
  }
}

function wrapNamespaces(): void {
  const prototype = Reflect.getPrototypeOf(bindings.PROFILE) as {
    getByName(name: string): Record<string, Async>
  }
  const sound = prototype.getByName
  prototype.getByName = function (name) {
    const stub = sound.call(this, name)
    // Tests reach into objects by stubs that are not wrapped.
    if (actors.getStore() === undefined) return stub
    return new Proxy(stub, {
      get(target, method) {
        if (typeof method !== 'string' || method === 'then') return Reflect.get(target, method)
        return (...args: unknown[]) =>
          step(method, actors.getStore()?.ctx === undefined ? OF_REQUEST : OF_CALL, () =>
            // Called in place: what is taken off a stub is a stub of its own.
            (target as Record<string, Async>)[method]!(...args),
          )
      },
    })
  }
}

function wrapStorage(): void {
  // Any storage will do: they share their prototype, which is reached from inside of an object alone.
  const entered = ProfileShard.prototype as unknown as { publish: Async }
  const { publish } = entered
  let isWrapped = false
  entered.publish = function (this: { ctx: DurableObjectState }, ...args: unknown[]) {
    if (!isWrapped) {
      isWrapped = true
      const prototype = Reflect.getPrototypeOf(this.ctx.storage) as object
      wrapMethod(prototype, 'sync', OF_STORAGE)
      wrapMethod(prototype, 'setAlarm', OF_ALARM)
      wrapTransaction(prototype)
    }
    return publish.apply(this, args)
  } as Async
}

function wrapMethod(prototype: object | null, method: string, kinds: readonly FaultKind[]): void {
  if (prototype === null) throw new Error(`Nothing has ${method}`)
  const sound = Reflect.get(prototype, method) as Async
  Reflect.set(prototype, method, function (this: object, ...args: unknown[]) {
    return step(method, kinds, () => sound.apply(this, args))
  })
}

function wrapTransaction(prototype: object): void {
  const sound = Reflect.get(prototype, 'transactionSync') as (run: () => unknown) => unknown
  Reflect.set(prototype, 'transactionSync', function (this: object, run: () => unknown) {
    const act = () => sound.call(this, run)
    const point = pointOf('transactionSync', OF_TRANSACTION)
    // Those of a group are one step: its commit.
    if (point === undefined || point.file === 'group-commit.ts') return act()
    const kind = watch?.reached(point)
    if (kind === 'throws') throw faultOf(kind, point)
    if (kind === 'aborts before') abort()
    const result = act()
    if (kind === 'aborts after') abort()
    return result
  })
}

const FRAME =
  /^ *at (?:async )?(?:(.+?) )?\(?[^ (]*\/edge\/(?:objects|routes(?:\/\w+)*)\/([\w-]+\.ts):(\d+:\d+)\)?$/

function pointOf(callee: string, kinds: readonly FaultKind[]): FaultPoint | undefined {
  const actor = actors.getStore()
  if (actor === undefined || watch?.workspace !== actor.workspace) return undefined
  const found = (new Error('where').stack ?? '')
    .split('\n')
    .map((line) => FRAME.exec(line))
    .find((match) => match !== null)
  const [, caller = '', file = '', position = ''] = found ?? []
  return { actor: actor.name, caller, file, position, callee, kinds }
}

const faultOf = (kind: FaultKind, point: FaultPoint) =>
  new Error(`${point.callee} ${kind}, for ${point.caller}`)

const never = () => new Promise<never>(() => undefined)

/** The object ends at once: nothing after it is run. */
function abort(): void {
  actors.getStore()?.ctx?.abort('a fault')
}

function step(
  callee: string,
  kinds: readonly FaultKind[],
  act: () => Promise<unknown>,
): Promise<unknown> {
  const point = pointOf(callee, kinds)
  if (point === undefined || watch === undefined) return act()
  const kind = watch.reached(point)
  const held = watch.wait?.(point)
  if (held !== undefined) return held.then(() => undergo(kind, point, act))
  return kind === undefined ? act() : undergo(kind, point, act)
}

async function undergo(
  kind: FaultKind | undefined,
  point: FaultPoint,
  act: () => Promise<unknown>,
): Promise<unknown> {
  if (kind === undefined) return act()
  if (kind === 'aborts before') {
    abort()
    return never()
  }
  if (kind === 'hangs') {
    if (point.kinds !== OF_STORAGE) return never()
    await act()
    soundTimeout(abort, STUCK)
    return never()
  }
  if (kind === 'arrives late') {
    soundTimeout(() => void act().catch(() => undefined), LATE)
    throw faultOf(kind, point)
  }
  if (kind === 'throws') throw faultOf(kind, point)
  await act()
  if (kind === 'loses its reply') throw faultOf(kind, point)
  abort()
  return never()
}
