export { addressResource } from './address.resource.js';
