import type { Verdict } from '../../edge/protocol/verdict.ts'

/** What became of everything that was sent. */
export class Tally {
  sent = 0
  accepted = 0
  duplicate = 0
  rejected = 0
  failed = 0
  /** Requests that were tried again. */
  retries = 0
  readonly reasons = new Map<string, number>()

  /** Counts one request's verdicts. A request without as many verdicts as events did not keep its contract. */
  count(events: number, verdicts: readonly Verdict[]): void {
    this.sent += events
    for (const verdict of verdicts) {
      this[verdict.status] += 1
      if ('reason' in verdict) this.#because(`${verdict.status}: ${verdict.reason}`, 1)
    }
  }

  /** Events of a request that was given up. */
  giveUp(events: number, reason: string): void {
    this.sent += events
    this.failed += events
    this.#because(`failed: ${reason}`, events)
  }

  #because(reason: string, events: number): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + events)
  }

  get addsUp(): boolean {
    return this.sent === this.accepted + this.duplicate + this.rejected + this.failed
  }

  get equation(): string {
    const { sent, accepted, duplicate, rejected, failed, addsUp } = this
    const terms = `${accepted} accepted + ${duplicate} duplicate + ${rejected} rejected + ${failed} failed`
    return `${sent} sent ${addsUp ? '=' : '≠'} ${terms}`
  }
}
