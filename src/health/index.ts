export { healthApi } from './health.openapi.js';
export { serveHealth } from './health.routes.js';
