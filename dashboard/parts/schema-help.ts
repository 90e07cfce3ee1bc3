import {
  snippet,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { EditorView } from '@codemirror/view'
import {
  CompletionItemKind,
  getLanguageService,
  TextDocument,
  type ASTNode,
  type CompletionItem,
  type JSONDocument,
  type JSONSchema,
} from 'vscode-json-languageservice'

const URI = 'prisme:/condition.json'

/** What a JSON Schema knows of a text. `say`: its descriptions in the viewer's language. */
export class SchemaHelp {
  readonly #service = getLanguageService({})
  readonly #say: (text: string) => string

  constructor(schema: JSONSchema, say: (text: string) => string) {
    this.#say = say
    this.#service.configure({
      validate: false,
      schemas: [{ uri: 'prisme:/schema.json', fileMatch: ['*'], schema }],
    })
  }

  /** What may stand where the cursor is. Of a text value any other may be chosen: it is replaced as a whole. */
  readonly complete = async ({
    state,
    pos,
  }: Pick<CompletionContext, 'state' | 'pos'>): Promise<CompletionResult | null> => {
    const text = state.doc.toString()
    // Behind the end of it, nothing more may come.
    if (pos > 0 && this.#endOf(text) <= pos) return null
    const value = this.#textValue(text, pos)
    const [from, asked] = value
      ? [value.offset, text.slice(0, value.offset) + text.slice(value.offset + value.length)]
      : [pos, text]
    const document = TextDocument.create(URI, 'json', 1, asked)
    const json = this.#service.parseJSONDocument(document)
    const list = await this.#service.doComplete(document, document.positionAt(from), json)
    const items = list?.items.filter(({ textEdit }) => textEdit !== undefined) ?? []
    const edit = items[0]?.textEdit
    if (edit === undefined || !('range' in edit)) return null
    const to = value ? from + value.length : document.offsetAt(edit.range.end)
    const hasValue = /^\s*:/.test(text.slice(to))
    return {
      from: document.offsetAt(edit.range.start),
      to,
      options: items.map((item) => this.#option(item, hasValue)),
      // What stands there already is chosen as a whole, to be replaced: it is no beginning of anything.
      filter: state.selection.main.empty,
    }
  }

  /** What the key or the value at a place means; undefined: the schema does not say. */
  async meaning(text: string, at: number): Promise<string | undefined> {
    const document = TextDocument.create(URI, 'json', 1, text)
    const json = this.#service.parseJSONDocument(document)
    const property = json.getNodeFromOffset(at)?.parent
    if (property?.type !== 'property') return undefined
    const matches = await this.#service.getMatchingSchemas(document, json)
    const description = matches
      .filter(({ node }) => node === property.valueNode)
      .map(({ schema }) => schema.description)
      .find((said) => said !== undefined)
    return description === undefined ? undefined : this.#say(description)
  }

  /** Where the whole thing ends; it has no end while it is not closed. */
  #endOf(text: string): number {
    const { root } = this.#parsed(text)
    const end = (root?.offset ?? 0) + (root?.length ?? 0)
    return /[}\]]/.test(text[end - 1] ?? '') ? end : Number.POSITIVE_INFINITY
  }

  #parsed(text: string): JSONDocument {
    return this.#service.parseJSONDocument(TextDocument.create(URI, 'json', 1, text))
  }

  /** The text in quotes around a place, if it is a value and no key. */
  #textValue(text: string, at: number): ASTNode | undefined {
    const node = this.#parsed(text).getNodeFromOffset(at, true)
    if (node?.type !== 'string') return undefined
    const isKey = node.parent?.type === 'property' && node.parent.keyNode === node
    return isKey ? undefined : node
  }

  /** `hasValue`: a key stands before a value already. */
  #option(item: CompletionItem, hasValue: boolean): Completion {
    const { label, filterText, documentation, kind, textEdit } = item
    const isKey = kind === CompletionItemKind.Property
    const text = textEdit?.newText ?? label
    // Of a key whose value may be of several kinds, the name alone comes.
    const isBare = isKey && !hasValue && text === JSON.stringify(label)
    const about = typeof documentation === 'string' ? documentation : documentation?.value
    return {
      label: filterText ?? label,
      displayLabel: label,
      type: isKey ? 'property' : 'constant',
      apply: insert(isBare ? `${text}: $1` : text),
      ...(about !== undefined && about !== '' && { info: this.#say(about) }),
    }
  }
}

/** Puts a text of the protocol's snippets in; where it leaves a gap, it is asked at once what may stand there. */
const insert =
  (text: string) =>
  (view: EditorView, completion: Completion, from: number, to: number): void => {
    const template = text.replaceAll(/(?<!\\)\$(\d)/g, '$${$1}').replaceAll(/\\([\\$])/g, '$1')
    const hasGap = template.includes('${')
    // Else the cursor would stay before it.
    snippet(hasGap ? template : `${template}\${}`)(view, completion, from, to)
    if (hasGap) startCompletion(view)
  }
