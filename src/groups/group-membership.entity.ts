import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A person in a group, with a role and the reference by which the group knows her. */
@Entity('group_memberships')
export class GroupMembership {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id: string;
  @Column('bigint') personId: string;
  @Column('bigint') groupId: string;
  @Column('text', { default: 'contact' }) role: 'owner' | 'admin' | 'user' | 'contact';
  @Column('text', { nullable: true }) externalRef: string | null;
  @Column('timestamptz', { nullable: true }) archivedAt: Date | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('integer', { default: 1 }) version: number;
}
