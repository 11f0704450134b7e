export { EmailAddress } from './email-address.entity.js';
export { emailAddressResource } from './email-address.resource.js';
export { personChangeResource, personDuplicateResource } from './merge/index.js';
export { PeopleModule } from './people.module.js';
export { Person } from './person.entity.js';
export { personResource } from './person.resource.js';
export { personsApi, personsRoutes } from './persons/index.js';
export { PhoneNumber } from './phone-number.entity.js';
export { phoneNumberResource } from './phone-number.resource.js';
