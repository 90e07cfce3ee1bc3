import { Button, Card, Code, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconMathFunction, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ApiComputedTrait } from '../../edge/protocol/api-computed-trait.ts'
import { api } from './api.ts'
import { ComputedTraitForm } from './computed-trait-form.tsx'
import { computedSentence } from './computed-trait-sentence.ts'
import { DefinitionCard } from './definition-card.tsx'
import { FormModal } from './form-modal.tsx'
import { computedTraitsQuery } from './queries.ts'
import { SegmentLinks } from './segment-links.tsx'
import { Empty, Loaded } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Traits that follow from what people do: what each is computed from, and which segments ask for it. */
export function ComputedTraits() {
  const { t } = useI18n()
  const traits = useQuery(computedTraitsQuery)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('computedTraits.new')}
    </Button>
  )
  return (
    <Stack gap="lg">
      <Loaded query={traits}>
        {(items) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconMathFunction} title={t('computedTraits.emptyTitle')} action={create}>
                {t('computedTraits.empty')}
              </Empty>
            </Card>
          ) : (
            <>
              <Group justify="space-between" align="flex-start">
                <Text size="sm" maw={560}>
                  {t('computedTraits.explained')}
                </Text>
                {create}
              </Group>
              {items.map((trait) => (
                <TraitCard key={trait.id} trait={trait} />
              ))}
            </>
          )
        }
      </Loaded>
      <FormModal title={t('computedTraits.new')} size="lg" opened={opened} onClose={close}>
        <ComputedTraitForm save={api.computedTraits.create} onSaved={close} />
      </FormModal>
    </Stack>
  )
}

function TraitCard({ trait }: { readonly trait: ApiComputedTrait }) {
  const { t, format } = useI18n()
  return (
    <DefinitionCard
      name={trait.name}
      about={
        <>
          <Code className="breakable">{trait.key}</Code>
          <Text size="sm" mt={6} className="breakable">
            {computedSentence(trait, { t, format })}
          </Text>
          {trait.purposes.length > 0 && (
            <Text size="xs" c="dimmed" mt={4}>
              {t('computedTraits.consented', {
                purposes: format.and(
                  trait.purposes.map((purpose) =>
                    t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose }),
                  ),
                ),
              })}
            </Text>
          )}
          <Text size="xs" c="dimmed" mt={4}>
            {trait.segments.length === 0 ? t('computedTraits.unused') : t('computedTraits.usedBy')}{' '}
            <SegmentLinks segments={trait.segments} />
          </Text>
        </>
      }
      edit={t('destination.edit')}
      formSize="lg"
      form={(close) => (
        <ComputedTraitForm
          initial={trait}
          save={(input) => api.computedTraits.replace(trait.id, input)}
          onSaved={close}
        />
      )}
      remove={{
        label: t('destination.delete'),
        title: t('destination.deleteTitle', { name: trait.name }),
        about: t('computedTraits.deleteAbout'),
        act: () => api.computedTraits.remove(trait.id),
        queryKey: ['computed-traits'],
      }}
    />
  )
}
