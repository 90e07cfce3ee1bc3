/** One call of wrangler: its arguments → how it ended and what it printed. */
export type Wrangler = (args: readonly string[]) => Promise<{
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}>

/** Makes what the Worker needs in a Cloudflare account, unless it is there. Every step may be repeated. */
export class Account {
  readonly #wrangler: Wrangler
  readonly #say: (line: string) => void

  constructor(wrangler: Wrangler, say: (line: string) => void) {
    this.#wrangler = wrangler
    this.#say = say
  }

  /** Throws, saying what to do, if wrangler may not act for an account. */
  async mustBeSignedIn(): Promise<void> {
    const { code } = await this.#wrangler(['whoami', '--json'])
    if (code !== 0) {
      throw new Error(
        'Not signed in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.',
      )
    }
  }

  /** Id of the D1 database of this name. */
  async database(name: string): Promise<string> {
    const find = async () => {
      const databases = await this.#json<{ name: string; uuid: string }[]>(['d1', 'list', '--json'])
      return databases.find((database) => database.name === name)?.uuid
    }
    return await this.#ensure(`D1 database ${name}`, find, ['d1', 'create', name])
  }

  /** Id of the KV namespace of this title. */
  async namespace(title: string): Promise<string> {
    const find = async () => {
      const namespaces = await this.#json<{ title: string; id: string }[]>([
        'kv',
        'namespace',
        'list',
      ])
      return namespaces.find((namespace) => namespace.title === title)?.id
    }
    return await this.#ensure(`KV namespace ${title}`, find, ['kv', 'namespace', 'create', title])
  }

  async queue(name: string): Promise<void> {
    const find = async () => await this.#answers(['queues', 'info', name])
    await this.#ensure(`queue ${name}`, find, ['queues', 'create', name])
  }

  async bucket(name: string): Promise<void> {
    const find = async () => await this.#answers(['r2', 'bucket', 'info', name])
    await this.#ensure(`R2 bucket ${name}`, find, ['r2', 'bucket', 'create', name])
  }

  /** Address of the Pages project of this name. */
  async pages(name: string): Promise<string> {
    const find = async () => {
      const projects = await this.#json<PagesProject[]>(['pages', 'project', 'list', '--json'])
      const project = projects.find((each) => each['Project Name'] === name)
      return project?.['Project Domains'].split(',')[0]?.trim()
    }
    const create = ['pages', 'project', 'create', name, '--production-branch=main']
    return `https://${await this.#ensure(`Pages project ${name}`, find, create)}`
  }

  /**
   * Names of the Worker's secrets; none if there is no Worker yet. Any other failure throws: taking it for "none"
   * would overwrite the secret that everything stored is sealed with.
   */
  async secrets(worker: string): Promise<readonly string[]> {
    const { code, stdout, stderr } = await this.#wrangler(['secret', 'list', '--name', worker])
    if (code === 0) return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
    const output = `${stdout}${stderr}`
    // What wrangler says of a Worker that does not exist, and Cloudflare's code for it.
    if (/Worker "[^"]*"(?: \(env: [^)]*\))? not found|code: 10007/.test(output)) return []
    throw new Error(`wrangler secret list failed:\n${output}`)
  }

  /** Runs a step that is safe to repeat. Throws with its output if it fails. */
  async must(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#wrangler(args)
    if (code !== 0) throw new Error(`wrangler ${args.join(' ')} failed:\n${stdout}${stderr}`)
    return stdout
  }

  async #ensure<T>(
    what: string,
    find: () => Promise<T | undefined>,
    create: readonly string[],
  ): Promise<T> {
    const found = await find()
    if (found !== undefined) {
      this.#say(`${what} is there`)
      return found
    }
    await this.must(create)
    this.#say(`${what} created`)
    const created = await find()
    if (created === undefined) throw new Error(`${what} was created but cannot be found`)
    return created
  }

  async #answers(args: readonly string[]): Promise<true | undefined> {
    const { code } = await this.#wrangler(args)
    return code === 0 || undefined
  }

  async #json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.must(args)) as T
  }
}

/** As wrangler prints it. */
interface PagesProject {
  readonly 'Project Name': string
  /** Separated by commas; the first is its own. */
  readonly 'Project Domains': string
}
