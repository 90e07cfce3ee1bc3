import './condition-text.css'
import { jsonLanguage } from '@codemirror/lang-json'
import { LanguageSupport, syntaxHighlighting } from '@codemirror/language'
import { linter } from '@codemirror/lint'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, hoverTooltip } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId, useMemo } from 'react'
import {
  conditionFaults,
  faultSentence,
  readCondition,
  type ConditionText as Read,
} from './condition-json.ts'
import { SUGGESTED_PROPERTIES, SUGGESTED_TRAITS, suggestedEvents } from './event-names.ts'
import type { Translate } from './i18n.ts'
import { useLive } from './live-context.tsx'
import { conditionSchemaQuery } from './queries.ts'
import { withExamples } from './schema-examples.ts'
import { SchemaHelp } from './schema-help.ts'
import { useI18n } from './use-i18n.ts'
import { useTextEditor } from './use-text-editor.ts'

type Say = (text: string) => string
const plainly: Say = (text) => text

/** A condition as JSON text: what may come next and what is meant are said by the published schema. */
export default function ConditionText(props: {
  readonly value: string
  readonly onChange: (text: string, read: Read) => void
}) {
  const { t, language } = useI18n()
  const schema = useQuery(conditionSchemaQuery(language))
  const { state } = useLive()
  // A text: the same names are the same help, however many events arrive.
  const events = suggestedEvents(state.events).join('\n')
  const errorId = useId()
  const { value } = props
  const say = schema.data?.say ?? plainly
  const extensions = useMemo(() => {
    const found = schema.data
    const names = {
      event: events.split('\n'),
      trait: SUGGESTED_TRAITS,
      property: SUGGESTED_PROPERTIES,
    }
    return [
      new LanguageSupport(jsonLanguage),
      syntaxHighlighting(classHighlighter),
      EditorView.lineWrapping,
      EditorState.phrases.of(phrases(t)),
      EditorView.contentAttributes.of({
        'aria-label': t('segment.json'),
        'aria-describedby': errorId,
        spellcheck: 'false',
      }),
      marks(t, say),
      ...(found ? help(new SchemaHelp(withExamples(found.schema, names), found.say)) : []),
    ]
  }, [schema.data, events, t, errorId, say])
  const place = useTextEditor(value, extensions, (text) =>
    props.onChange(text, readCondition(text)),
  )
  const faults = useMemo(() => conditionFaults(readCondition(value)), [value])
  return (
    <>
      <div ref={place} className="condition-text" />
      {schema.isError && (
        <Text c="dimmed" size="sm" mt={6}>
          {t('segment.noSchema')}
        </Text>
      )}
      <Text
        id={errorId}
        role="status"
        c="var(--mantine-color-error)"
        size="sm"
        className="breakable condition-text-faults"
      >
        {faults.map((fault) => faultSentence(fault, t, say)).join('; ')}
      </Text>
    </>
  )
}

/** What a mistake is about is underlined, and says what would be right. */
const marks = (t: Translate, say: Say): Extension =>
  linter(({ state }) =>
    conditionFaults(readCondition(state.doc.toString())).map((fault) => ({
      ...fault.place,
      severity: 'error' as const,
      message: faultSentence(fault, t, say),
    })),
  )

const help = (schema: SchemaHelp): readonly Extension[] => [
  jsonLanguage.data.of({ autocomplete: schema.complete }),
  hoverTooltip(async ({ state }, at) => {
    const meaning = await schema.meaning(state.doc.toString(), at)
    if (meaning === undefined) return null
    const create = () => {
      const dom = document.createElement('div')
      dom.className = 'condition-text-meaning'
      dom.textContent = meaning
      return { dom }
    }
    return { pos: at, create }
  }),
]

/** What the editor says to people who listen to it. */
const phrases = (t: Translate): { readonly [phrase: string]: string } => ({
  Completions: t('segment.jsonWords.completions'),
  Diagnostics: t('segment.jsonWords.diagnostics'),
  'No diagnostics': t('segment.jsonWords.noDiagnostics'),
  close: t('segment.jsonWords.close'),
  'Control character': t('segment.jsonWords.control'),
  'Selection deleted': t('segment.jsonWords.deleted'),
})
