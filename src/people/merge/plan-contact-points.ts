import { entryError, pointerTo } from './entry.js';
import { isProtected, warn, type EntryDraft } from './entry-draft.js';
import { withExtension } from './identity-keys.js';
import type { NormalEmail, NormalPhone } from './normal-entry.js';
import type { EmailState, NewIds, PhoneState } from './person-state.js';
import { planPoints, type Point, type PointInput, type PointRules } from './plan-points.js';

/** E-mails and phones: added, updated, or all of a kind cleared. */
export function planContactPoints(draft: EntryDraft): void {
  const { entry, state } = draft;
  for (const { number, e164, normalForm, pointer } of entry.phones ?? [])
    if (number !== undefined && e164 === null) tellUnknown(draft, normalForm ?? '', pointer);
  const protectPrimary = isProtected(draft);
  const emails = planKind(
    draft,
    'emails',
    draft.person.emails,
    entry.emails,
    emailRules(state.newIds, protectPrimary),
  );
  const phones = planKind(
    draft,
    'phones',
    draft.person.phones,
    entry.phones,
    phoneRules(state.newIds, protectPrimary),
  );
  if (emails !== draft.person.emails || phones !== draft.person.phones)
    draft.person = { ...draft.person, emails, phones };
}

/** Strangers may meet in it: of "1-800-HOME", where it is no number, the digits are 1800. */
function tellUnknown(draft: EntryDraft, digits: string, pointer: string): void {
  const detail = `This is no phone number that is known; it is kept, and compared by its digits (${digits}). Send it with its country code.`;
  warn(draft, 'phone_not_recognized', detail, pointer);
}

function planKind<P extends Point, I extends PointInput>(
  draft: EntryDraft,
  kind: 'emails' | 'phones',
  current: readonly P[],
  inputs: readonly I[] | null | undefined,
  rules: PointRules<P, I>,
): readonly P[] {
  if (inputs === undefined || (inputs === null && current.length === 0)) return current;
  if (inputs === null) {
    if (!rules.protectPrimary) return [];
    withhold(draft, 'not_cleared', pointerTo(draft.entry.source, kind));
    return current;
  }
  const { points, withheld, problems } = planPoints(current, inputs, rules);
  withheld.forEach(({ what, pointer }) => withhold(draft, what, pointer));
  problems.forEach(({ code, detail, pointer }) => draft.errors.push(entryError(code, detail, pointer)));
  return points;
}

const LEFT = {
  not_added: 'this was not added: the first one would be primary',
  not_primary: 'this one is there, but not as the primary one',
  not_changed: 'the primary one was left as it is',
  not_cleared: 'nothing was cleared',
} as const;

const withhold = (draft: EntryDraft, what: keyof typeof LEFT, pointer: string | undefined): void =>
  warn(
    draft,
    'protected_person',
    `This person has a login, and nobody else changes what is primary; ${LEFT[what]}.`,
    pointer,
  );

/** Another spelling of a known value is no change, unless its record was named. */
const emailRules = (newIds: NewIds, protectPrimary: boolean): PointRules<EmailState, NormalEmail> => ({
  protectPrimary,
  make: ({ email = '' }, normalForm) => ({ id: newIds.next(), email, normalForm, primary: false }),
  update: (known, { id, email, normalForm }) =>
    id === undefined || email === undefined || normalForm === undefined || email === known.email
      ? known
      : { ...known, email, normalForm },
});

const phoneRules = (newIds: NewIds, protectPrimary: boolean): PointRules<PhoneState, NormalPhone> => ({
  protectPrimary,
  make: ({ number = '', e164 = null, location = null, extension = null }, normalForm) => ({
    ...{ id: newIds.next(), number, e164, normalForm, primary: false },
    location: location?.trim() || null,
    extension,
  }),
  update(known, input) {
    const next = { ...known, ...(input.id === undefined ? {} : renumbered(known, input)) };
    if (input.location !== undefined) next.location = input.location?.trim() || null;
    const fields = ['number', 'e164', 'normalForm', 'location', 'extension'] as const;
    return fields.every((field) => next[field] === known[field]) ? known : next;
  },
});

/** The extension belongs to the key; a record keeps its own when only the number is sent. */
function renumbered(known: PhoneState, input: NormalPhone): Partial<PhoneState> {
  const extension =
    input.extension === undefined ? known.extension : input.extension?.replace(/\D/g, '') || null;
  const { number = known.number, e164 = known.e164, normalForm = known.normalForm } = input;
  return { number, e164, extension, normalForm: withExtension(normalForm, extension) };
}
