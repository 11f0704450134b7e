/** The documents of JSON:API 1.1, as answers are made of them. */
export const MEDIA_TYPE = 'application/vnd.api+json';

/** The media type with what was applied (JSON:API 1.1, "Media Type Parameters"). */
export const mediaType = ({ extensions, profiles }: Applied): string =>
  [MEDIA_TYPE, ...uris('ext', extensions), ...uris('profile', profiles)].join('; ');

export const withProfiles = (profiles: readonly string[]): string => mediaType({ profiles });

/** URIs of what an answer makes use of. */
export interface Applied {
  readonly extensions?: readonly string[];
  readonly profiles?: readonly string[];
}

const uris = (name: string, all: readonly string[] = []): string[] =>
  all.length > 0 ? [`${name}="${all.join(' ')}"`] : [];

export type Link = string | { href: string; type?: string; meta?: Record<string, unknown> } | null;

export interface Identifier {
  type: string;
  id: string;
  meta?: Record<string, unknown>;
}

export type Linkage = Identifier | Identifier[] | null;

export interface RelationshipObject {
  links: { self: Link; related: Link; prev?: Link; next?: Link };
  data?: Linkage;
}

export interface ResourceObject extends Identifier {
  attributes?: Record<string, unknown>;
  relationships?: Record<string, RelationshipObject>;
  links: { self: string };
  meta?: Record<string, unknown>;
}

export interface ErrorObject {
  id: string;
  status: string;
  code: string;
  title: string;
  detail: string;
  links?: { type: Link };
  source?: { pointer?: string; parameter?: string; header?: string };
  meta?: Record<string, unknown>;
}

export interface Document {
  jsonapi: { version: '1.1' };
  /** Members of extensions. */
  [name: `${string}:${string}`]: unknown;
  data?: ResourceObject | ResourceObject[] | Linkage;
  errors?: ErrorObject[];
  included?: ResourceObject[];
  links?: Record<string, Link>;
  meta?: Record<string, unknown>;
}
