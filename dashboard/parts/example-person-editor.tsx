import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { randomId } from '@mantine/hooks'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import {
  EXAMPLE_LIMITS,
  type ExampleEvent,
  type ExamplePerson,
} from '../../edge/protocol/example.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { SUGGESTED_TRAITS } from './event-names.ts'
import { movedTo, withAgo } from './example-edit.ts'
import { ExampleEventRow } from './example-event-row.tsx'
import { FactRows } from './fact-rows.tsx'
import { useI18n } from './use-i18n.ts'

/** Events of a person that are shown at once: of a longer history the latest. */
const SHOWN = 20

/** An example person by their rows: name, what must become of them, when, what they did and what is known of them. */
export function ExamplePersonEditor(props: {
  readonly person: ExamplePerson
  readonly onChange: (person: ExamplePerson) => void
  readonly onRemove: () => void
}) {
  const { t, format } = useI18n()
  const { person, onChange } = props
  const { events, at } = person
  // Rows keep their names while others go: the field in hand keeps its focus.
  const [ids, setIds] = useState(() => events.map(() => randomId()))
  const hidden = Math.max(0, events.length - SHOWN)
  const setEvents = (next: readonly ExampleEvent[]) => onChange({ ...person, events: next })
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <TextInput
          label={t('examples.name')}
          value={person.name}
          maxLength={100}
          onChange={(event) => onChange({ ...person, name: event.currentTarget.value })}
          miw={200}
          flex={1}
        />
        <TextInput
          type="datetime-local"
          step={1}
          label={t('examples.askedAt')}
          value={localText(at)}
          onChange={(event) => {
            const next = Date.parse(event.currentTarget.value)
            if (!Number.isNaN(next)) onChange(movedTo(person, new Date(next).toISOString()))
          }}
          w={220}
        />
        <SegmentedControl
          aria-label={t('examples.mustOf', { name: person.name })}
          data={[
            { value: 'in', label: t('examples.mustMatch') },
            { value: 'out', label: t('examples.mustNotMatch') },
          ]}
          value={person.matches ? 'in' : 'out'}
          onChange={(next) => onChange({ ...person, matches: next === 'in' })}
        />
      </Group>
      <Text size="sm" fw={500}>
        {t('examples.did')}
      </Text>
      {hidden > 0 && (
        <Text size="xs" c="dimmed">
          {t('examples.hidden', { count: hidden, shown: format.number(hidden) })}
        </Text>
      )}
      {events.slice(hidden).map((event, shown) => {
        const place = hidden + shown
        return (
          <ExampleEventRow
            key={ids.at(place)}
            event={event}
            at={at}
            label={t('examples.eventOf', { number: place + 1, name: person.name })}
            onChange={(next) => setEvents(events.with(place, next))}
            onRemove={() => {
              setIds(ids.toSpliced(place, 1))
              setEvents(events.toSpliced(place, 1))
            }}
          />
        )
      })}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'flex-start' }}
        disabled={events.length >= EXAMPLE_LIMITS.events}
        aria-label={t('examples.addEventTo', { name: person.name })}
        onClick={() => {
          const event = { event: 'Product Viewed', timestamp: at }
          setIds([...ids, randomId()])
          setEvents([...events, withAgo(event, at, { amount: 1, unit: 'day' })])
        }}
      >
        {t('examples.addEvent')}
      </Button>
      <Text size="sm" fw={500}>
        {t('examples.known')}
      </Text>
      <FactRows
        of={person.name}
        add={t('examples.addTrait')}
        suggestions={SUGGESTED_TRAITS}
        facts={person.traits ?? {}}
        onChange={(traits) => onChange({ ...person, traits })}
      />
      {(person.accounts !== undefined || person.consent !== undefined) && (
        <Text size="xs" c="dimmed">
          {t('examples.more')}
        </Text>
      )}
      <Button
        variant="subtle"
        color="red"
        size="compact-sm"
        leftSection={<IconTrash size={14} />}
        style={{ alignSelf: 'flex-end' }}
        onClick={props.onRemove}
      >
        {t('examples.removeOf', { of: person.name })}
      </Button>
    </Stack>
  )
}

/** As the field for a day and a time of the viewer's zone takes it, to the second. */
function localText(at: string): string {
  const instant = Date.parse(at)
  const offset = new Date(instant).getTimezoneOffset() * (DAY / 1_440)
  return new Date(instant - offset).toISOString().slice(0, 19)
}
