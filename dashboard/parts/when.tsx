import { Text, type TextProps } from '@mantine/core'
import type { Millis } from '../../edge/protocol/time.ts'
import { useI18n } from './use-i18n.ts'
import { useNow } from './use-now.ts'

type Shown = 'ago' | 'time' | 'date-time'

/** An instant in the viewer's zone; the exact one, with the zone, on hover. */
export function When({
  at,
  as = 'ago',
  ...text
}: { readonly at: Millis | string; readonly as?: Shown } & TextProps) {
  const { format } = useI18n()
  const now = useNow(as === 'ago' ? 5_000 : 3_600_000)
  const instant = typeof at === 'number' ? at : Date.parse(at)
  if (Number.isNaN(instant)) return <Text {...text}>–</Text>
  const shown =
    as === 'ago'
      ? format.ago(instant, Math.max(now, instant))
      : as === 'time'
        ? format.time(instant)
        : format.dateTime(instant)
  return (
    <Text
      component="time"
      inherit={text.size === undefined}
      dateTime={new Date(instant).toISOString()}
      title={format.exact(instant)}
      {...text}
    >
      {shown}
    </Text>
  )
}

/** A live countdown to `until`: "leaves in 3 d 4 h", or plainly "in 3 d 4 h". */
export function Countdown({
  until,
  plain = false,
}: {
  readonly until: string
  readonly plain?: boolean
}) {
  const { t, format } = useI18n()
  const now = useNow(1_000)
  const instant = Date.parse(until)
  return (
    <Text component="time" inherit dateTime={until} title={format.exact(instant)}>
      {instant <= now
        ? t(plain ? 'countdown.plainNow' : 'countdown.now')
        : t(plain ? 'countdown.plain' : 'countdown.in', { span: format.span(instant - now) })}
    </Text>
  )
}
