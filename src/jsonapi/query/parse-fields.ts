import type { Problem } from '../errors/jsonapi-error.js';
import type { Registry } from '../resource/registry.js';
import { known, quoted } from './did-you-mean.js';
import { listOf, problem, type Parameter } from './query-string.js';

/** `fields[person]=first_name,groups` -> the fields to show per type. JSON:API 1.1, "Sparse Fieldsets". */
export function parseFields(
  parameters: readonly Parameter[],
  registry: Registry,
  lenient: boolean,
  problems: Problem[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const asked = new Map<string, ReadonlySet<string>>();
  for (const parameter of parameters) {
    const resource = registry.all.find(({ type }) => type === parameter.keys[0]);
    if (parameter.keys.length !== 1 || !resource) {
      if (lenient) continue;
      const types = registry.all.map(({ type }) => type);
      problems.push(
        problem(
          parameter.name,
          `Write fields[TYPE]=name,name with one type. ${known(types, parameter.keys.join('.'))}`,
        ),
      );
      continue;
    }
    const shown = Object.keys(resource.attributes).filter((name) => !resource.attributes[name]?.writeOnly);
    const fields = [...shown, ...Object.keys(resource.relationships)];
    const names = listOf(parameter, problems);
    for (const name of names.filter((wanted) => !lenient && !fields.includes(wanted)))
      problems.push(
        problem(parameter.name, `${resource.type} has no field ${quoted(name)}. ${known(fields, name)}`),
      );
    asked.set(resource.type, new Set(names));
  }
  return asked;
}
