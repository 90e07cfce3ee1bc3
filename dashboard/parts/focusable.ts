/** For what scrolls: keys scroll it too. */
export const focusable = (label: string) => ({
  viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label },
})
