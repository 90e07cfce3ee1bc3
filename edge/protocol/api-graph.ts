/** Identifiers that were seen together, and what stands between them, as the API tells it. */
export interface ApiGraph {
  readonly nodes: readonly {
    readonly kind: string
    readonly value: string
    readonly proven: boolean
    readonly firstSeen: string
    readonly lastSeen: string
    readonly source: string
    /** Whose it is. */
    readonly profile: string
    /** Too many bear it: it joins no one. */
    readonly blocked: boolean
  }[]
  /** `from` and `to` are places in `nodes`. A link that does not stand was cut: it would make two people one. */
  readonly links: readonly {
    readonly from: number
    readonly to: number
    readonly at: string
    readonly proven: boolean
    readonly stands: boolean
  }[]
  readonly separations: readonly {
    readonly id: string
    readonly at: string
    readonly from: number
    readonly to: number
  }[]
}
