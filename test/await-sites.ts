import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import type { AwaitSite, AwaitSites, StepSite } from './await-site.ts'
import { ROOT } from './command.ts'

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

const FOLDER = 'edge/objects'
/** Makers of stubs. */
const STUBS = new Set([
  'profileShard',
  'identityShard',
  'accountShard',
  'workspaceObject',
  'liveMonitor',
])
const STORAGE = new Set(['transactionSync', 'sync', 'setAlarm'])
const CHAINS = new Set(['then', 'catch', 'finally'])
/** Written by us as well, but no more than frames around what they are given. */
const FRAMES = new Set(['withTimeLimit', 'call', 'find', 'run', 'set', 'all', 'mark'])
/** What a merge of two people passes through. */
const SAGA = [
  'account-calls.ts',
  'account-shard.ts',
  'admit.ts',
  'call-batch.ts',
  'claims.ts',
  'component.ts',
  'group-commit.ts',
  'identity-shard.ts',
  'move-saga.ts',
  'owner-calls.ts',
  'profile-shard.ts',
  'repartition.ts',
  'separate.ts',
  'shard-work.ts',
  'shard.ts',
  'subject-place.ts',
  'time-limit.ts',
  'unite.ts',
]

/** Reads the sources of the merge saga and finds each place in them that waits for something. */
export function awaitSites(): AwaitSites {
  const own = new Set<string>()
  for (const name of readdirSync(join(ROOT, FOLDER))) {
    if (name.endsWith('.ts')) for (const one of functionsOf(read(name).program)) own.add(one)
  }
  for (const frame of FRAMES) own.delete(frame)
  const steps: StepSite[] = []
  const awaits: AwaitSite[] = []
  for (const file of SAGA) {
    const { text, program } = read(file)
    walk(program, '', (node, caller) => {
      const at = { file, line: text.slice(0, node.start).split('\n').length, caller }
      const callee = stepOf(node, text)
      if (callee !== undefined) steps.push({ ...at, callee })
      const awaited = awaitedBy(node)
      if (awaited === undefined) return
      const because = contains(awaited, (inner) => stepOf(inner, text) !== undefined)
        ? 'step'
        : contains(awaited, (inner) => own.has(nameOfCallee(inner)))
          ? 'function'
          : null
      const plain = text.slice(awaited.start, awaited.end).replaceAll(/\s+/g, ' ')
      awaits.push({ ...at, text: plain, because })
    })
  }
  return { steps, awaits }
}

function read(file: string): { readonly text: string; readonly program: Node } {
  const text = readFileSync(join(ROOT, FOLDER, file), 'utf8')
  return { text, program: parseSync(file, text).program as unknown as Node }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function* childrenOf(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) if (isNode(one)) yield one
  }
}

function walk(node: Node, caller: string, visit: (node: Node, caller: string) => void): void {
  const name = functionName(node) ?? caller
  visit(node, name)
  for (const child of childrenOf(node)) walk(child, name, visit)
}

const contains = (node: Node, isIt: (node: Node) => boolean): boolean =>
  isIt(node) || [...childrenOf(node)].some((child) => contains(child, isIt))

const identifier = (node: unknown): string => {
  if (!isNode(node)) return ''
  if (node.type === 'PrivateIdentifier') return `#${String(node['name'])}`
  return node.type === 'Identifier' ? String(node['name']) : ''
}

/** Name of the function that a node defines. */
function functionName(node: Node): string | undefined {
  if (node.type === 'FunctionDeclaration') return identifier(node['id'])
  if (node.type === 'MethodDefinition') return identifier(node['key'])
  const value = node.type === 'VariableDeclarator' ? node['init'] : undefined
  return isNode(value) && value.type === 'ArrowFunctionExpression'
    ? identifier(node['id'])
    : undefined
}

function* functionsOf(program: Node): Generator<string> {
  const names: string[] = []
  walk(program, '', (node) => {
    const name = functionName(node)
    if (name !== undefined && name !== '') names.push(name)
  })
  yield* names
}

const nameOfCallee = (node: Node): string => {
  if (node.type !== 'CallExpression') return ''
  const callee = node['callee'] as Node
  return callee.type === 'MemberExpression' ? identifier(callee['property']) : identifier(callee)
}

/** The step that a node takes, named as the wrapper names it. */
function stepOf(node: Node, text: string): string | undefined {
  if (node.type !== 'CallExpression') return undefined
  const callee = node['callee'] as Node
  if (callee.type !== 'MemberExpression') return undefined
  const object = callee['object'] as Node
  const method = identifier(callee['property'])
  const receiver = text.slice(object.start, object.end)
  if (method === 'run' && /\bcommit$/.test(receiver)) return 'commit.run'
  if (STORAGE.has(method) && receiver.endsWith('storage')) return method
  if (/\benv\.[A-Z]+$/.test(receiver) && method !== 'getByName') return method
  return receiver === 'stub' || STUBS.has(nameOfCallee(object)) ? method : undefined
}

/** What a node waits for. */
function awaitedBy(node: Node): Node | undefined {
  if (node.type === 'AwaitExpression') return node['argument'] as Node
  if (node.type !== 'CallExpression') return undefined
  const callee = node['callee'] as Node
  const isChain = callee.type === 'MemberExpression' && CHAINS.has(identifier(callee['property']))
  return isChain ? (callee['object'] as Node) : undefined
}
