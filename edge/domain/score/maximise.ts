/** A function to be maximised over positive parameters, with its gradient. */
export type Likelihood = (parameters: readonly number[]) => {
  readonly value: number
  readonly gradient: readonly number[]
}

export interface Fit {
  readonly parameters: readonly number[]
  /** Of the parameters, from the observed information. NaN where the maximum is flat. */
  readonly errors: readonly number[]
  readonly value: number
  readonly steps: number
  /** False: the last step still gained, so the figures are not those of a maximum. */
  readonly converged: boolean
}

const MAX_STEPS = 200
/** The gradient by the logarithms of the parameters, for each unit of `scale`, at which a maximum is reached. */
const FLAT = 1e-7
/** A step must gain at least this share of what the slope promises (Armijo). */
const GAIN = 1e-4
const SHORTEST = 1e-12
/** No parameter changes by more than this factor, as a logarithm, in one step. */
const LONGEST = 2

/**
 * Maximises by BFGS over the logarithms of the parameters, which keeps them positive (Nocedal and Wright 2006, ch. 6).
 * `scale`: of how much the value is a sum, such as the number of customers.
 */
export function maximise(likelihood: Likelihood, start: readonly number[], scale: number): Fit {
  const byLog = (logs: readonly number[]) => {
    const parameters = logs.map(Math.exp)
    const { value, gradient } = likelihood(parameters)
    return { value, gradient: gradient.map((slope, place) => slope * (parameters[place] ?? 0)) }
  }
  let at = start.map(Math.log)
  let here = byLog(at)
  let curvature = identity(at.length)
  let converged = false
  let steps = 0
  for (; steps < MAX_STEPS && !converged; steps++) {
    let direction = times(curvature, here.gradient)
    if (dot(direction, here.gradient) <= 0) {
      curvature = identity(at.length)
      direction = [...here.gradient]
    }
    const most = Math.max(...direction.map(Math.abs))
    let length = Math.min(1, LONGEST / most)
    const promise = dot(direction, here.gradient)
    let next = at
    let there = here
    for (; length > SHORTEST; length /= 2) {
      next = at.map((log, place) => log + length * (direction[place] ?? 0))
      there = byLog(next)
      if (there.value >= here.value + GAIN * length * promise) break
    }
    const moved = next.map((log, place) => log - (at[place] ?? 0))
    // Of the negated function, which is minimised.
    const turned = there.gradient.map((slope, place) => (here.gradient[place] ?? 0) - slope)
    converged =
      length <= SHORTEST || Math.max(...there.gradient.map(Math.abs)) <= FLAT * Math.max(scale, 1)
    curvature = updated(curvature, moved, turned)
    if (length > SHORTEST) [at, here] = [next, there]
  }
  const parameters = at.map(Math.exp)
  return {
    parameters,
    errors: errorsAt(likelihood, parameters),
    value: here.value,
    steps,
    converged,
  }
}

type Matrix = readonly (readonly number[])[]

const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => Number(row === column)),
  )
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, place) => sum + value * (b[place] ?? 0), 0)
const times = (matrix: Matrix, vector: readonly number[]): number[] =>
  matrix.map((row) => dot(row, vector))

/** BFGS' update of the inverse of the second derivatives. */
function updated(inverse: Matrix, moved: readonly number[], turned: readonly number[]): Matrix {
  const along = dot(moved, turned)
  if (along <= 1e-14) return inverse
  const across = times(inverse, turned)
  const weight = (1 + dot(turned, across) / along) / along
  return inverse.map((row, i) =>
    row.map((value, j) => {
      const [si, sj] = [moved[i] ?? 0, moved[j] ?? 0]
      const [ui, uj] = [across[i] ?? 0, across[j] ?? 0]
      return value + weight * si * sj - (ui * sj + si * uj) / along
    }),
  )
}

/** Standard errors: roots of the diagonal of the inverted matrix of second derivatives, by central differences. */
function errorsAt(likelihood: Likelihood, parameters: readonly number[]): number[] {
  const rows = parameters.map((value, place) => {
    const step = value * 1e-4
    const near = (sign: number) =>
      likelihood(parameters.map((one, other) => (other === place ? one + sign * step : one)))
        .gradient
    const [after, before] = [near(1), near(-1)]
    return after.map((slope, other) => -(slope - (before[other] ?? 0)) / (2 * step))
  })
  const even = rows.map((row, i) => row.map((value, j) => (value + (rows[j]?.[i] ?? value)) / 2))
  return inverted(even).map((row, place) => Math.sqrt(row[place] ?? Number.NaN))
}

/** Gauss and Jordan, with pivots. */
function inverted(matrix: Matrix): number[][] {
  const size = matrix.length
  const work = matrix.map((row, place) => [...row, ...(identity(size)[place] ?? [])])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column; row < size; row++) {
      if (Math.abs(work[row]?.[column] ?? 0) > Math.abs(work[pivot]?.[column] ?? 0)) pivot = row
    }
    const chosen = work[pivot] ?? []
    work[pivot] = work[column] ?? []
    const lead = chosen[column] ?? 0
    work[column] = chosen.map((value) => value / lead)
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = work[row]?.[column] ?? 0
      work[row] = (work[row] ?? []).map((value, at) => value - factor * (work[column]?.[at] ?? 0))
    }
  }
  return work.map((row) => row.slice(size))
}
