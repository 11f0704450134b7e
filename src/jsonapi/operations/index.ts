/** What an operation of a type's own is made of, where a verb needs more than its row. */
export { PRIMARY, type Draft } from '../request/read-draft.js';
export { type LinkageDraft } from '../request/read-linkage.js';
export { type CallerKey } from './caller-key.js';
export { authorizeCreation, CreateResource, insertRow } from './create-resource.js';
export {
  type Answer,
  type CreateOperation,
  type OperationContext,
  type PartChange,
  type PlannedWrite,
  type PrepareWrites,
  type RelationshipChange,
  type RelationshipOperation,
  type RememberParts,
  type RemoveOperation,
  type UpdateOperation,
  type Written,
} from './operation.js';
export { Parts } from './parts.js';
export { authorizeRemoval } from './remove-resource.js';
export { authorizeUpdate, UpdateResource } from './update-resource.js';
export { columnsOf, findRow, lockRow, orConflict, pointerIn, readableIds } from './write-columns.js';
