import { getMetadataStorage } from 'class-validator';
import type { Attribute, ValueType } from '../resource/define-resource.js';
import { isClearable, type Resource } from '../resource/registry.js';
import { ref, type Schema } from './openapi.js';

type Rule = Readonly<{
  name?: string;
  propertyName: string;
  constraints?: readonly unknown[];
  each?: boolean;
}>;

const VALUES: Record<ValueType, Schema> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
  id: ref('schemas', 'Id') as unknown as Schema,
  json: {},
};

/** What each rule of class-validator says in JSON Schema. */
const RULES: Readonly<Record<string, (constraints: readonly unknown[]) => Schema>> = {
  isOptional: () => ({}),
  isDefined: () => ({}),
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNotEmpty: () => ({ minLength: 1 }),
  isIn: ([values]) => ({ enum: values }),
  isLength: ([minLength, maxLength]) => ({ minLength, ...(maxLength !== undefined && { maxLength }) }),
  minLength: ([minLength]) => ({ minLength }),
  maxLength: ([maxLength]) => ({ maxLength }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  matches: ([pattern]) => ({ pattern: (pattern as RegExp).source }),
  isEmail: () => ({ format: 'email' }),
  // What the value is, a day or a time, stands in the attribute's type.
  isIso8601: () => ({}),
  isISO31661Alpha2: () => ({ pattern: '^[A-Za-z]{2}$' }),
};

/** An attribute as answers show it: what is stored may be older than the rules for what is sent. */
export function shownAttribute(resource: Resource, name: string): Schema {
  const attribute = resource.attributes[name] as Attribute;
  const values = writtenRules(resource, name)['enum'];
  const nullable =
    attribute.sql || attribute.type === 'id' || resource.nullable.has(attribute.column ?? name);
  const schema = described(resource, name, {
    ...VALUES[attribute.type],
    ...(values ? { enum: values } : {}),
  });
  return nullable ? orNull(schema) : schema;
}

/** An attribute as it may be sent. */
export function writtenAttribute(resource: Resource, name: string): Schema {
  const { type } = resource.attributes[name] as Attribute;
  const schema = described(resource, name, { ...VALUES[type], ...writtenRules(resource, name) });
  return isOptional(resource, name) && isClearable(resource, name) ? orNull(schema) : schema;
}

/** The dto says whether it may be left out. */
export const isOptional = (resource: Resource, name: string): boolean =>
  rulesOf(resource, name).some((rule) => rule.name === 'isOptional');

/** `null` besides what the schema takes. */
export function orNull(schema: Schema): Schema {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  if (typeof schema['type'] !== 'string') return schema;
  const values = schema['enum'] as readonly unknown[] | undefined;
  return { ...schema, type: [schema['type'], 'null'], ...(values && { enum: [...values, null] }) };
}

function writtenRules(resource: Resource, name: string): Schema {
  return Object.assign({}, ...rulesOf(resource, name).map((rule) => inJsonSchema(resource, rule)));
}

function inJsonSchema({ type }: Resource, { name = '', propertyName, constraints = [] }: Rule): Schema {
  const translate = RULES[name];
  if (translate) return translate(constraints);
  throw new Error(`${type}: the rule "${name}" of "${propertyName}" has no words in JSON Schema; add them.`);
}

function rulesOf({ dto }: Resource, property: string): readonly Rule[] {
  if (!dto) return [];
  const metadata = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return metadata.filter(({ propertyName }) => propertyName === property);
}

function described({ about }: Resource, name: string, schema: Schema): Schema {
  const told = about?.attributes?.[name];
  return { ...schema, ...told?.schema, ...(told?.about && { description: told.about }) };
}
