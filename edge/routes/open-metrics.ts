/** One metric family: its name without a suffix, what it says, and its samples. */
export interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** The name ends with it. */
  readonly unit?: 'seconds' | 'bytes'
  readonly samples: readonly Sample[]
}

export interface Sample {
  readonly labels?: { readonly [label: string]: string }
  readonly value: number
}

export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** The text format of OpenMetrics 1.0. */
export const openMetrics = (families: readonly Family[]): string =>
  `${families.map(familyText).join('')}# EOF\n`

function familyText({ name, type, help, unit, samples }: Family): string {
  const head = [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
  ]
  const suffix = type === 'counter' ? '_total' : ''
  const lines = samples.map(
    ({ labels, value }) => `${name}${suffix}${labelText(labels)} ${String(value)}`,
  )
  return [...head, ...lines].map((line) => `${line}\n`).join('')
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels ?? {}).map(([label, value]) => `${label}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join()}}`
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
