/**
 * What declares resource types, and serves them:
 *
 * - `defineResource` one type as one object; `JsonApiModule.register` all of them
 * - `JsonApiError`, `notFound` refusals that tell where and what to do
 *
 * Beyond a declaration: `operations/index.ts` for verbs of one's own, `http/index.ts` for controllers of one's own and the
 * server around them, `openapi/index.ts` for their description.
 */
export { MEDIA_TYPE, type Document, type ResourceObject } from './document/document.js';
export { type ErrorCode } from './errors/catalog.js';
export { JsonApiError, type Problem } from './errors/jsonapi-error.js';
export { JsonApiModule, type Callers } from './jsonapi.module.js';
export { type ResourceAbout } from './openapi/openapi.js';
export { notFound } from './operations/request-context.js';
export {
  defineResource,
  type ResourceDefinition,
  type ResourcePolicy,
  type RowUse,
  type WriteRequest,
} from './resource/define-resource.js';
export { Registry } from './resource/registry.js';
export { BASE_PATH } from './response/links.js';
