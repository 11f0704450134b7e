import { Module } from '@nestjs/common';
import { CreateContactAssignment } from './create-contact-assignment.operation.js';
import { UpdateContactAssignment } from './update-contact-assignment.operation.js';

/** Who looks after whom. */
@Module({ providers: [CreateContactAssignment, UpdateContactAssignment] })
export class ContactAssignmentsModule {}
