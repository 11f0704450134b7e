import { ATTRIBUTES, entryError, NAMES, pointerTo, type AttributeName } from './entry.js';
import { isProtected, warn, type EntryDraft } from './entry-draft.js';

const isName = (name: AttributeName): boolean => (NAMES as readonly AttributeName[]).includes(name);

/** Names and the like. Missing: left alone; `null`: cleared; another spelling is a change. */
export function planAttributes(draft: EntryDraft): void {
  const changed = ATTRIBUTES.filter((name) => {
    const value = draft.entry.attributes[name];
    return value !== undefined && value !== draft.person.attributes[name];
  });
  const allowed = changed.filter((name) => !isName(name) || mayRename(draft, name));
  if (allowed.length === 0) return;
  const next = Object.fromEntries(allowed.map((name) => [name, draft.entry.attributes[name] ?? null]));
  draft.person = { ...draft.person, attributes: { ...draft.person.attributes, ...next } };
}

/** The names of a person with a login are its own: a match leaves them, a PATCH by somebody else is refused. */
function mayRename(draft: EntryDraft, name: AttributeName): boolean {
  const { person, mode, state, entry } = draft;
  const pointer = pointerTo(entry.source, name);
  if (isProtected(draft)) {
    warn(
      draft,
      'protected_person',
      'This person has a login, and nobody else changes the names; they were left as they are.',
      pointer,
    );
    return false;
  }
  if (mode !== 'patch' || !person.hasLogin || person.id === state.actor.personId || state.actor.superAdmin)
    return true;
  const detail =
    'The names of a person with a login are changed by that person or a super administrator only.';
  draft.errors.push(entryError('protected_person', detail, pointer));
  return false;
}
