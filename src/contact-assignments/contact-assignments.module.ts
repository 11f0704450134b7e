import { Module } from '@nestjs/common';
import { CreateContactAssignment } from './create-contact-assignment.operation.js';

/** Who looks after whom. */
@Module({ providers: [CreateContactAssignment] })
export class ContactAssignmentsModule {}
