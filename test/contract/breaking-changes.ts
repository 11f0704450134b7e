import type {
  OpenApiDocument,
  Operation,
  Parameter,
  Ref,
  Response,
} from '../../src/jsonapi/openapi/openapi.js';
import { resolve, SchemaComparison } from './schema-changes.js';

/** What of `after` breaks a client that was written for `before`, in sentences; empty: nothing does. */
export function breakingChanges(before: OpenApiDocument, after: OpenApiDocument): string[] {
  const schemas = new SchemaComparison(before, after);
  const changes = Object.entries(before.paths).flatMap(([path, item]) => {
    const now = after.paths[path];
    if (!now) return [`${path} is gone`];
    return Object.entries(item).flatMap(([verb, operation]) => {
      const name = `${verb.toUpperCase()} ${path}`;
      const other = (now as Record<string, Operation>)[verb];
      return other ? operationChanges(name, operation, other) : [`${name} is gone`];
    });
  });
  return [...new Set([...changes, ...schemas.changes])];

  function operationChanges(name: string, old: Operation, now: Operation): string[] {
    const renamed = old.operationId === now.operationId ? [] : [`${name} is called ${now.operationId} now`];
    return [
      ...renamed,
      ...parameterChanges(name, old, now),
      ...bodyChanges(name, old, now),
      ...Object.entries(old.responses).flatMap(([status, response]) => {
        const other = now.responses[status];
        return other
          ? answerChanges(`${name} ${status}`, response, other)
          : [`${name} answers no ${status} any more`];
      }),
    ];
  }

  function parameterChanges(name: string, old: Operation, now: Operation): string[] {
    const olds = parametersOf(before, old);
    const news = parametersOf(after, now);
    const gone = [...olds].flatMap(([key, parameter]) => {
      const other = news.get(key);
      if (!other) return [`${name}: the parameter ${parameter.name} is gone`];
      schemas.compare('sent', `${name}: the parameter ${parameter.name}`, parameter.schema, other.schema);
      return [];
    });
    const required = [...news].filter(([key, { required: is }]) => is && !olds.get(key)?.required);
    return [
      ...gone,
      ...required.map(([, parameter]) => `${name}: the parameter ${parameter.name} is required now`),
    ];
  }

  function bodyChanges(name: string, old: Operation, now: Operation): string[] {
    if (!old.requestBody) return now.requestBody?.required ? [`${name} needs a body now`] : [];
    return Object.entries(old.requestBody.content).flatMap(([type, { schema }]) => {
      const other = now.requestBody?.content[type];
      if (!other) return [`${name} takes no ${type} any more`];
      schemas.compare('sent', `${name}: the body`, schema, other.schema);
      return [];
    });
  }

  function answerChanges(name: string, old: Response | Ref, now: Response | Ref): string[] {
    const other = resolve(after, now);
    return Object.entries(resolve(before, old).content ?? {}).flatMap(([type, { schema }]) => {
      const content = other.content?.[type];
      if (!content) return [`${name} is no ${type} any more`];
      schemas.compare('answered', `${name}: the answer`, schema, content.schema);
      return [];
    });
  }
}

const parametersOf = (document: OpenApiDocument, { parameters = [] }: Operation): Map<string, Parameter> =>
  new Map(
    parameters.map((parameter) => {
      const found = resolve<Parameter>(document, parameter);
      return [`${found.in} ${found.name}`, found];
    }),
  );
