import { Group, Select, TextInput } from '@mantine/core'
import type { PressureCondition } from '../../edge/protocol/condition.ts'
import { CHANNELS, type Channel } from '../../edge/protocol/reaction.ts'
import { AmountTest } from './amount-test.tsx'
import { DurationInput } from './duration-input.tsx'
import { useI18n } from './use-i18n.ts'

/** What messages weigh together: "on [e-mail] marked [news] in the last [7] [days], [at least] [3]". */
export function PressureEditor(props: {
  readonly leaf: PressureCondition
  readonly onChange: (leaf: PressureCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  const { channel: _, ...ofAny } = leaf
  const { tag: __, ...untagged } = leaf
  const of = t('editor.fields.pressure')
  return (
    <Group gap="xs" className="leaf-block">
      <Select
        aria-label={t('editor.channel')}
        placeholder={t('editor.anyChannel')}
        data={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
        value={leaf.channel ?? null}
        onChange={(channel) =>
          onChange(channel === null ? ofAny : { ...leaf, channel: channel as Channel })
        }
        clearable
        clearButtonProps={{ 'aria-label': t('editor.anyChannel') }}
        w={170}
      />
      <TextInput
        aria-label={t('touch.tags')}
        placeholder={t('editor.anyTag')}
        value={leaf.tag ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange(value === '' ? untagged : { ...leaf, tag: value })
        }
        w={140}
      />
      <DurationInput
        of={of}
        value={leaf.window.last}
        onChange={(last) => onChange({ ...leaf, window: { last } })}
      />
      <AmountTest of={of} test={leaf} onChange={(test) => onChange({ ...leaf, ...test })} />
    </Group>
  )
}
