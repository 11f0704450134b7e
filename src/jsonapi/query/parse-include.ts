import type { Problem } from '../errors/jsonapi-error.js';
import type { Registry, Resource } from '../resource/registry.js';
import { quoted } from './did-you-mean.js';
import { followPath, MAX_DEPTH } from './follow-path.js';
import { listOf, problem, type Parameter } from './query-string.js';

/** Relationship name -> what to include below it. */
export interface IncludeTree extends ReadonlyMap<string, IncludeTree> {}

const MAX_PATHS = 50;
/** Each is a statement of its own, however the paths share their beginnings. */
const MAX_RELATIONSHIPS = 100;

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
    if (paths.length > MAX_PATHS) {
      problems.push(problem(parameter.name, `At most ${MAX_PATHS} paths can be included.`));
      continue;
    }
    for (const path of paths) {
      const names = path.split('.');
      const end = followPath(resource, names, registry);
      // The mobile app ends paths in attributes and never minded that nothing came of it.
      if (typeof end !== 'string') grow(tree, names);
      else if (
        lenient &&
        names.length <= MAX_DEPTH &&
        typeof followPath(resource, names.slice(0, -1), registry) !== 'string'
      )
        grow(tree, names.slice(0, -1));
      else problems.push(problem(parameter.name, `${quoted(path)} cannot be included: ${end}`));
    }
    if (sizeOf(tree) > MAX_RELATIONSHIPS)
      problems.push(problem(parameter.name, `At most ${MAX_RELATIONSHIPS} relationships can be included.`));
  }
  return tree;
}

interface Tree extends Map<string, Tree> {}

function grow(tree: Tree, names: readonly string[]): void {
  let branch = tree;
  for (const name of names) {
    const below: Tree = branch.get(name) ?? new Map();
    branch.set(name, below);
    branch = below;
  }
}

const sizeOf = (tree: IncludeTree): number =>
  [...tree.values()].reduce((sum, below) => sum + 1 + sizeOf(below), 0);
