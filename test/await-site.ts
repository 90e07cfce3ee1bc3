/** A call that crosses to another object or to storage, as it is written. */
export interface StepSite {
  readonly file: string
  readonly line: number
  /** The innermost function that has a name. */
  readonly caller: string
  /** Method of an object, or a step of storage. */
  readonly callee: string
}

/** An `await`, or a promise that is gone on with by `then`, `catch` or `finally`. */
export interface AwaitSite {
  readonly file: string
  readonly line: number
  readonly caller: string
  /** What is awaited, on one line. */
  readonly text: string
  /** Why what is awaited fails where the list of steps says: it is one, or a function whose own awaits are listed. */
  readonly because: 'step' | 'function' | null
}

export interface AwaitSites {
  readonly steps: readonly StepSite[]
  readonly awaits: readonly AwaitSite[]
}
