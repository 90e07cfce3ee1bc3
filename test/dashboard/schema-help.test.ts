import { EditorState } from '@codemirror/state'
import { describe, expect, test } from 'vitest'
import type { JSONSchema } from 'vscode-json-languageservice'
import { conditionFaults, readCondition } from '../../dashboard/parts/condition-json.ts'
import { withExamples } from '../../dashboard/parts/schema-examples.ts'
import { SchemaHelp } from '../../dashboard/parts/schema-help.ts'
import { conditionJsonSchema, TYPES } from '../../edge/parse/condition-schema.ts'
import { OPERATORS } from '../../edge/protocol/condition.ts'

const schema = withExamples(conditionJsonSchema() as JSONSchema, {
  event: ['Product Viewed', 'Order Completed'],
})
const help = new SchemaHelp(schema, (text) => `«${text}»`)

/** `|` is where the cursor stands; what is offered, and which part of the text it would take the place of. */
async function offered(marked: string) {
  const pos = marked.indexOf('|')
  const doc = marked.replace('|', '')
  const found = await help.complete({ state: EditorState.create({ doc }), pos })
  if (found === null) return null
  const options = found.options.map(({ displayLabel }) => displayLabel)
  return { options, replaced: doc.slice(found.from, found.to) }
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`)
const MEASURED = [
  'event',
  'where',
  'measure',
  'property',
  'operator',
  'value',
  'ignoreCase',
  'window',
]

describe('what may come next in a condition', () => {
  test.each([
    ['its type, whatever is there', '{"type": "per|"}', quoted(TYPES), '"per"'],
    ['its type, of one within', '{"type":"all","conditions":[{"type": |}]}', quoted(TYPES), ''],
    ['keys of its own type', '{"type":"performed", |}', MEASURED, ''],
    ['keys, instead of one begun', '{"type":"performed", "op|"}', MEASURED, '"op"'],
    ['keys that are not there yet', '{"type":"consent", |}', ['purpose'], ''],
    ['nothing behind the end', '{"type":"consent", "purpose":"ads"}|', undefined, ''],
    ['no key twice', '{"type":"consent", "purpose":"ads", |}', undefined, ''],
    [
      'names of events that are known',
      '{"type":"performed","event":"|"}',
      quoted(['Product Viewed', 'Order Completed']),
      '""',
    ],
    ['operators', '{"type":"performed","operator":"g|","event":"A"}', quoted(OPERATORS), '"g"'],
    [
      'keys of a window',
      '{"type":"performed","window":{|}}',
      ['last', 'from', 'to', 'between', 'calendar', 'offset'],
      '',
    ],
  ] as const)('%s', async (_, text, options, replaced) => {
    const found = await offered(text)
    expect(found?.options).toEqual(
      options === undefined ? undefined : expect.arrayContaining([...options]),
    )
    if (options !== undefined)
      expect(found).toMatchObject({ replaced, options: { length: options.length } })
  })

  test('what stands chosen is no beginning of anything', async () => {
    const doc = '{"type": "all"}'
    const state = EditorState.create({ doc, selection: { anchor: 10, head: 13 } })
    expect(await help.complete({ state, pos: 13 })).toMatchObject({ filter: false })
  })
})

test.each([
  ['{"type":"perf|ormed","event":"A","operator":"gte","value":1}', /^«How often/],
  ['{"ty|pe":"not","condition":{"type":"now","from":"09:00"}}', /^«Its condition/],
  ['{"type":"not","condition":{"type":"now","fr|om":"09:00"}}', /^«From this time of day/],
  [
    '{"type":"performed","event":"A","operator":"gte","value":1,"window":{"from":"2026-01-01T00:00:00Z","to|":"2026-02-01T00:00:00Z"}}',
    /^«Before this instant/,
  ],
  ['{"type":"performed","event|', undefined],
  ['|', undefined],
])('what is under the cursor means what the schema says: %s', async (marked, meaning) => {
  const said = await help.meaning(marked.replace('|', ''), marked.indexOf('|'))
  if (meaning === undefined) expect(said).toBeUndefined()
  else expect(said).toMatch(meaning)
})

describe('what is wrong is marked where it stands', () => {
  test.each([
    ['{"type": "psychic"}', ['"psychic"']],
    ['{"type":"all","conditions":[{"type":"consent"}]}', ['{']],
    ['{"type":"sequence","steps":[{"event":"A"},{"event":"B","within":"soon"}]}', ['"soon"']],
    ['{"type":"consent","purpose":"ads","colour":1,"size":2}', ['1', '2']],
    ['{"type":"consent","purpose":5}', ['5']],
    ['{"type": }', ['}']],
    ['{"type": "consent"', ['"']],
    ['[]', ['[']],
    ['', ['']],
  ])('%s', (text, marked) => {
    const places = conditionFaults(readCondition(text)).map(({ place }) => place)
    expect(places.map(({ from, to }) => text.slice(from, to))).toEqual(marked)
  })
})
