import { NumberInput, TagsInput } from '@mantine/core'
import { DEFAULT_WEIGHT, MAX_TAGS, MAX_WEIGHT } from '../../edge/protocol/touch.ts'
import { useI18n } from './use-i18n.ts'

export interface TouchDraft {
  readonly weight: number
  readonly tags: readonly string[]
}

/** How much a message presses on people, and what it is marked with: caps count by both. */
export function TouchFields(props: {
  readonly value: TouchDraft
  readonly onChange: (value: TouchDraft) => void
  readonly errors: { readonly weight?: string | undefined; readonly tags?: string | undefined }
}) {
  const { t } = useI18n()
  const { value, onChange, errors } = props
  return (
    <>
      <NumberInput
        label={t('touch.weight')}
        description={t('touch.weightAbout')}
        min={0}
        max={MAX_WEIGHT}
        decimalScale={3}
        value={value.weight}
        onChange={(weight) =>
          onChange({ ...value, weight: typeof weight === 'number' ? weight : DEFAULT_WEIGHT })
        }
        error={errors.weight}
      />
      <TagsInput
        label={t('touch.tags')}
        description={t('touch.tagsAbout')}
        maxTags={MAX_TAGS}
        value={[...value.tags]}
        onChange={(tags) => onChange({ ...value, tags })}
        error={errors.tags}
      />
    </>
  )
}
