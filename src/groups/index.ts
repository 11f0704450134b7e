export { Group } from './group.entity.js';
export { GroupMembership } from './group-membership.entity.js';
export { requireGroupAdmin } from './group-membership.policy.js';
export { GroupMembershipWrites } from './group-membership-writes.js';
export { groupMembershipResource } from './group-membership.resource.js';
export { groupResource } from './group.resource.js';
export { GroupsModule } from './groups.module.js';
