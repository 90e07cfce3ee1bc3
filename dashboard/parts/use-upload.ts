import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ApiImport } from '../../edge/protocol/import.ts'
import type { Millis } from '../../edge/protocol/time.ts'
import { api } from './api.ts'
import { uploadFile } from './upload-file.ts'
import { rateOf, remaining, withSample, type Sample } from './upload-rate.ts'

export interface UploadHandle {
  readonly isSending: boolean
  readonly sent: number
  /** Bytes a second; 0 while it cannot be told. */
  readonly rate: number
  readonly remaining: Millis | undefined
  readonly error: unknown
  readonly send: (file: File, name: string, unfinished: ApiImport | undefined) => void
  /** What has arrived stays. */
  readonly pause: () => void
  /** What has arrived is dropped. */
  readonly cancel: () => Promise<void>
}

/** One upload of a form; leaving the form pauses it. */
export function useUpload(size: number, onUploaded: (made: ApiImport) => void): UploadHandle {
  const client = useQueryClient()
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const abort = useRef<AbortController | null>(null)
  const begun = useRef<ApiImport | null>(null)
  useEffect(() => () => abort.current?.abort(), [])
  const refresh = () => client.invalidateQueries({ queryKey: ['imports'] })
  const upload = useMutation({
    mutationFn: ({ file, name, unfinished }: Sending) => {
      const controller = new AbortController()
      abort.current = controller
      setSamples([[Date.now(), unfinished?.position ?? 0]])
      return uploadFile({
        file,
        name,
        unfinished: begun.current ?? unfinished,
        onBegun: (made) => {
          begun.current = made
        },
        onProgress: (sent) => setSamples((known) => withSample(known, [Date.now(), sent])),
        signal: controller.signal,
      })
    },
    onSuccess: onUploaded,
    onSettled: refresh,
  })
  useEffect(() => {
    if (!upload.isPending) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [upload.isPending])
  return {
    isSending: upload.isPending,
    sent: samples.at(-1)?.[1] ?? 0,
    rate: rateOf(samples),
    remaining: remaining(samples, size),
    // Whoever pauses knows why it stopped.
    error: upload.error instanceof DOMException ? null : upload.error,
    send: (file, name, unfinished) => upload.mutate({ file, name, unfinished }),
    pause: () => abort.current?.abort(),
    cancel: async () => {
      abort.current?.abort()
      const id = begun.current?.id
      begun.current = null
      if (id !== undefined) await api.imports.remove(id)
      await refresh()
    },
  }
}

interface Sending {
  readonly file: File
  readonly name: string
  readonly unfinished: ApiImport | undefined
}
