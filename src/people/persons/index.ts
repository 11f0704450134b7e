export { FindPersons } from './find-persons.js';
export { PersonsController } from './persons.controller.js';
export { personsApi } from './persons.openapi.js';
export { personsRoutes } from './persons.routes.js';
