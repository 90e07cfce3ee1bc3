import { Badge, Button, Card, Group, JsonInput, List, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCheck, IconUserPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { tryExamples, type ExampleResult } from '../../edge/domain/example.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import { parseExamples } from '../../edge/parse/example.ts'
import { parseJson } from '../../edge/parse/json-text.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { EXAMPLE_LIMITS, type ExamplePerson } from '../../edge/protocol/example.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import { segmentsQuery, sessionQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** Milliseconds without typing before people are asked about again. */
const PAUSE = 300

/**
 * People about whom the condition must be right, as JSON, each with the answer of the edge's own evaluator while the
 * condition is edited. Tells null while the text cannot be read.
 */
export function ExamplesCard(props: {
  readonly initial: readonly ExamplePerson[]
  readonly condition: Condition
  readonly onChange: (examples: readonly ExamplePerson[] | null) => void
  readonly error: string | undefined
}) {
  const { t } = useI18n()
  const [text, setText] = useState(() => written(props.initial))
  const read = useMemo(() => readExamples(text), [text])
  const results = useResults(props.condition, read.people ?? [])
  const change = (next: string) => {
    setText(next)
    props.onChange(readExamples(next).people)
  }
  const fault = read.fault && t('segment.jsonFault', { ...read.fault })
  const isFull = (read.people?.length ?? 0) >= EXAMPLE_LIMITS.people
  return (
    <Card>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{t('examples.title')}</Title>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconUserPlus size={14} />}
          disabled={read.people === null || isFull}
          onClick={() => change(written([...(read.people ?? []), newPerson(read.people ?? [])]))}
        >
          {t('examples.add')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('examples.about')}
      </Text>
      {text.trim() !== '' && (
        <JsonInput
          aria-label={t('examples.json')}
          autosize
          minRows={6}
          maxRows={24}
          value={text}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          onChange={change}
          error={fault ?? (read.reasons.join('; ') || props.error)}
        />
      )}
      <List listStyleType="none" spacing={6} mt="sm" aria-live="polite">
        {results.map((result) => (
          <List.Item key={result.person.name}>
            <Outcome result={result} />
          </List.Item>
        ))}
      </List>
    </Card>
  )
}

function Outcome({ result }: { readonly result: ExampleResult }) {
  const { t } = useI18n()
  const { person, passes, answer, decisive } = result
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Badge
        color={passes ? 'teal' : 'red'}
        variant="light"
        autoContrast
        leftSection={passes ? <IconCheck size={12} /> : <IconX size={12} />}
        style={{ flexShrink: 0 }}
      >
        {passes ? t('examples.passes') : t('examples.fails')}
      </Badge>
      <Text size="sm" className="breakable">
        {t(answer.holds ? 'examples.isIn' : 'examples.isOut', { name: person.name })}
        {!passes && ` ${t('examples.because', { path: decisive.path })}`}
      </Text>
    </Group>
  )
}

/** What the condition says of each, as it stood when typing paused; nothing while it is incomplete. */
function useResults(
  condition: Condition,
  people: readonly ExamplePerson[],
): readonly ExampleResult[] {
  const { data: session } = useQuery(sessionQuery)
  const { data: segments } = useQuery(segmentsQuery)
  const where = session?.workspace
  const [asked] = useDebouncedValue(JSON.stringify({ condition, people }), PAUSE)
  return useMemo(() => {
    const { condition, people } = JSON.parse(asked) as {
      readonly condition: unknown
      readonly people: readonly ExamplePerson[]
    }
    const parsed = parseCondition(condition)
    // Segments that it names are asked as they are.
    const known = segments?.map((one) => ({ ...one, id: one.id as SegmentId })) ?? []
    return parsed.ok && where !== undefined
      ? tryExamples(parsed.value, people, { ...where, segments: known })
      : []
  }, [asked, where, segments])
}

interface Read {
  readonly people: readonly ExamplePerson[] | null
  readonly fault?: { readonly line: number; readonly column: number }
  readonly reasons: readonly string[]
}

function readExamples(text: string): Read {
  if (text.trim() === '') return { people: [], reasons: [] }
  const json = parseJson(text)
  if (!json.ok) return { people: null, fault: json.fault, reasons: [] }
  const parsed = parseExamples(json.value)
  return parsed.ok
    ? { people: parsed.value, reasons: [] }
    : { people: null, reasons: parsed.errors.map(({ path, reason }) => `${path} ${reason}`) }
}

const written = (people: readonly ExamplePerson[]): string =>
  people.length === 0 ? '' : JSON.stringify(people, null, 2)

/** Somebody to go on from, with a name of their own. */
function newPerson(people: readonly ExamplePerson[]): ExamplePerson {
  const at = new Date().toISOString()
  const names = new Set(people.map(({ name }) => name))
  let number = people.length + 1
  while (names.has(`Person ${number}`)) number += 1
  return {
    name: `Person ${number}`,
    matches: true,
    at,
    traits: {},
    events: [{ event: 'Product Viewed', timestamp: at, properties: {} }],
  }
}
