import './condition-editor.css'
import { ActionIcon, Autocomplete, SegmentedControl, Select } from '@mantine/core'
import {
  MantineActionElement,
  MantineNotToggle,
  MantineValueSelector,
} from '@react-querybuilder/mantine'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMemo } from 'react'
import {
  QueryBuilder,
  type ActionProps,
  type CombinatorSelectorProps,
  type FieldSelectorProps,
  type ValueEditorProps,
} from 'react-querybuilder'
import { SCOPES } from '../../edge/protocol/condition.ts'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import { COMPARED_FIELDS } from '../../edge/protocol/event.ts'
import { defaultLeaf, isLeafField, type ConditionGroup, type Leaf } from './condition-query.ts'
import { FollowedEditor } from './followed-editor.tsx'
import { LifecycleEditor } from './lifecycle-editor.tsx'
import { NearEditor } from './near-editor.tsx'
import { NowEditor } from './now-editor.tsx'
import { PerformedEditor } from './performed-editor.tsx'
import { ReactionEditor } from './reaction-editor.tsx'
import { BudgetEditor } from './budget-editor.tsx'
import { PressureEditor } from './pressure-editor.tsx'
import { ScoreEditor } from './score-editor.tsx'
import { SegmentPicker } from './segment-picker.tsx'
import { SequenceEditor } from './sequence-editor.tsx'
import { TestEditor } from './test-editor.tsx'
import { TraitPicker } from './trait-picker.tsx'
import { TraitTestEditor } from './trait-test-editor.tsx'
import { useI18n } from './use-i18n.ts'

const BEHAVIOUR = [
  'performed',
  'sequence',
  'followedBy',
  'notFollowedBy',
  'lifecycle',
  'reaction',
] as const
const VISIT = ['near', 'now'] as const

/** Known values of the fields that have a closed list. */
const CONTEXT_VALUES: { readonly [field: string]: readonly string[] } = {
  device: ['desktop', 'mobile', 'tablet', 'tv', 'wearable', 'console', 'bot'],
  referrerClass: ['direct', 'search', 'social', 'email', 'ad', 'ai', 'internal', 'referral'],
}

/** The query builder, dressed for conditions: groups of lines, each line one leaf read as a sentence. */
export function ConditionEditor(props: {
  readonly query: ConditionGroup
  readonly onChange: (query: ConditionGroup) => void
}) {
  const { t } = useI18n()
  const fields = useMemo(
    () => [
      {
        label: t('editor.fields.behaviour'),
        options: BEHAVIOUR.map((name) => ({ name, label: t(`editor.fields.${name}`) })),
      },
      {
        label: t('editor.fields.person'),
        options: [
          { name: 'trait', label: t('editor.fields.trait') },
          { name: 'score', label: t('editor.fields.score') },
          { name: 'pressure', label: t('editor.fields.pressure') },
          { name: 'budget', label: t('editor.fields.budget') },
          { name: 'consent', label: t('editor.fields.consent') },
          { name: 'account', label: t('editor.fields.account') },
          { name: 'segment', label: t('editor.fields.segment') },
        ],
      },
      {
        label: t('editor.fields.visit'),
        options: [
          ...COMPARED_FIELDS.map((field) => ({
            name: `context.${field}`,
            label: t(`context.${field}`),
          })),
          ...VISIT.map((name) => ({ name, label: t(`editor.fields.${name}`) })),
        ],
      },
    ],
    [t],
  )
  return (
    <div className="condition-editor">
      <QueryBuilder
        fields={fields}
        query={props.query}
        onQueryChange={(query) => props.onChange(query as ConditionGroup)}
        controlElements={CONTROLS}
        getDefaultField="performed"
        getDefaultValue={(rule) => defaultLeaf(isLeafField(rule.field) ? rule.field : 'performed')}
        resetOnFieldChange
        addRuleToNewGroups
        showNotToggle
        enableMountQueryChange={false}
        translations={{
          addRule: { label: t('editor.addRule'), title: t('editor.addRule') },
          addGroup: { label: t('editor.addGroup'), title: t('editor.addGroup') },
          removeRule: { label: '', title: t('editor.removeRule') },
          removeGroup: { label: '', title: t('editor.removeGroup') },
          notToggle: { label: t('editor.not'), title: t('editor.notTitle') },
          combinators: { title: t('editor.combinator') },
          fields: { title: t('editor.field') },
          value: { title: t('editor.value') },
        }}
      />
    </div>
  )
}

