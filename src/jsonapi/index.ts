export { MEDIA_TYPE, type Document, type ResourceObject } from './document/document.js';
export { JsonApiError, type Problem } from './errors/jsonapi-error.js';
export { authorizeCreation, CreateResource, insertRow } from './operations/create-resource.js';
export { type ErrorCode } from './errors/catalog.js';
export { AnswerInterceptor } from './http/answer.interceptor.js';
export { AnyMediaType } from './http/any-media-type.decorator.js';
export { answerClientError } from './http/client-error.js';
export { tagAnswer } from './http/entity-tags.js';
export { ErrorFilter } from './http/error.filter.js';
export { type JsonApiRequest } from './http/jsonapi-request.js';
export { NegotiateGuard } from './http/negotiate.guard.js';
export { putPlain, type PlainRefusal, type PlainRoutes } from './http/plain-routes.js';
export { RouteTable } from './http/route-table.js';
export { type Claim } from './idempotency/claim.js';
export { Idempotency } from './idempotency/idempotency.js';
export { JsonApiModule } from './jsonapi.module.js';
export { type CallerKey } from './operations/caller-key.js';
export {
  type Answer,
  type CreateOperation,
  type OperationContext,
  type PlannedWrite,
  type PrepareWrites,
  type RelationshipChange,
  type RelationshipOperation,
  type PartChange,
  type RememberParts,
  type RemoveOperation,
  type UpdateOperation,
  type Written,
} from './operations/operation.js';
export { LENIENT_DETAIL, LENIENT_STATUS } from './lenient.js';
export { describeApi } from './openapi/describe-api.js';
export { closed, schemaRef } from './openapi/document-schemas.js';
export { errorResponses } from './openapi/error-responses.js';
export { answerOf, bodyOf, headerRefs } from './openapi/exchanges.js';
export {
  type OpenApiDocument,
  type OpenApiPart,
  type ResourceAbout,
  type Response,
  type Schema,
} from './openapi/openapi.js';
export { describeProfile } from './openapi/describe-profile.js';
export { Parts } from './operations/parts.js';
export { authorizeRemoval } from './operations/remove-resource.js';
export { notFound } from './operations/request-context.js';
export { authorizeUpdate } from './operations/update-resource.js';
export { columnsOf, findRow, lockRow, orConflict, pointerIn } from './operations/write-columns.js';
export { parseQueryString, problem } from './query/query-string.js';
export { PRIMARY, type Draft } from './request/read-draft.js';
export { type LinkageDraft } from './request/read-linkage.js';
export { isStorable } from './request/storable.js';
export { isObject, readJson, type JsonObject } from './request/read-json.js';
export {
  defineResource,
  type ResourceDefinition,
  type ResourcePolicy,
  type WriteRequest,
} from './resource/define-resource.js';
export { Registry } from './resource/registry.js';
export { BASE_PATH } from './response/links.js';
