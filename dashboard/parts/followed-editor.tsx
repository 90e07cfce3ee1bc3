import { Autocomplete, Group, Select, Stack, Text } from '@mantine/core'
import type { FollowedCondition } from '../../edge/protocol/condition.ts'
import { DurationInput } from './duration-input.tsx'
import { SUGGESTED_PROPERTIES } from './event-names.ts'
import { EventNames, PropertyTests } from './event-test-editor.tsx'
import { withBound } from './sequence-edit.ts'
import { useI18n } from './use-i18n.ts'

/** "[The last time] they did [Product Added], they did not do [Order Completed] within [2] [hours]". */
export function FollowedEditor(props: {
  readonly leaf: FollowedCondition
  readonly onChange: (leaf: FollowedCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  const { then } = leaf
  const isFollowed = leaf.type === 'followedBy'
  const [before, after] = [t('editor.before'), t(isFollowed ? 'editor.then' : 'editor.thenNot')]
  return (
    <Stack gap="xs" className="leaf-block">
      <Stack gap="xs" role="group" aria-label={before} className="leaf-step">
        <Group gap="xs">
          <Text size="sm" fw={600} miw={60}>
            {before}
          </Text>
          <EventNames test={leaf} onChange={onChange} />
          <Select
            aria-label={t('editor.since')}
            data={(['last', 'any'] as const).map((since) => ({
              value: since,
              label: t(`editor.sinces.${since}`),
            }))}
            value={leaf.since ?? 'last'}
            onChange={(next) => next && onChange({ ...leaf, since: next as 'last' | 'any' })}
            allowDeselect={false}
            w={210}
          />
        </Group>
        <PropertyTests test={leaf} onChange={onChange} />
      </Stack>
      <Stack gap="xs" role="group" aria-label={after} className="leaf-step">
        <Group gap="xs">
          <Text size="sm" fw={600} miw={60}>
            {after}
          </Text>
          <EventNames test={then} onChange={(next) => onChange({ ...leaf, then: next })} />
        </Group>
        <Group gap="xs">
          <Text size="sm">{t('editor.within')}</Text>
          <DurationInput
            of={t('editor.within')}
            value={leaf.within}
            onChange={(within) => onChange({ ...leaf, within })}
          />
          <Text size="sm">{t('editor.same')}</Text>
          <Autocomplete
            aria-label={t('editor.sameOf')}
            placeholder={t('editor.sameHint')}
            data={[...SUGGESTED_PROPERTIES]}
            value={then.same ?? ''}
            onChange={(same) =>
              onChange({ ...leaf, then: withBound(then, 'same', same || undefined) })
            }
            w={170}
          />
        </Group>
        <PropertyTests test={then} onChange={(next) => onChange({ ...leaf, then: next })} />
      </Stack>
    </Stack>
  )
}
