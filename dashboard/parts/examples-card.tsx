import {
  Accordion,
  Button,
  Card,
  Group,
  JsonInput,
  List,
  SegmentedControl,
  Text,
  Title,
} from '@mantine/core'
import { randomId } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { parseExamples } from '../../edge/parse/example.ts'
import { parseJson } from '../../edge/parse/json-text.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { Purpose } from '../../edge/protocol/consent.ts'
import { EXAMPLE_LIMITS, type ExamplePerson } from '../../edge/protocol/example.ts'
import type { FieldError } from '../../edge/protocol/problem.ts'
import { freeName } from './example-edit.ts'
import { exampleFrom, type Taken } from './example-from-profile.ts'
import { ExampleOutcome } from './example-outcome.tsx'
import { ExamplePersonEditor } from './example-person-editor.tsx'
import { TakeHistory } from './take-history.tsx'
import { useAsk, useExampleResults } from './use-example-results.ts'
import { useI18n } from './use-i18n.ts'

/** Somebody in the list, under a name that stays while theirs is typed. */
interface Row {
  readonly id: string
  readonly person: ExamplePerson
}

const rowOf = (person: ExamplePerson): Row => ({ id: randomId(), person })

/**
 * People about whom the condition must be right, each with the answer of the edge's own evaluator while either is
 * edited; as rows or as JSON. Tells null while they are not such as can be saved.
 */
export function ExamplesCard(props: {
  readonly initial: readonly ExamplePerson[]
  readonly condition: Condition
  readonly purposes: readonly Purpose[]
  readonly onChange: (examples: readonly ExamplePerson[] | null) => void
  readonly error: string | undefined
}) {
  const { t } = useI18n()
  const ask = useAsk()
  const [rows, setRows] = useState<readonly Row[]>(() => props.initial.map(rowOf))
  const [text, setText] = useState<string | null>(null)
  const [opened, setOpened] = useState<string | null>(null)
  const read = text === null ? readPeople(rows.map(({ person }) => person)) : readText(text)
  const results = useExampleResults(props.condition, props.purposes, read.people ?? [])

  const change = (next: readonly Row[]) => {
    setRows(next)
    props.onChange(readPeople(next.map(({ person }) => person)).people)
  }
  const type = (next: string) => {
    setText(next)
    props.onChange(readText(next).people)
  }
  const people = read.people ?? []
  const add = (person: ExamplePerson) => {
    const row = rowOf(person)
    if (text === null) {
      change([...rows, row])
      setOpened(row.id)
    } else type(written([...people, person]))
  }
  const addTaken = (taken: Taken) => {
    const name = freeName((number) => t('examples.takenName', { number }), people)
    const person = exampleFrom(taken, name, true, new Date().toISOString())
    const [result] = ask(props.condition, props.purposes, [person])
    add({ ...person, matches: result?.answer.holds ?? true })
  }
  const show = (view: string) => {
    if (view === 'json') return setText(written(people))
    setRows(people.map(rowOf))
    setOpened(null)
    setText(null)
  }
  const isClosed = read.people === null || people.length >= EXAMPLE_LIMITS.people
  return (
    <Card>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{t('examples.title')}</Title>
        <SegmentedControl
          size="xs"
          aria-label={t('segment.view')}
          data={[
            { value: 'rows', label: t('examples.rows'), disabled: read.people === null },
            { value: 'json', label: 'JSON', disabled: read.people === null },
          ]}
          value={text === null ? 'rows' : 'json'}
          onChange={show}
        />
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('examples.about')}
      </Text>
      <Group gap="xs" mb="sm">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconUserPlus size={14} />}
          disabled={isClosed}
          onClick={() => add(newPerson(people, (number) => t('examples.newName', { number })))}
        >
          {t('examples.add')}
        </Button>
        <TakeHistory disabled={isClosed} onTaken={addTaken} />
      </Group>
      {text === null ? (
        <Accordion variant="separated" value={opened} onChange={setOpened}>
          {rows.map(({ id, person }, place) => {
            const result = results[place]
            const faults = read.errors.filter(({ path }) => path.startsWith(`examples.${place}.`))
            return (
              <Accordion.Item key={id} value={id}>
                <Accordion.Control>
                  {result?.person.name === person.name && faults.length === 0 ? (
                    <ExampleOutcome result={result} />
                  ) : (
                    person.name || '…'
                  )}
                </Accordion.Control>
                <Accordion.Panel>
                  {opened === id && (
                    <ExamplePersonEditor
                      person={person}
                      onChange={(next) => change(rows.with(place, { id, person: next }))}
                      onRemove={() => change(rows.toSpliced(place, 1))}
                    />
                  )}
                </Accordion.Panel>
                {faults.length > 0 && <Faults errors={faults} />}
              </Accordion.Item>
            )
          })}
        </Accordion>
      ) : (
        <>
          <JsonInput
            aria-label={t('examples.json')}
            autosize
            minRows={6}
            maxRows={24}
            value={text}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            onChange={type}
            error={
              (read.fault && t('segment.jsonFault', { ...read.fault })) ||
              read.errors.map(({ path, reason }) => `${path} ${reason}`).join('; ')
            }
          />
          <List listStyleType="none" spacing={6} mt="sm" aria-live="polite">
            {results.map((result) => (
              <List.Item key={result.person.name}>
                <ExampleOutcome result={result} />
              </List.Item>
            ))}
          </List>
        </>
      )}
      {props.error !== undefined && (
        <Text role="alert" c="var(--mantine-color-error)" size="sm" mt="sm" className="breakable">
          {props.error}
        </Text>
      )}
    </Card>
  )
}

function Faults({ errors }: { readonly errors: readonly FieldError[] }) {
  return (
    <Text role="alert" c="var(--mantine-color-error)" size="sm" px="md" pb="sm">
      {errors
        .map(({ path, reason }) => `${path.split('.').slice(2).join('.')} ${reason}`)
        .join('; ')}
    </Text>
  )
}

interface Read {
  /** Null: they cannot be saved. */
  readonly people: readonly ExamplePerson[] | null
  readonly fault?: { readonly line: number; readonly column: number }
  readonly errors: readonly FieldError[]
}

function readPeople(json: unknown): Read {
  const parsed = parseExamples(json)
  return parsed.ok ? { people: parsed.value, errors: [] } : { people: null, errors: parsed.errors }
}

function readText(text: string): Read {
  if (text.trim() === '') return { people: [], errors: [] }
  const json = parseJson(text)
  return json.ok ? readPeople(json.value) : { people: null, fault: json.fault, errors: [] }
}

const written = (people: readonly ExamplePerson[]): string =>
  people.length === 0 ? '' : JSON.stringify(people, null, 2)

/** Somebody to go on from. */
function newPerson(
  people: readonly ExamplePerson[],
  name: (number: number) => string,
): ExamplePerson {
  const at = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString()
  return {
    name: freeName(name, people),
    matches: true,
    at,
    events: [{ event: 'Product Viewed', timestamp: at }],
  }
}
