import type { OpenApiDocument, Ref, Schema } from '../../src/jsonapi/openapi/openapi.js';

/** What is sent may be allowed more, what is answered may be told more; the other way round breaks. */
export type Direction = 'sent' | 'answered';

type Members = Readonly<Record<string, Schema>>;

/** The least that may be, and the most; a pattern is neither. */
const LEAST = ['minLength', 'minimum', 'minItems'];
const MOST = ['maxLength', 'maximum', 'maxItems'];

/** Compares schemas of two documents, each pair of named ones once. */
export class SchemaComparison {
  readonly changes: string[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly before: OpenApiDocument,
    private readonly after: OpenApiDocument,
  ) {}

  /** @param at what the schemas are of, in words */
  compare(direction: Direction, at: string, old: Schema, now: Schema): void {
    const [one, other] = [withoutNull(old), withoutNull(now)];
    if (direction === 'answered' && !one.nullable && other.nullable)
      this.changes.push(`${at} may be null now`);
    if (direction === 'sent' && one.nullable && !other.nullable)
      this.changes.push(`${at} may not be null any more`);
    const name = nameOf(one.schema);
    if (name !== undefined) {
      const key = `${direction} ${name} ${nameOf(other.schema) ?? at}`;
      if (this.seen.has(key)) return;
      this.seen.add(key);
    }
    const [was, is] = [resolve<Schema>(this.before, one.schema), resolve<Schema>(this.after, other.schema)];
    this.compareValues(direction, name ?? at, was, is);
    this.compareMembers(direction, name ?? at, was, is);
    this.compareShapes(direction, name ?? at, was, is);
  }

  private compareValues(direction: Direction, at: string, old: Schema, now: Schema): void {
    const [was, is] = [typeOf(old), typeOf(now)];
    const wider = direction === 'sent' ? is : was;
    if (was !== is && wider !== 'anything') this.changes.push(`${at} was ${was} and is ${is}`);
    const values = now['enum'] as readonly unknown[] | undefined;
    for (const value of (old['enum'] as readonly unknown[] | undefined) ?? [])
      if (value !== null && values && !values.includes(value))
        this.changes.push(`${at} is never ${JSON.stringify(value)} any more`);
    if (direction === 'answered') return;
    if (!old['enum'] && values) this.changes.push(`${at} takes only some values now`);
    for (const keyword of [...LEAST, ...MOST]) this.compareBound(at, keyword, old, now);
    if (now['pattern'] !== undefined && !takesAsMuch(String(now['pattern']), String(old['pattern'])))
      this.changes.push(`${at} must match another pattern`);
  }

  private compareBound(at: string, keyword: string, old: Schema, now: Schema): void {
    const least = LEAST.includes(keyword);
    const none = least ? -Infinity : Infinity;
    const [was, is] = [(old[keyword] ?? none) as number, (now[keyword] ?? none) as number];
    if (least ? is > was : is < was) this.changes.push(`${at}: ${keyword} is ${is} now`);
  }

  private compareMembers(direction: Direction, at: string, old: Schema, now: Schema): void {
    const [members, others] = [membersOf(old), membersOf(now)];
    for (const [name, member] of Object.entries(members)) {
      const other = others[name];
      if (other) this.compare(direction, `${at}.${name}`, member, other);
      else this.changes.push(`${at}.${name} is gone`);
    }
    const [was, is] = [requiredOf(old), requiredOf(now)];
    if (direction === 'sent')
      for (const name of is.filter((one) => !was.includes(one)))
        this.changes.push(`${at}.${name} is required now`);
    else
      for (const name of was.filter((one) => !is.includes(one) && one in others))
        this.changes.push(`${at}.${name} may be missing now`);
    const items = old['items'] as Schema | undefined;
    if (items && now['items']) this.compare(direction, `${at}[]`, items, now['items'] as Schema);
  }

  /** Of several shapes each has to be there still: by the value of `type` that stands for it, or by its place. */
  private compareShapes(direction: Direction, at: string, old: Schema, now: Schema): void {
    const shapes = shapesOf(now);
    for (const [key, shape] of shapesOf(old)) {
      const other = shapes.get(key);
      if (other) this.compare(direction, `${at} (${key})`, shape, other);
      else this.changes.push(`${at} is never ${key} any more`);
    }
  }
}

const CHOICE = /\(([\w|]+)\)/;

/** The same pattern, or one that only has more to choose from: `^(a|b)$` takes what `^(a)$` took. */
function takesAsMuch(now: string, old: string): boolean {
  const [many, few] = [now, old].map((pattern) => CHOICE.exec(pattern)?.[1]?.split('|') ?? []);
  const same = now.replace(CHOICE, '()') === old.replace(CHOICE, '()');
  return same && (few ?? []).every((one) => many?.includes(one));
}

/** The schema, or the reference to it, and whether it may be `null` besides. */
function withoutNull(schema: Schema): { schema: Schema; nullable: boolean } {
  const shapes = schema['anyOf'] as readonly Schema[] | undefined;
  const [only, ...others] = shapes?.filter(({ type }) => type !== 'null') ?? [];
  if (only && others.length === 0) return { schema: only, nullable: true };
  const types = schema['type'];
  return { schema, nullable: Array.isArray(types) && types.includes('null') };
}

const typeOf = ({ type, const: constant }: Schema): string => {
  if (constant !== undefined) return JSON.stringify(constant);
  return Array.isArray(type) ? type.filter((one) => one !== 'null').join(' or ') : String(type ?? 'anything');
};

const membersOf = (schema: Schema): Members => (schema['properties'] ?? {}) as Members;
const requiredOf = (schema: Schema): readonly string[] => (schema['required'] ?? []) as readonly string[];

function shapesOf(schema: Schema): Map<string, Schema> {
  const { mapping = {} } = (schema['discriminator'] ?? {}) as { mapping?: Readonly<Record<string, string>> };
  const named = Object.entries(mapping).map(([value, $ref]) => [value, { $ref }] as const);
  if (named.length > 0) return new Map(named);
  const shapes = (schema['oneOf'] ?? schema['anyOf'] ?? []) as readonly Schema[];
  return new Map(shapes.map((shape, i) => [`shape ${i + 1}`, shape]));
}

const nameOf = (schema: Schema): string | undefined =>
  (schema['$ref'] as string | undefined)?.split('/').at(-1);

/** What a reference leads to. */
export function resolve<T extends object>(document: OpenApiDocument, node: T | Ref | Schema): T {
  const $ref = (node as Partial<Ref>).$ref;
  if ($ref === undefined) return node as T;
  const [kind, name] = $ref.split('/').slice(2) as [keyof OpenApiDocument['components'], string];
  return document.components[kind][name] as T;
}
