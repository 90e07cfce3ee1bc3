import { DurableObject } from 'cloudflare:workers'

interface ReferenceEnv {
  readonly ROWS: DurableObjectNamespace<Rows>
}

/** The least a durable answer costs: one object, one row. */
export class Rows extends DurableObject<ReferenceEnv> {
  readonly #sql = this.ctx.storage.sql

  constructor(ctx: DurableObjectState, env: ReferenceEnv) {
    super(ctx, env)
    this.#sql.exec('create table if not exists row (id text primary key, body text not null)')
  }

  /** Durable when the reply leaves: the output gate waits for the disk. */
  write(id: string, body: string): number {
    this.#sql.exec('insert or replace into row (id, body) values (?, ?)', id, body)
    return body.length
  }

  read(id: string): string | null {
    const row = this.#sql
      .exec<{ body: string }>('select body from row where id = ?', id)
      .toArray()[0]
    return row?.body ?? null
  }
}

/** `POST /write?object=&id=` stores the body; `POST /read?object=&id=` answers the stored row. */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    const rows = env.ROWS.getByName(searchParams.get('object') ?? '')
    const id = searchParams.get('id') ?? ''
    const body = await request.text()
    return Response.json(pathname === '/write' ? await rows.write(id, body) : await rows.read(id))
  },
} satisfies ExportedHandler<ReferenceEnv>
