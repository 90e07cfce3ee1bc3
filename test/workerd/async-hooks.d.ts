/** What tests use of Node's module, which workerd has as well. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<Store> {
    run<T>(store: Store, callback: () => T): T
    getStore(): Store | undefined
  }
}
