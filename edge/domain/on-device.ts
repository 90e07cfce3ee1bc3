import type { Condition } from '../protocol/condition.ts'
import type { ComparedField } from '../protocol/event.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import { ON_DEVICE_FIELDS } from '../protocol/on-device.ts'
import type { FieldError } from '../protocol/problem.ts'
import { names } from './segment-links.ts'

type Judged = Pick<SegmentDefinition, 'condition' | 'public' | 'purposes' | 'minimumStay'>

/**
 * Why a segment cannot be judged by a browser alone, from what happened in its page: each part that needs more, by its
 * path. `known`: the segments it may be made of. Empty: it can.
 */
export function onDeviceFaults(
  { condition, public: isPublic, purposes = [], minimumStay }: Judged,
  known: readonly SegmentDefinition[],
): readonly FieldError[] {
  const errors: FieldError[] = []
  const refuse = (path: string, reason: string) => errors.push({ path, reason })
  if (!isPublic) refuse('onDevice', 'Only a public segment is told to browsers')
  if (purposes.length > 0) refuse('purposes', 'Before an answer to consent nothing is granted')
  if (minimumStay !== undefined) {
    refuse('minimumStay', 'A browser does not know who entered before this page')
  }
  const visit = (part: Condition, path: string): void => {
    switch (part.type) {
      case 'all':
      case 'any':
        part.conditions.forEach((one, place) => visit(one, `${path}.conditions.${place}`))
        return
      case 'not':
        return visit(part.condition, `${path}.condition`)
      case 'trait':
        return void refuse(path, 'A browser does not know what others say of a person')
      case 'account':
        return void refuse(path, 'A browser does not know what others say of an account')
      case 'reaction':
        return void refuse(path, 'A browser does not know what became of messages')
      case 'pressure':
      case 'budget':
        return void refuse(path, 'A browser does not know what a person was sent')
      case 'score':
        return void refuse(path, 'A browser knows neither orders nor messages, nor how others are')
      case 'consent':
        return void refuse(path, 'It is judged before there is an answer to consent')
      case 'now':
        return void refuse(
          path,
          'The edge goes by the time zone of the network, which a browser does not know',
        )
      case 'context':
        if ('near' in part) return void refuse(path, 'A browser does not know where it is')
        if (!isKnown(part.field)) {
          refuse(
            `${path}.field`,
            `The edge alone sees it: a browser knows ${ON_DEVICE_FIELDS.join(', ')}`,
          )
        }
        return
      case 'segment':
        if (known.find(({ id }) => id === part.segment)?.onDevice !== true) {
          refuse(`${path}.segment`, 'That segment is not judged on the device')
        }
        return
      case 'performed':
      case 'sequence':
      case 'followedBy':
      case 'notFollowedBy':
      case 'lifecycle':
        return
    }
  }
  visit(condition, 'condition')
  return errors
}

const isKnown = (field: ComparedField): boolean =>
  (ON_DEVICE_FIELDS as readonly ComparedField[]).includes(field)

/** The segments that are judged on the device and made of one. */
export const onDeviceUsers = (
  segment: SegmentId,
  known: readonly SegmentDefinition[],
): readonly SegmentDefinition[] =>
  known.filter(
    ({ id, onDevice, condition }) =>
      onDevice === true && id !== segment && names(condition, segment),
  )
