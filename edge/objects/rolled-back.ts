/** Takes the outcome out of a transaction of which nothing is kept. */
export class RolledBack extends Error {
  readonly value: unknown

  constructor(value: unknown) {
    super('Nothing of this is kept')
    this.value = value
  }
}
