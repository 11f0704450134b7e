/** What a server is assembled of, and what a controller of one's own needs to read and to answer as the others do. */
export { type Claim } from '../idempotency/claim.js';
export { Idempotency } from '../idempotency/idempotency.js';
export { LENIENT_DETAIL, LENIENT_STATUS } from '../lenient.js';
export { OWN_PROFILE_PATH } from '../query/profiles.js';
export { parseQueryString, problem } from '../query/query-string.js';
export { isObject, readJson, type JsonObject } from '../request/read-json.js';
export { known, quoted } from '../query/did-you-mean.js';
export { isStorable } from '../request/storable.js';
export { AnswerAdapter } from './answer.adapter.js';
export { AnyMediaType } from './any-media-type.decorator.js';
export { answerClientError } from './client-error.js';
export { tagAnswer } from './entity-tags.js';
export { ErrorFilter } from './error.filter.js';
export { type JsonApiRequest } from './jsonapi-request.js';
export { NegotiateGuard } from './negotiate.guard.js';
export { putPlain, putPlainText, type PlainRefusal, type PlainRoutes } from './plain-routes.js';
export { RouteTable } from './route-table.js';
