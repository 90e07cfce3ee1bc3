// Plain JavaScript that every Node reads: the other scripts are TypeScript, which Node runs by itself from 22.18 on.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This is Node ${process.versions.node}; Prisme's tools need 22.18 or newer. "npm ci" installs one next to them, ` +
      'which "npm start" and "npm test" use: run them through npm, after an "npm ci" that may run install scripts ' +
      '(without --ignore-scripts).',
  )
  process.exit(1)
}
