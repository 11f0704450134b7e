export { BothGroupIdentifiersError, requireOneKindOfGroups } from './both-group-identifiers.js';
export { INSUFFICIENT_INFORMATION } from './creation-rule.js';
export {
  ATTRIBUTES,
  ENTRY_ERRORS,
  entryError,
  type AssignmentInput,
  type AttributeName,
  type ConflictingRef,
  type EmailInput,
  type Entry,
  type EntryError,
  type EntryErrorCode,
  type EntryResult,
  type MatchPolicy,
  type MembershipInput,
  type MergeOptions,
  type Outcome,
  type PhoneInput,
  type Removal,
} from './entry.js';
export { emailKey, externalRefProblem, isUnusable, nameKey, phoneKey, storedName } from './identity-keys.js';
export { lockKeys, lockPeople, type LockKeys } from './lock-keys.js';
export type { CandidateReport, MatchedBy, MatchReport, Warning, WarningCode } from './match-report.js';
export { MATCH_REPORT_EXAMPLE, MATCH_REPORT_MEMBERS, MATCH_REPORT_SCHEMAS } from './match-report.openapi.js';
export { readEntry } from './read-entry.js';
export { MergeModule } from './merge.module.js';
export { MergeService, type Sliceable } from './merge.service.js';
export { readableSide } from './person-change.policy.js';
export { personChangeResource } from './person-change.resource.js';
export { personDuplicateResource } from './person-duplicate.resource.js';
export { isId } from './load-groups.js';
export type { Attributes } from './person-state.js';
export type { Sought } from './sought.js';
export type { StoredEntry } from './stored-entry.js';
export { joinSides, type Sides } from './join-sides.js';
export { insertHistory } from './write-history.js';
