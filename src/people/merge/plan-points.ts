/** What e-mails and phones have in common: many per person, one primary. */
export interface Point {
  readonly id: string;
  readonly normalForm: string;
  readonly primary: boolean;
}

export interface PointInput {
  readonly id?: string;
  readonly idPointer?: string;
  readonly normalForm?: string;
  readonly primary?: boolean;
  readonly pointer: string;
}

export interface PointRules<P extends Point, I extends PointInput> {
  /** Nobody else's match changes the primary one of a person with a login. */
  readonly protectPrimary: boolean;
  make(input: I, normalForm: string): P;
  /** The record with what the input says about it; the same object when that is nothing. */
  update(point: P, input: I): P;
}

export interface PointProblem {
  readonly code: 'not_found' | 'invalid_attribute';
  readonly detail: string;
  readonly pointer: string;
}

/** Of the value that was sent there: it is not there at all, or not the primary one, or its record is as it was. */
export interface Withheld {
  readonly what: 'not_added' | 'not_primary' | 'not_changed';
  readonly pointer: string;
}

export interface PlannedPoints<P> {
  readonly points: readonly P[];
  /** What was left out because of a login. */
  readonly withheld: readonly Withheld[];
  readonly problems: readonly PointProblem[];
}

interface Working<P> {
  points: P[];
  /** What shall be primary: asked for, or the first new one. */
  asked?: string;
  firstNew?: { readonly id: string; readonly pointer: string };
  givenUp?: string;
  withheld: Withheld[];
  problems: PointProblem[];
}

/** Adds and updates contact points (section 3 of the rules). Pure. */
export function planPoints<P extends Point, I extends PointInput>(
  current: readonly P[],
  inputs: readonly I[],
  rules: PointRules<P, I>,
): PlannedPoints<P> {
  const working: Working<P> = { points: [...current], withheld: [], problems: [] };
  for (const input of inputs) {
    const known = findKnown(working.points, input);
    if (known) updatePoint(working, known, input, current, rules);
    else if (input.id === undefined) addPoint(working, input, rules);
    else working.problems.push(noRecord(input));
  }
  const { asked, firstNew } = working;
  if (rules.protectPrimary && firstNew && asked === undefined)
    withhold(working, 'not_primary', firstNew.pointer);
  return {
    points: withOnePrimary(working, current, rules.protectPrimary),
    withheld: working.withheld,
    problems: working.problems,
  };
}

const findKnown = <P extends Point>(points: readonly P[], { id, normalForm }: PointInput): P | undefined =>
  points.find((point) => (id === undefined ? point.normalForm === normalForm : point.id === id));

const problem = (code: PointProblem['code'], detail: string, { pointer }: PointInput): PointProblem => ({
  code,
  detail,
  pointer,
});

const noRecord = ({ id, idPointer, pointer }: PointInput): PointProblem => ({
  code: 'not_found',
  detail: `This person has no record ${id}; leave the id out to add one.`,
  pointer: idPointer ?? pointer,
});

function updatePoint<P extends Point, I extends PointInput>(
  working: Working<P>,
  known: P,
  input: I,
  current: readonly P[],
  rules: PointRules<P, I>,
): void {
  const next = rules.update(known, input);
  // Against those before as well: PostgreSQL checks each row at once, so two records cannot swap their values.
  const taken = [...working.points, ...current].some(
    (point) => point.id !== known.id && point.normalForm === next.normalForm,
  );
  if (taken) {
    working.problems.push(
      problem('invalid_attribute', 'Another record of this person has this value.', input),
    );
    return;
  }
  if (next !== known && known.primary && rules.protectPrimary)
    withhold(working, 'not_changed', input.pointer);
  else working.points = working.points.map((point) => (point === known ? next : point));
  if (input.primary === true) ask(working, known, input, rules);
  if (input.primary === false && known.primary && input.id !== undefined) working.givenUp = known.id;
}

/** A new value becomes primary unless it says it is not; a first one is, whatever it says. */
function addPoint<P extends Point, I extends PointInput>(
  working: Working<P>,
  input: I,
  rules: PointRules<P, I>,
): void {
  if (input.normalForm === undefined) return;
  if (rules.protectPrimary && working.points.length === 0) {
    withhold(working, 'not_added', input.pointer);
    return;
  }
  const point = rules.make(input, input.normalForm);
  working.points.push(point);
  if (input.primary === false) return;
  if (input.primary === true) ask(working, point, input, rules);
  else working.firstNew ??= { id: point.id, pointer: input.pointer };
}

function ask<P extends Point>(
  working: Working<P>,
  { id, primary }: P,
  { pointer }: PointInput,
  { protectPrimary }: { readonly protectPrimary: boolean },
): void {
  working.asked = id;
  if (protectPrimary && !primary) withhold(working, 'not_primary', pointer);
}

function withhold<P>({ withheld }: Working<P>, what: Withheld['what'], pointer: string): void {
  withheld.push({ what, pointer });
}

/** Exactly one, if there is any; the oldest where nothing else says which. */
function withOnePrimary<P extends Point>(
  { points, asked, firstNew, givenUp }: Working<P>,
  current: readonly P[],
  isProtected: boolean,
): readonly P[] {
  const present = current.find(({ primary }) => primary)?.id;
  const wished = isProtected ? present : (asked ?? firstNew?.id);
  const kept = givenUp === undefined || isProtected ? present : undefined;
  const oldest = points.find(({ id }) => id !== givenUp) ?? points[0];
  const primary = wished ?? kept ?? oldest?.id;
  const next = points.map((point) =>
    point.primary === (point.id === primary) ? point : { ...point, primary: point.id === primary },
  );
  // The same list, where nothing was said that is not known: whoever compares has nothing to look at.
  return next.length === current.length && next.every((point, i) => point === current[i]) ? current : next;
}
