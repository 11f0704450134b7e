import { entryError, type AssignmentInput } from './entry.js';
import type { EntryDraft } from './entry-draft.js';
import type { AssignmentState } from './person-state.js';

/** Who looks after whom. The end that an entry leaves out is its person; an assignment that exists is left alone. */
export function planAssignments(draft: EntryDraft): void {
  for (const input of draft.entry.source.assignments) {
    const assignment = resolve(draft, input);
    if (!assignment || draft.state.hasAssignment(assignment)) continue;
    if (assignment.personId !== draft.person.id && !draft.state.isAssignable(assignment.personId)) {
      const detail =
        'You read this person only because you look after her; a user of one of her groups makes further assignments.';
      draft.errors.push(entryError('forbidden', detail, input.pointer));
      continue;
    }
    const repeated = draft.assignments.some(
      (other) =>
        other.assignedToId === assignment.assignedToId &&
        other.personId === assignment.personId &&
        other.groupId === assignment.groupId,
    );
    if (!repeated) draft.assignments.push({ ...assignment, id: draft.state.newIds.next() });
  }
}

function resolve(draft: EntryDraft, input: AssignmentInput): AssignmentState | undefined {
  const { assignedToId, personId, groupId = null, note = null, pointer } = input;
  const given = assignedToId ?? personId;
  const refuse = (code: 'invalid_assignment' | 'not_found', detail: string): undefined => {
    draft.errors.push(entryError(code, detail, pointer));
    return undefined;
  };
  if (given === undefined || (assignedToId !== undefined && personId !== undefined))
    return refuse(
      'invalid_assignment',
      'Give either `assigned_to_id` or `person_id`; the other is this person.',
    );
  if (given === draft.person.id)
    return refuse('invalid_assignment', 'Nobody is assigned to themselves; name another person.');
  // The unreadable and the missing are told in the same words.
  if (!draft.state.isReadable(given)) return refuse('not_found', `There is no person ${given}.`);
  if (groupId !== null && !draft.scope.knowsGroup(groupId))
    return refuse('not_found', `There is no group ${groupId}.`);
  const self = draft.person.id;
  return { id: '', assignedToId: assignedToId ?? self, personId: personId ?? self, groupId, note };
}
