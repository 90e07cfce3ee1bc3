// Runs before the first paint, so that a dark page never flashes white. A file of its own because the
// content security policy allows no inline script.
;(function () {
  var chosen = 'auto'
  try {
    chosen = localStorage.getItem('prisme-color-scheme') || 'auto'
  } catch {
    // Storage is closed to us: follow the system.
  }
  var dark =
    chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
