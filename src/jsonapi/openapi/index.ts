/** What describes the API: all that is declared, and what a controller of one's own says beside it. */
export { describeApi } from './describe-api.js';
export { describeProfile } from './describe-profile.js';
export { closed, schemaRef } from './document-schemas.js';
export { errorResponses } from './error-responses.js';
export { answerOf, bodyOf, headerRefs } from './exchanges.js';
export { type OpenApiDocument, type OpenApiPart, type Response, type Schema } from './openapi.js';
