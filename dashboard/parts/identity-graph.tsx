import { Alert, Card, Group, Table, Tabs, Text, Title } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import type { ApiGraph } from '../../edge/protocol/api-graph.ts'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { layOut, type PlacedNode } from './graph-layout.ts'
import { TextLink } from './link.tsx'
import { useI18n } from './use-i18n.ts'
import { When } from './when.tsx'
import './identity-graph.css'

/** Colours of the people a person is seen with; more people share the last. */
const OTHERS = ['teal', 'orange', 'pink', 'gray'] as const
const RADIUS = 13
const LABEL = 16

type Node = ApiGraph['nodes'][number]

/** What was seen together with a person, whose it is by now, and where it was cut. */
export function IdentityGraph({ profile }: { readonly profile: ApiProfile }) {
  const { t, format } = useI18n()
  const { graph } = profile
  if (graph.nodes.length === 0) return null
  const others = [...new Set(graph.nodes.map((node) => node.profile))].filter(
    (id) => id !== profile.id,
  )
  const cut = graph.links.filter(({ stands }) => !stands).length
  const colour = (id: string): string =>
    id === profile.id ? 'iris' : (OTHERS[Math.min(others.indexOf(id), OTHERS.length - 1)] ?? 'gray')
  return (
    <Card>
      <Title order={2}>{t('graph.title')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('graph.about', {
          nodes: format.number(graph.nodes.length),
          links: format.number(graph.links.length),
          cut: format.number(cut),
        })}
      </Text>
      <Tabs defaultValue="picture" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="picture">{t('graph.picture')}</Tabs.Tab>
          <Tabs.Tab value="list">{t('graph.list')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="picture">
          <Picture profile={profile} colour={colour} />
          <Group gap="md" mt="xs">
            <Legend colour="iris">{t('graph.thisPerson')}</Legend>
            {others.slice(0, OTHERS.length).map((id) => (
              <Legend key={id} colour={colour(id)}>
                <TextLink to="/profiles/$id" params={{ id }} size="xs" className="breakable">
                  {t('graph.otherPerson', { id: shorten(id) })}
                </TextLink>
              </Legend>
            ))}
            {cut > 0 && (
              <Text size="xs" c="dimmed">
                <svg width="26" height="8" aria-hidden="true" className="graph-legend-cut">
                  <line x1="0" y1="4" x2="26" y2="4" className="graph-cut" />
                </svg>{' '}
                {t('graph.cut')}
              </Text>
            )}
          </Group>
        </Tabs.Panel>
        <Tabs.Panel value="list">
          <LinkTable graph={graph} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  )
}

function Legend(props: { readonly colour: string; readonly children: React.ReactNode }) {
  return (
    <Text size="xs" c="dimmed" component="span">
      <svg width="12" height="12" aria-hidden="true" className="graph-legend">
        <circle cx="6" cy="6" r="5" fill={fillOf(props.colour)} />
      </svg>{' '}
      {props.children}
    </Text>
  )
}

const fillOf = (colour: string): string => `var(--mantine-color-${colour}-filled)`

function Picture(props: {
  readonly profile: ApiProfile
  readonly colour: (profile: string) => string
}) {
  const { t, format } = useI18n()
  const { ref, width } = useElementSize()
  const { graph, id } = props.profile
  const height = Math.min(220 + graph.nodes.length * 12, 560)
  const { nodes, links, hidden } = useMemo(
    () => layOut(graph, id, Math.max(width, 280), height),
    [graph, id, width, height],
  )
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg
          role="img"
          aria-label={t('graph.description', {
            nodes: format.number(graph.nodes.length),
            links: format.number(graph.links.length),
          })}
          width="100%"
          height={height}
          viewBox={`0 0 ${Math.max(width, 280)} ${height}`}
        >
          {links.map((link) => {
            const [from, to] = [nodes[link.from], nodes[link.to]]
            if (from === undefined || to === undefined) return null
            return (
              <line
                key={`${link.from} ${link.to}`}
                x1={from.x}
                y1={from.y}
                x2={to.x}
                y2={to.y}
                className={link.stands ? 'graph-link' : 'graph-cut'}
              >
                <title>
                  {`${format.dateTime(Date.parse(link.at))} · ${t(link.stands ? 'graph.stands' : 'graph.cut')}`}
                </title>
              </line>
            )
          })}
          {nodes.map((placed) => (
            <Dot key={nameOf(placed.node)} {...placed} fill={props.colour(placed.node.profile)} />
          ))}
        </svg>
      )}
      {hidden > 0 && (
        <Alert color="gray" mt="xs">
          {t('graph.hidden', { count: hidden, shown: format.number(hidden) })}
        </Alert>
      )}
    </div>
  )
}

function Dot({ node, x, y, fill }: PlacedNode & { readonly fill: string }) {
  const { t } = useI18n()
  const kind = t(`kind.${node.kind}` as 'kind.email', { defaultValue: node.kind })
  const shape = { fill: fillOf(fill), className: node.blocked ? 'graph-blocked' : '' }
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>
        {[
          `${kind}: ${node.value}`,
          node.proven ? t('profile.proven') : '',
          node.blocked ? t('graph.blocked') : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </title>
      {node.kind === 'anonymousId' ? (
        <rect x={-RADIUS + 2} y={-RADIUS + 2} width={22} height={22} rx={6} {...shape} />
      ) : (
        <circle r={RADIUS} {...shape} />
      )}
      <text y={RADIUS + 12} textAnchor="middle" className="graph-label">
        {shorten(node.kind === 'anonymousId' ? kind : node.value)}
      </text>
    </g>
  )
}

const nameOf = ({ kind, value }: Node): string => `${kind} ${value}`

const shorten = (text: string): string =>
  text.length <= LABEL ? text : `${text.slice(0, LABEL - 7)}…${text.slice(-6)}`

function LinkTable({ graph }: { readonly graph: ApiGraph }) {
  const { t } = useI18n()
  const show = (at: number) => {
    const node = graph.nodes[at]
    if (node === undefined) return ''
    const kind = t(`kind.${node.kind}` as 'kind.email', { defaultValue: node.kind })
    return `${kind}: ${node.value}`
  }
  if (graph.links.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('graph.noLinks')}
      </Text>
    )
  }
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('graph.one')}</Table.Th>
            <Table.Th>{t('graph.other')}</Table.Th>
            <Table.Th>{t('graph.seenTogether')}</Table.Th>
            <Table.Th>{t('graph.state')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {graph.links.map(({ from, to, at, proven, stands }) => (
            <Table.Tr key={`${from} ${to}`}>
              <Table.Td className="breakable">{show(from)}</Table.Td>
              <Table.Td className="breakable">{show(to)}</Table.Td>
              <Table.Td>
                <When at={at} as="date-time" size="sm" />
              </Table.Td>
              <Table.Td>
                {t(stands ? 'graph.stands' : 'graph.cut')}
                {!proven && ` · ${t('graph.unproven')}`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
