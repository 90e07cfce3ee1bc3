/** SQL that counts the rows it writes, as they are billed: one for each row and for each entry of an index. */
export class CountingSql {
  readonly sql: SqlStorage
  #rowsWritten = 0

  constructor(sql: SqlStorage) {
    const count = (rows: number): void => {
      this.#rowsWritten += rows
    }
    // Everything but `exec` is the runtime's own: its methods insist on their object.
    this.sql = new Proxy(sql, {
      get(target, name) {
        if (name !== 'exec') return Reflect.get(target, name, target)
        return (query: string, ...bindings: unknown[]) => {
          const cursor = target.exec(query, ...bindings)
          // A statement that writes has done so by the time it returns.
          count(cursor.rowsWritten)
          return cursor
        }
      },
    })
  }

  get rowsWritten(): number {
    return this.#rowsWritten
  }
}
