import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser'

/** A stretch of a text, in UTF-16 units from 0, its end excluded. */
export interface Place {
  readonly from: number
  readonly to: number
}

/**
 * Where a dotted path of a value stands in its JSON; the beginning of what it is missing in, if it is not there. `root` is
 * the path of the whole text.
 */
export function placeOf(text: string, path: string, root: string): Place {
  const tree = parseTree(text)
  if (tree === undefined) return { from: 0, to: text.length }
  const keys = path === root ? [] : path.slice(root.length + 1).split('.')
  const location = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  for (let length = location.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, location.slice(0, length))
    if (node !== undefined) return span(length === location.length ? node : first(node))
  }
  return span(first(tree))
}

/** Of a thing in which something is missing, its beginning alone: a mark under all of it would say nothing. */
const first = (node: Node): Node => (node.length > 1 ? { ...node, length: 1 } : node)

const span = ({ offset, length }: Node): Place => ({ from: offset, to: offset + length })