const CONTROLS = {
  actionElement: MantineActionElement,
  valueSelector: MantineValueSelector,
  addRuleAction: AddButton,
  addGroupAction: AddButton,
  removeRuleAction: RemoveButton,
  removeGroupAction: RemoveButton,
  notToggle: MantineNotToggle,
  combinatorSelector: Combinator,
  fieldSelector: FieldPicker,
  // The operator belongs to the leaf, which the value editor shows whole.
  operatorSelector: null,
  valueEditor: LeafEditor,
}

function AddButton(props: ActionProps) {
  return (
    <MantineActionElement
      {...props}
      variant="subtle"
      size="compact-sm"
      leftSection={<IconPlus size={14} />}
    />
  )
}

function RemoveButton({ handleOnClick, title, disabled }: ActionProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={title ?? ''}
      title={title ?? ''}
      disabled={disabled === true}
      onClick={(event) => handleOnClick(event)}
    >
      <IconX size={17} />
    </ActionIcon>
  )
}

function Combinator({ value, handleOnChange }: CombinatorSelectorProps) {
  const { t } = useI18n()
  return (
    <SegmentedControl
      aria-label={t('editor.combinator')}
      size="xs"
      data={[
        { value: 'and', label: t('editor.all') },
        { value: 'or', label: t('editor.any') },
      ]}
      value={value ?? 'and'}
      onChange={handleOnChange}
    />
  )
}

function FieldPicker(props: FieldSelectorProps) {
  const { t } = useI18n()
  return (
    <MantineValueSelector
      {...props}
      aria-label={t('editor.field')}
      searchable
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      w={224}
    />
  )
}

/** One leaf, read as a sentence. */
function LeafEditor(props: ValueEditorProps) {
  const { t } = useI18n()
  const leaf = props.value as Leaf
  const onChange = (next: Leaf) => props.handleOnChange(next)
  switch (leaf.type) {
    case 'performed':
      return <PerformedEditor leaf={leaf} onChange={onChange} />
    case 'sequence':
      return <SequenceEditor leaf={leaf} onChange={onChange} />
    case 'followedBy':
    case 'notFollowedBy':
      return <FollowedEditor leaf={leaf} onChange={onChange} />
    case 'lifecycle':
      return <LifecycleEditor leaf={leaf} onChange={onChange} />
    case 'trait':
    case 'account':
      return (
        <>
          <TraitPicker
            of={leaf.type}
            value={leaf.trait}
            onChange={(trait) => onChange({ ...leaf, trait })}
          />
          <TraitTestEditor
            test={leaf}
            of={leaf.trait || t('editor.trait')}
            onChange={({ operator, value, ...more }) => {
              const { type, trait } = leaf
              onChange({
                type,
                trait,
                operator,
                ...(value !== undefined && { value }),
                ...more,
              } as Leaf)
            }}
          />
        </>
      )
    case 'consent':
      return (
        <Autocomplete
          aria-label={t('editor.purpose')}
          data={[...PURPOSES]}
          value={leaf.purpose}
          onChange={(purpose) => onChange({ ...leaf, purpose })}
          w={200}
        />
      )
    case 'score':
      return <ScoreEditor leaf={leaf} onChange={onChange} />
    case 'pressure':
      return <PressureEditor leaf={leaf} onChange={onChange} />
    case 'budget':
      return <BudgetEditor leaf={leaf} onChange={onChange} />
    case 'segment':
      return (
        <SegmentPicker
          value={leaf.segment}
          onChange={(segment) => onChange({ type: 'segment', segment })}
        />
      )
    case 'now':
      return <NowEditor leaf={leaf} onChange={onChange} />
    case 'reaction':
      return <ReactionEditor leaf={leaf} onChange={onChange} />
    case 'context': {
      const { scope: _, ...now } = leaf
      return (
        <>
          <Select
            aria-label={t('editor.scope')}
            data={SCOPES.map((scope) => ({ value: scope, label: t(`editor.scopes.${scope}`) }))}
            value={leaf.scope ?? 'now'}
            onChange={(next) => {
              const scope = SCOPES.find((one) => one === next) ?? 'now'
              onChange(scope === 'now' ? now : { ...leaf, scope })
            }}
            allowDeselect={false}
            w={220}
          />
          {'near' in leaf ? (
            <NearEditor near={leaf.near} onChange={(near) => onChange({ ...leaf, near })} />
          ) : (
            <TestEditor
              test={leaf}
              of={t(`context.${leaf.field}`)}
              suggestions={CONTEXT_VALUES[leaf.field] ?? []}
              onChange={onChange}
            />
          )}
        </>
      )
    }
  }
}
