import {
  ActionIcon,
  Button,
  Card,
  Group,
  NumberInput,
  Stack,
  Text,
  TextInput,
  Textarea,
  Title,
} from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { RFM_AXES, type RfmCell } from '../../edge/protocol/score.ts'
import { coveredCells, moved, newCell } from './score-draft.ts'
import { useCells } from './use-cells.ts'
import { useI18n } from './use-i18n.ts'

const ENDS = [
  ['from', 0],
  ['to', 1],
] as const

/** Cells in their order, of which the first that matches wins. */
export function ScoreCellsForm(props: {
  readonly cells: readonly RfmCell[]
  readonly bins: number
  readonly onChange: (cells: readonly RfmCell[]) => void
  readonly error: string | undefined
}) {
  const { t } = useI18n()
  const { cells, bins, onChange, error } = props
  const covered = coveredCells(cells, bins)
  return (
    <Stack gap="sm">
      <Title order={3}>{t('rfm.cells')}</Title>
      <Text size="sm" c="dimmed">
        {t('scoreSettings.cellsAbout')}
      </Text>
      {error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {cells.map((cell, place) => (
        <CellForm
          key={cell.key}
          cell={cell}
          bins={bins}
          isCovered={covered.has(cell.key)}
          isFirst={place === 0}
          isLast={place === cells.length - 1}
          onChange={(next) => onChange(cells.with(place, next))}
          onMove={(by) => onChange(moved(cells, place, by))}
          onRemove={() => onChange(cells.toSpliced(place, 1))}
        />
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() => onChange([...cells, newCell(cells, bins)])}
      >
        {t('scoreSettings.addCell')}
      </Button>
    </Stack>
  )
}

function CellForm(props: {
  readonly cell: RfmCell
  readonly bins: number
  readonly isCovered: boolean
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly onChange: (cell: RfmCell) => void
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}) {
  const { t } = useI18n()
  const { cell, bins, onChange } = props
  const known = useCells()(cell.key)
  const cellLabel = cell.name ?? known.name
  const action = (label: string, icon: React.ReactNode, disabled: boolean, act: () => void) => (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={act}
    >
      {icon}
    </ActionIcon>
  )
  return (
    <Card withBorder component="fieldset" aria-label={cellLabel}>
      <Stack gap="sm">
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('scoreSettings.cellName')}
            value={cell.name ?? ''}
            placeholder={known.name}
            onChange={(event) => onChange({ ...cell, name: event.currentTarget.value })}
            flex={1}
            miw={160}
          />
          {action(
            t('scoreSettings.up', { cell: cellLabel }),
            <IconArrowUp size={17} />,
            props.isFirst,
            () => props.onMove(-1),
          )}
          {action(
            t('scoreSettings.down', { cell: cellLabel }),
            <IconArrowDown size={17} />,
            props.isLast,
            () => props.onMove(1),
          )}
          {action(
            t('scoreSettings.remove', { cell: cellLabel }),
            <IconTrash size={17} />,
            false,
            props.onRemove,
          )}
        </Group>
        <Group gap="md">
          {RFM_AXES.map((axis) => (
            <Group key={axis} gap={6} align="flex-end">
              {ENDS.map(([side, end]) => (
                <NumberInput
                  key={side}
                  label={t(`scoreSettings.range.${axis}.${side}`)}
                  min={1}
                  max={bins}
                  allowDecimal={false}
                  value={cell[axis][end]}
                  onChange={(value) => {
                    if (typeof value !== 'number') return
                    const [from, to] = cell[axis]
                    onChange({ ...cell, [axis]: end === 0 ? [value, to] : [from, value] })
                  }}
                  w={112}
                />
              ))}
            </Group>
          ))}
        </Group>
        {props.isCovered && (
          <Text size="sm" role="status">
            {t('scoreSettings.covered')}
          </Text>
        )}
        {(['meaning', 'action'] as const).map((text) => (
          <Textarea
            key={text}
            label={t(`scoreSettings.${text}`)}
            value={cell[text] ?? ''}
            placeholder={known[text]}
            autosize
            onChange={(event) => onChange({ ...cell, [text]: event.currentTarget.value })}
          />
        ))}
      </Stack>
    </Card>
  )
}
