import { Group, NumberInput } from '@mantine/core'
import type { Near } from '../../edge/protocol/condition.ts'
import { useI18n } from './use-i18n.ts'

const BOUNDS = { lat: [-90, 90], lon: [-180, 180], km: [0.1, 20_000] } as const

/** A place, and how far from it: latitude, longitude, kilometres. */
export function NearEditor(props: {
  readonly near: Near
  readonly onChange: (near: Near) => void
}) {
  const { t } = useI18n()
  const { near, onChange } = props
  return (
    <Group gap="xs">
      {(['lat', 'lon', 'km'] as const).map((side) => (
        <NumberInput
          key={side}
          aria-label={t(`editor.near.${side}`)}
          value={near[side]}
          min={BOUNDS[side][0]}
          max={BOUNDS[side][1]}
          decimalScale={4}
          suffix={side === 'km' ? ' km' : '°'}
          onChange={(next) => typeof next === 'number' && onChange({ ...near, [side]: next })}
          w={120}
        />
      ))}
    </Group>
  )
}
