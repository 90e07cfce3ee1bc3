import { Group, NumberInput, Select, Text, TextInput } from '@mantine/core'
import {
  CALENDAR_UNITS,
  CONDITION_LIMITS,
  type CalendarUnit,
  type Window,
} from '../../edge/protocol/condition.ts'
import { DurationInput } from './duration-input.tsx'
import { useI18n } from './use-i18n.ts'
import { fromLocal, kindOfWindow, newWindow, toLocal, type WindowKind } from './window-edit.ts'

interface Props<W extends Window> {
  readonly window: W
  readonly onChange: (window: W) => void
}

/** Which events count: "[in the last] [7] [days]". Undefined: all of them. */
export function WindowEditor<W extends Window>(props: {
  readonly window: W | undefined
  readonly onChange: (window: W | undefined) => void
  readonly kinds: readonly WindowKind[]
  /** Whether a calendar period before the present one may be chosen. */
  readonly past?: boolean
}) {
  const { t } = useI18n()
  const { window, onChange, kinds, past = true } = props
  const edited = onChange as (window: Window | undefined) => void
  return (
    <Group gap="xs">
      <Select
        aria-label={t('editor.window')}
        data={kinds.map((kind) => ({ value: kind, label: t(`editor.windows.${kind}`) }))}
        value={kindOfWindow(window)}
        onChange={(kind) => kind && edited(newWindow(kind as WindowKind, Date.now()))}
        allowDeselect={false}
        w={190}
      />
      {window !== undefined && 'last' in window && (
        <DurationInput
          of={t('editor.window')}
          value={window.last}
          onChange={(last) => edited({ last })}
        />
      )}
      {window !== undefined && 'between' in window && (
        <BetweenEditor window={window} onChange={edited} />
      )}
      {window !== undefined && 'from' in window && (
        <FixedEditor window={window} onChange={edited} />
      )}
      {window !== undefined && 'calendar' in window && (
        <CalendarEditor window={window} onChange={edited} past={past} />
      )}
    </Group>
  )
}

function BetweenEditor({ window, onChange }: Props<Extract<Window, { between: unknown }>>) {
  const { t } = useI18n()
  const [shorter, longer] = window.between
  return (
    <>
      <DurationInput
        of={t('editor.least')}
        value={shorter}
        onChange={(next) => onChange({ between: [next, longer] })}
      />
      <Text size="sm">{t('editor.and')}</Text>
      <DurationInput
        of={t('editor.most')}
        value={longer}
        onChange={(next) => onChange({ between: [shorter, next] })}
      />
    </>
  )
}

function FixedEditor({ window, onChange }: Props<Extract<Window, { from: unknown }>>) {
  const { t } = useI18n()
  return (
    <>
      {(['from', 'to'] as const).map((side) => (
        <TextInput
          key={side}
          type="datetime-local"
          step={1}
          aria-label={t(side === 'from' ? 'editor.windowFrom' : 'editor.windowTo')}
          value={toLocal(window[side])}
          onChange={(event) => {
            const next = fromLocal(event.currentTarget.value)
            if (next !== null) onChange({ ...window, [side]: next })
          }}
          w={250}
        />
      ))}
    </>
  )
}

function CalendarEditor({
  window,
  onChange,
  past,
}: Props<Extract<Window, { calendar: unknown }>> & { readonly past: boolean }) {
  const { t, format } = useI18n()
  const { calendar, offset = 0 } = window
  return (
    <>
      <Select
        aria-label={t('editor.calendarUnit')}
        data={CALENDAR_UNITS.map((unit) => ({ value: unit, label: t(`editor.calendar.${unit}`) }))}
        value={calendar}
        onChange={(next) => next && onChange({ ...window, calendar: next as CalendarUnit })}
        allowDeselect={false}
        w={116}
      />
      {past && (
        <NumberInput
          aria-label={t('editor.calendarOffset')}
          value={-offset}
          min={0}
          max={CONDITION_LIMITS.offset}
          allowDecimal={false}
          onChange={(next) => {
            if (typeof next !== 'number' || next < 0 || next > CONDITION_LIMITS.offset) return
            onChange(next === 0 ? { calendar } : { calendar, offset: -next })
          }}
          w={76}
        />
      )}
      <Text size="sm" c="dimmed">
        {past
          ? t('editor.calendarMeans', { period: format.period(offset, calendar) })
          : format.period(offset, calendar)}
      </Text>
    </>
  )
}
