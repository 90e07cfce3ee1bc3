import { evaluateCommand } from './command.ts'

process.exitCode = await evaluateCommand(process.argv.slice(2), {
  line: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => console.error(text),
})
