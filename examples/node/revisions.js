/**
 * Lets through what is new. Delivery is at least once and revisions of an alert may overtake each
 * other, so a record counts only when its revision is higher than the one held for its id.
 */
export class RisingRevisions {
  #held = new Map()
  #capacity

  /** @param {number} capacity how many ids to remember; the longest unchanged is forgotten first */
  constructor(capacity = 100_000) {
    this.#capacity = capacity
  }

  /** Whether the revision is the highest seen of that id; if so it is now the one held. */
  accept(id, revision) {
    if ((this.#held.get(id) ?? -Infinity) >= revision) return false
    this.#held.delete(id)
    this.#held.set(id, revision)
    if (this.#held.size > this.#capacity) this.#held.delete(this.#held.keys().next().value)
    return true
  }
}
