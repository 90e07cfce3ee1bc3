import { Autocomplete, Group, Select, Stack, TextInput } from '@mantine/core'
import type { PerformedCondition, ReactionCondition } from '../../edge/protocol/condition.ts'
import { CHANNEL_EVENTS, REACTIONS, type Reaction } from '../../edge/protocol/reaction.ts'
import { MeasureEditor } from './measure-editor.tsx'
import { useI18n } from './use-i18n.ts'
import { WINDOW_KINDS } from './window-edit.ts'
import { WindowEditor } from './window-editor.tsx'

const KINDS_OF_RECENCY = WINDOW_KINDS.filter((kind) => kind !== 'between')

/** What became of messages: "[opened] on [email] [at least] [1] time [in the last] [30] [days]". */
export function ReactionEditor(props: {
  readonly leaf: ReactionCondition
  readonly onChange: (leaf: ReactionCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  const isRecency = leaf.measure === 'recency'
  const withText = (name: 'channel' | 'campaign', text: string) => {
    const { [name]: _, ...rest } = leaf
    onChange(text === '' ? rest : { ...rest, [name]: text })
  }
  return (
    <Stack gap="xs" className="leaf-block">
      <Group gap="xs">
        <Select
          aria-label={t('editor.reaction')}
          data={REACTIONS.map((kind) => ({ value: kind, label: t(`reaction.${kind}`) }))}
          value={leaf.kind}
          onChange={(kind) => kind && onChange({ ...leaf, kind: kind as Reaction })}
          allowDeselect={false}
          w={150}
        />
        <Autocomplete
          aria-label={t('editor.channel')}
          placeholder={t('editor.anyChannel')}
          data={Object.keys(CHANNEL_EVENTS)}
          value={leaf.channel ?? ''}
          onChange={(text) => withText('channel', text)}
          w={150}
        />
        <TextInput
          aria-label={t('editor.campaign')}
          placeholder={t('editor.anyCampaign')}
          value={leaf.campaign ?? ''}
          onChange={(event) => withText('campaign', event.currentTarget.value)}
          w={180}
        />
        <MeasureEditor
          leaf={counted(leaf)}
          measures={['count', 'recency']}
          onChange={(next) => onChange(reacted(leaf, next))}
        />
        <WindowEditor
          window={leaf.window}
          onChange={(window) => onChange(reacted(leaf, { ...counted(leaf), window }))}
          kinds={isRecency ? KINDS_OF_RECENCY : WINDOW_KINDS}
          past={!isRecency}
        />
      </Group>
    </Stack>
  )
}

type Counted = Omit<PerformedCondition, 'window'> & {
  readonly window?: PerformedCondition['window'] | undefined
}

/** The measure of a reaction, as one of events. */
function counted(leaf: ReactionCondition): PerformedCondition {
  const { kind: _, channel: __, campaign: ___, ...rest } = leaf
  return { ...rest, type: 'performed', event: '' }
}

function reacted(leaf: ReactionCondition, next: Counted): ReactionCondition {
  const { kind, channel, campaign } = leaf
  const { measure, window, operator, value } = next
  return {
    type: 'reaction',
    kind,
    ...(channel !== undefined && { channel }),
    ...(campaign !== undefined && { campaign }),
    ...((measure === 'count' || measure === 'recency') && { measure }),
    operator,
    ...(value !== undefined && { value }),
    ...(window !== undefined && { window }),
  }
}
