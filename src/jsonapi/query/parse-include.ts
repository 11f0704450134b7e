import type { Problem } from '../errors/jsonapi-error.js';
import type { Registry, Resource } from '../resource/registry.js';
import { listOf, problem, type Parameter } from './query-string.js';

/** Relationship name -> what to include below it. */
export interface IncludeTree extends ReadonlyMap<string, IncludeTree> {}

const MAX_DEPTH = 5;
const MAX_PATHS = 50;

/** `include=a.b,c` -> a tree. JSON:API 1.1, "Inclusion of Related Resources". */
export function parseInclude(
  parameters: readonly Parameter[],
  resource: Resource,
  registry: Registry,
  lenient: boolean,
  problems: Problem[],
): IncludeTree {
  const tree: Tree = new Map();
  for (const parameter of parameters) {
    if (parameter.keys.length > 0) problems.push(problem(parameter.name, 'Write include=path,path.'));
    const paths = listOf(parameter, problems);
    if (paths.length > MAX_PATHS)
      problems.push(problem(parameter.name, `At most ${MAX_PATHS} paths can be included.`));
    else for (const path of paths) add(path, parameter.name);
  }
  return tree;

  function add(path: string, parameter: string): void {
    const names = path.split('.');
    if (names.length > MAX_DEPTH) {
      problems.push(
        problem(parameter, `"${path}" is too deep; at most ${MAX_DEPTH} relationships follow each other.`),
      );
      return;
    }
    let at = resource;
    let branch = tree;
    for (const [i, name] of names.entries()) {
      const relationship = Object.hasOwn(at.relationships, name) ? at.relationships[name] : undefined;
      if (!relationship) {
        // The mobile app ends paths in attributes and never minded that nothing came of it.
        if (lenient && i === names.length - 1) return;
        const known = Object.keys(at.relationships).join(', ') || 'none';
        problems.push(
          problem(parameter, `"${path}": ${at.type} has no relationship "${name}". Known: ${known}.`),
        );
        return;
      }
      at = registry.get(relationship.type);
      const below: Tree = branch.get(name) ?? new Map();
      branch.set(name, below);
      branch = below;
    }
  }
}

interface Tree extends Map<string, Tree> {}
