import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { lintKeymap } from '@codemirror/lint'
import { Compartment, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef, type RefObject } from 'react'

/** What editing needs, and nothing that takes keys away from the page: Tab leaves the text, Ctrl+F searches the page. */
const SETUP: Extension = [
  lineNumbers(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  highlightActiveLine(),
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
  ]),
]

/**
 * An editor of a text in the element that takes the reference. The text is the editor's own once it is there: one that
 * were handed back to it, late by a keystroke, would undo what was typed since. Other extensions take the place of the
 * ones before; hand in the same list as long as nothing changes.
 */
export function useTextEditor(
  initial: string,
  extensions: readonly Extension[],
  onChange: (text: string) => void,
): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null)
  const first = useRef({ initial, extensions })
  const view = useRef<EditorView>(null)
  const own = useRef(new Compartment())
  const told = useRef(onChange)
  useEffect(() => {
    told.current = onChange
  }, [onChange])
  useEffect(() => {
    if (place.current === null) return undefined
    const editor = new EditorView({
      parent: place.current,
      doc: first.current.initial,
      extensions: [
        own.current.of(first.current.extensions),
        SETUP,
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) told.current(state.doc.toString())
        }),
      ],
    })
    view.current = editor
    return () => editor.destroy()
  }, [])
  useEffect(() => {
    view.current?.dispatch({ effects: own.current.reconfigure(extensions) })
  }, [extensions])
  return place
}
