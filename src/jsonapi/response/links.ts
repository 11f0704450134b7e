import type { Identifier } from '../document/document.js';
import { nameOf } from '../query/query-string.js';
import type { Resource } from '../resource/registry.js';

/** Below what every route of the API lies. */
export const BASE_PATH = '/apis/v4';

/** The URLs that documents show: path-absolute, or absolute below a public url. */
export class Links {
  constructor(private readonly publicUrl = '') {}

  collection(resource: Resource): string {
    return `${this.publicUrl}${BASE_PATH}/${resource.path}`;
  }

  self(resource: Resource, id: Identifier['id']): string {
    return `${this.collection(resource)}/${id}`;
  }

  related(resource: Resource, id: string, name: string): string {
    return `${this.self(resource, id)}/${name}`;
  }

  relationship(resource: Resource, id: string, name: string): string {
    return `${this.self(resource, id)}/relationships/${name}`;
  }
}

/** `path?query`, with the `page` parameters of `query` replaced. */
export function withPage(path: string, sent: string, page: Record<string, string | number>): string {
  const others = sent
    .split('&')
    .filter(
      (part) => part !== '' && !/^page\[(number|size|offset|limit|after|before)\]$/.test(nameOf(part) ?? ''),
    );
  const pages = Object.entries(page).map(([key, value]) => `page%5B${key}%5D=${value}`);
  return `${path}?${[...others, ...pages].join('&')}`;
}
