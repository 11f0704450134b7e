export { ContactAssignment } from './contact-assignment.entity.js';
export { contactAssignmentResource } from './contact-assignment.resource.js';
export { ContactAssignmentsModule } from './contact-assignments.module.js';
