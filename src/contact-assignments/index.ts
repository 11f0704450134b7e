export { AssignablePeople } from './assignable-people.js';
export { ContactAssignment } from './contact-assignment.entity.js';
export { contactAssignmentPolicy } from './contact-assignment.policy.js';
export { contactAssignmentResource } from './contact-assignment.resource.js';
export { ContactAssignmentsModule } from './contact-assignments.module.js';
