/** For promises whose failure changes nothing. */
export const ignore = (): undefined => undefined

/**
 * Wraps whatever the page or the browser calls: an error or a rejection of ours never becomes one of the page's.
 */
export const guard =
  <A extends readonly unknown[], R>(work: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      const result = work(...args)
      if (result instanceof Promise) result.catch(ignore)
      return result
    } catch {
      return undefined // the page goes on as if the tag were not there
    }
  }

/** Settles with the promise, or rejects after `wait` milliseconds: storage and networks may hang for ever. */
export const within = <T>(wait: number, work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, wait))])
