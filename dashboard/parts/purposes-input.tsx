import { TagsInput, type TagsInputProps } from '@mantine/core'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import { useI18n } from './use-i18n.ts'

/** Purposes by name: the built-in ones are offered, a workspace's own are typed. */
export function PurposesInput(props: {
  readonly label: string
  readonly about: string
  readonly value: readonly string[]
  readonly onChange: (purposes: readonly string[]) => void
  readonly error: TagsInputProps['error']
}) {
  const { t } = useI18n()
  return (
    <TagsInput
      label={props.label}
      description={props.about}
      data={[...PURPOSES]}
      renderOption={({ option: { value } }) =>
        t(`purpose.${value}` as 'purpose.analytics', { defaultValue: value })
      }
      value={[...props.value]}
      onChange={props.onChange}
      error={props.error}
    />
  )
}
